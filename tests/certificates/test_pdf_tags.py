"""The gate of PDF/UA-1: structure, language, title, identifier, alternative text, tab order, fonts.

No validator of the standard can be had here, so each demand of it that can be read from the file is read from the file.
"""

import re
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from itertools import pairwise

import pikepdf
import pytest
from pikepdf import Name
from reportlab.lib.pagesizes import A4, LETTER

from certificates import pdf
from certificates.data import CompetencyTotal, Transcript, TranscriptLine, TranscriptShare
from certificates.designs import SHOWN, Design
from certificates.logos import read_logo
from certificates.pdf.words import WORDS
from tests.certificates.test_logos import picture
from tests.certificates.test_pdf import ACTIVITIES, FACTS, KINDS, MANY, NAMES


def transcript(count: int) -> Transcript:
    share = TranscriptShare("MA-CHW", "MA-3", {"en": "Talk", "es": "Hablar"}, 30)
    lines = tuple(
        TranscriptLine(
            public_id=str(number), kind="adjustment" if number % 5 == 4 else "credit", kind_name="",
            earned_on=date(2026, 3, 1), recorded_at=datetime(2026, 3, 1, tzinfo=UTC),
            title={"en": f"Course {number}", "es": f"Curso {number}"}, provider_name="Puente", delivery="in_person",
            delivery_name="", minutes=30, reason="Counted twice." if number % 5 == 4 else "", shares=(share,),
        )
        for number in range(count)
    )  # fmt: skip
    frame = {"en": "Core", "es": "Básicas"}
    total = CompetencyTotal("MA-CHW", frame, "MA-3", share.name, 30 * count, tuple((line, 30) for line in lines))
    frameworks = (("MA-CHW", frame, (total,)),) if count else ()
    return Transcript("Rosa María Núñez", None, date(2026, 4, 1), lines, 30 * count, frameworks)


def drawn_transcript(count: int, language: str, paper: str = "letter") -> bytes:
    return pdf.draw_transcript(transcript(count), language=language, drawn_on=date(2026, 4, 2), paper=paper)


LOGO = read_logo(picture()).content
LAST_DAY = date(2027, 1, 1)
DOCUMENTS = {
    "certificate-en": lambda: pdf.draw_certificate(FACTS),
    "certificate-es": lambda: pdf.draw_certificate(replace(FACTS, language="es")),
    "certificate-a4": lambda: pdf.draw_certificate(replace(FACTS, paper="a4")),
    "certificate-arabic-name": lambda: pdf.draw_certificate(replace(FACTS, recipient_name=NAMES["arabic"])),
    "certificate-khmer-name": lambda: pdf.draw_certificate(replace(FACTS, recipient_name=NAMES["khmer"])),
    "certificate-two-pages": lambda: pdf.draw_certificate(replace(FACTS, competencies=MANY, expires_on=LAST_DAY)),
    "certificate-plain": lambda: pdf.draw_certificate(
        replace(FACTS, competencies=(), signatory_name="", issuer_address="", issuer_number="", signed_by="Puente CA")
    ),
    **{
        f"{kind}-{language}": lambda facts=facts, language=language: pdf.draw_certificate(
            replace(facts, language=language)
        )
        for kind, facts in KINDS.items()
        for language in ("en", "es")
    },
    "period-many": lambda: pdf.draw_certificate(replace(KINDS["period"], activities=ACTIVITIES * 60)),
    "letter-many-a4": lambda: pdf.draw_certificate(
        replace(KINDS["training_letter"], activities=ACTIVITIES * 60, competencies=MANY, paper="a4")
    ),
    "designed-a4": lambda: pdf.draw_certificate(
        replace(FACTS, statement={"en": "Well done."}, objectives={"en": ("Ask early.", "Rest.")}, paper="a4"),
        Design(border="stones", shows=tuple(SHOWN["course"]), logo_alt={"en": "Two hills"}), LOGO,
    ),
    "letter-designed": lambda: pdf.draw_certificate(
        KINDS["training_letter"], Design(border="double", logo_alt={"en": "Two hills"}), LOGO
    ),
    "transcript-empty": lambda: drawn_transcript(0, "en"),
    "transcript-en": lambda: drawn_transcript(3, "en"),
    "transcript-signed": lambda: pdf.draw_transcript(
        transcript(2), language="en", drawn_on=date(2026, 4, 2), signed_by="Puente CA"
    ),
    "transcript-es-many-a4": lambda: drawn_transcript(60, "es", "a4"),
}  # fmt: skip


@pytest.fixture(params=DOCUMENTS, scope="module")
def content(request) -> bytes:
    return DOCUMENTS[request.param]()


@pytest.fixture
def document(content):
    with pikepdf.open(BytesIO(content)) as opened:
        yield opened


def elements(node):
    """Every structure element below `node`, in reading order."""
    kids = node.get("/K", pikepdf.Array())
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from elements(kid)


def kinds(document):
    return [str(element.S)[1:] for element in elements(document.Root.StructTreeRoot)]


def test_file_is_tagged_named_and_in_a_language(document):
    root = document.Root
    packet = root.Metadata.read_raw_bytes().decode()

    assert bool(root.MarkInfo.Marked) is True
    assert str(root.Lang) in WORDS
    assert bool(root.ViewerPreferences.DisplayDocTitle) is True
    assert "<pdfuaid:part>1</pdfuaid:part>" in packet
    assert re.search(r'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">(.+?)</rdf:li>', packet)[1] == str(
        document.docinfo["/Title"]
    )
    assert document.pdf_version == "1.7"


def test_structure_begins_with_a_document_and_one_heading_and_skips_no_level(document):
    found = kinds(document)
    levels = [int(kind[1]) for kind in found if re.fullmatch(r"H\d", kind)]

    assert found[0] == "Document"
    assert (levels[0], levels.count(1)) == (1, 1)
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_content_is_marked_or_an_artifact_and_every_mark_has_its_element(document):
    parents = dict(zip(*[iter(document.Root.StructTreeRoot.ParentTree.Nums)] * 2, strict=True))
    for number, page in enumerate(document.pages):
        depth, marks, loose = [], [], []
        for operands, operator in pikepdf.parse_content_stream(page):
            name = str(operator)
            if name in {"BDC", "BMC"}:
                depth.append(str(operands[0]))
                if name == "BDC" and "/MCID" in operands[1]:
                    marks.append((int(operands[1].MCID), str(operands[0])))
            elif name == "EMC":
                depth.pop()
            elif name in {"Tj", "TJ", "'", '"', "S", "s", "f", "F", "f*", "B", "b", "Do", "sh"} and not depth:
                loose.append(name)
        owners = parents[number]

        assert (depth, loose) == ([], [])
        assert [mcid for mcid, _tag in marks] == list(range(len(owners)))
        assert [tag for _mcid, tag in marks] == [str(owner.S) for owner in owners]
        assert (int(page.obj.StructParents), page.obj.Tabs) == (number, Name.S)


def test_tree_and_parents_agree(document):
    for element in elements(document.Root.StructTreeRoot):
        kids = element.get("/K", pikepdf.Array())
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
                assert kid.P.objgen == element.objgen


def test_figures_and_links_have_words_instead(document):
    root = document.Root.StructTreeRoot
    pictures = [element for element in elements(root) if element.S in (Name.Figure, Name.Link)]
    annotations = [annotation for page in document.pages for annotation in page.obj.get("/Annots", [])]
    parents = dict(zip(*[iter(root.ParentTree.Nums)] * 2, strict=True))

    assert all(str(element.Alt) for element in pictures)
    assert len(annotations) == sum(element.S == Name.Link for element in pictures)
    for annotation in annotations:
        assert str(annotation.Contents)
        assert parents[int(annotation.StructParent)].S == Name.Link


def test_tables_are_whole(document):
    for table in (element for element in elements(document.Root.StructTreeRoot) if element.S == Name.Table):
        rows = [row for row in table.K if row.S == Name.TR]
        widths = {len(row.K) for row in rows}
        headers = [cell for row in rows for cell in row.K if cell.S == Name.TH]

        assert rows
        assert len(widths) == 1
        assert all(cell.A.O == Name.Table and cell.A.Scope in (Name.Row, Name.Column) for cell in headers)
        assert len(headers) >= len(rows)


def test_the_other_language_is_named_where_it_is_spoken(document):
    other = "en" if str(document.Root.Lang) == "es" else "es"

    spoken = {str(element.Lang) for element in elements(document.Root.StructTreeRoot) if "/Lang" in element}

    assert spoken <= {other}
    assert spoken or "Link" not in kinds(document)


def test_fonts_are_embedded_with_letters_behind_their_glyphs(document):
    named = [page.obj.Resources.get("/Font", pikepdf.Dictionary()) for page in document.pages]
    fonts = {font.objgen: font for page in named for font in page.values()}

    assert fonts
    for font in fonts.values():
        assert re.match(r"/[A-Z0-9]{6}\+", str(font.BaseFont))
        assert "/FontFile2" in font.FontDescriptor
        assert "/ToUnicode" in font
        # A symbolic TrueType font names no encoding (PDF/UA-1, 7.21.6).
        assert int(font.FontDescriptor.Flags) & 4
        assert "/Encoding" not in font


def test_size_of_the_paper(document, request):
    wanted = A4 if "a4" in request.node.callspec.id else LETTER

    boxes = [[round(float(side)) for side in page.obj.MediaBox] for page in document.pages]

    assert boxes == [[0, 0, round(wanted[0]), round(wanted[1])]] * len(document.pages)


@pytest.mark.skipif(shutil.which("qpdf") is None, reason="qpdf is not installed")
def test_qpdf_finds_no_fault(content, tmp_path):
    (tmp_path / "c.pdf").write_bytes(content)

    checked = subprocess.run(["qpdf", "--check", "c.pdf"], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.skipif(shutil.which("pdfinfo") is None, reason="poppler is not installed")
@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "en",
            [
                "Certificate of completion", "This certificate is given to", "Rosa María Núñez Peña",
                "who completed the course", "Compassion resilience", "Contact hours", "2 hours 30 minutes",
                "Completed on", "March 15, 2026", "Way of learning", "self-paced, online", "Contact time by competency",
                "MA-3 Talk", "1 hour", "MA-10 Conduct", "1 hour 30 minutes", "Signed for the provider", "Elena Vargas",
                "Puente Training Collaborative", "Check this certificate", "0123-4567-89AB-CDEFG",
                "This is not a state certification. It shows training that was finished; only a board certifies.",
            ],
        ),
        (
            "es",
            [
                "Certificado de finalización", "Este certificado se otorga a", "Rosa María Núñez Peña",
                "por haber completado el curso", "Resiliencia y compasión", "Horas de contacto", "2 horas y 30 minutos",
                "Fecha en que terminó", "15 de marzo de 2026", "Modalidad", "Tiempo de contacto por competencia",
                "MA-3 Hablar", "1 hora", "Firma por el proveedor", "Verifique este certificado", "0123-4567-89AB-CDEFG",
                "Esta no es una certificación estatal. Muestra una capacitación terminada; solo una junta certifica.",
            ],
        ),
    ],
)  # fmt: skip
def test_a_listener_hears_the_facts_in_order(tmp_path, language, expected):
    (tmp_path / "c.pdf").write_bytes(pdf.draw_certificate(replace(FACTS, language=language)))

    heard = subprocess.run(
        ["pdfinfo", "-struct-text", "c.pdf"], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout
    told = re.findall(r'^\s*"(.*)"$', heard, flags=re.MULTILINE)

    assert [text for text in told if text in expected] == expected


def test_it_is_small():
    assert len(pdf.draw_certificate(FACTS)) < 40_000
