"""The PDF: read back by two readers, all facts, the QR code, the same bytes each time."""

import shutil
import subprocess
from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from django.utils.translation import override
from pypdf import PdfReader

from certificates import designs, pdf
from certificates.data import Activity, CertificateFacts, CompetencyMinutes
from certificates.pdf import layout, words
from courses.models import CourseCompletion

FACTS = CertificateFacts(
    recipient_name="Rosa María Núñez Peña",
    course_title={"en": "Compassion resilience", "es": "Resiliencia y compasión"},
    course_revision="en:41 es:42",
    contact_minutes=150,
    competencies=(
        CompetencyMinutes("MA-CHW", {"en": "Core", "es": "Básicas"}, "MA-3", {"en": "Talk", "es": "Hablar"}, 60),
        CompetencyMinutes("MA-CHW", {"en": "Core", "es": "Básicas"}, "MA-10", {"en": "Conduct", "es": "Conducta"}, 90),
    ),
    delivery="self_paced",
    delivery_name="self-paced, online (home study)",
    completed_on=date(2026, 3, 15),
    issued_on=date(2026, 3, 16),
    expires_on=None,
    issuer_name="Puente Training Collaborative",
    issuer_address="24 Bridge Street, Worcester",
    issuer_number="PRV-0042",
    signatory_name="Elena Vargas",
    signatory_title={"en": "Program administrator", "es": "Administradora"},
    language="en",
    template_version=1,
    code="0123456789ABCDEFG",
    token="0123456789ABCDEFGHJKMNPQRS",
    link="https://puente.example/v/0123456789ABCDEFGHJKMNPQRS/",
)
ACTIVITIES = tuple(
    Activity({"en": f"Course {n}", "es": f"Curso {n}"}, 75, date(2026, 3, n + 1), way, provider, "en:41")
    for n, (way, provider) in enumerate([("self_paced", ""), ("in_person", "Another provider")])
)
SEVERAL = {"activities": ACTIVITIES, "delivery": "mixed"}
KINDS = {
    "course": FACTS,
    "program": replace(FACTS, kind="program", course_title={"en": "Core training", "es": "Capacitación"}, **SEVERAL),
    "period": replace(
        FACTS, kind="period", since=date(2026, 3, 1), until=date(2026, 3, 31), course_revision="",
        course_title={"en": "From March 1, 2026 to March 31, 2026", "es": "Del 1 de marzo de 2026 al 31"}, **SEVERAL,
    ),
    "training_letter": replace(
        FACTS, kind="training_letter", course_revision="", addressee=("Board of Certification", "Boston, MA"),
        course_title={"en": "Verification of training", "es": "Verificación de capacitación"},
        approvals=({"authority": "Board of Massachusetts", "number": "MA-14", "status": "full"},), **SEVERAL,
    ),
}  # fmt: skip
NAMES = {
    "spanish": "Rosa María Núñez Peña",
    "vietnamese": "Nguyễn Thị Minh Ánh",
    "amharic": "አልማዝ ተስፋዬ",
    "arabic": "ليلى عبد الله الأمين",
    "khmer": "ចាន់ ស្រីមុំ",
    "haitian": "Marie-Ange Désìr Pétion",
    "hindi": "क्षितिज शर्मा",
    "bengali": "শ্রী রবীন্দ্রনাথ ঠাকুর",
    "cyrillic": "Иван Ђорђевић",
    "yoruba": "Adébáyọ̀ Ṣẹ́gun",
    "mixed": "Ana አበበ Lopez",
    "apostrophe": "Mỹ Lệ O’Neil, Jr.",
}
# Marks of direction that pdftotext writes around every right-to-left word; they are no part of the file.
DIRECTION_MARKS = dict.fromkeys(map(ord, "\u202a\u202b\u202c"))


MANY = tuple(CompetencyMinutes("F", {"en": "Frame"}, f"Z{n}", {"en": "Ability"}, 10) for n in range(40))


def by_pypdf(content: bytes) -> list[str]:
    text = "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    return [line.strip() for line in text.splitlines() if line.strip()]


def by_poppler(content: bytes) -> list[str]:
    read = subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True)
    text = read.stdout.decode().translate(DIRECTION_MARKS)
    return [line.strip() for line in text.splitlines() if line.strip()]


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
def test_name_reads_back_as_it_was(name):
    content = pdf.draw_certificate(replace(FACTS, recipient_name=name))

    assert by_pypdf(content).count(name) == 1


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler is not installed")
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
def test_name_reads_back_by_a_second_reader(name):
    content = pdf.draw_certificate(replace(FACTS, recipient_name=name))

    assert by_poppler(content).count(name) == 1


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("delivery", CourseCompletion.Delivery)
def test_paper_and_screen_call_a_way_of_learning_the_same(language, delivery):
    own = words.WORDS[language]

    with override(language):
        assert str(delivery.label) == f"{own[delivery]} ({own[f'{delivery}_kind']})"


def test_vowelled_and_mixed_arabic_read_back():
    for name in ("مُحَمَّد رضا", "Ana محمد Lopez"):
        assert by_pypdf(pdf.draw_certificate(replace(FACTS, recipient_name=name))).count(name) == 1


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "en",
            [
                "Certificate of completion", "Compassion resilience", "2 hours 30 minutes", "March 15, 2026",
                "self-paced, online", "home study · en línea, a su propio ritmo",
                "Puente Training Collaborative", "Elena Vargas", "Program administrator",
                "Provider number: PRV-0042", "0123-4567-89AB-CDEFG", "1 hour 30 minutes",
                "This is not a state certification. It shows training that was finished; only a board certifies.",
            ],
        ),
        (
            "es",
            [
                "Certificado de finalización", "Resiliencia y compasión", "2 horas y 30 minutos", "15 de marzo de 2026",
                "en línea, a su propio ritmo", "estudio en casa · self-paced, online",
                "Puente Training Collaborative", "Elena Vargas", "Administradora",
                "Número de proveedor: PRV-0042", "0123-4567-89AB-CDEFG", "1 hora y 30 minutos",
                "Esta no es una certificación estatal. Muestra una capacitación terminada; solo una junta certifica.",
            ],
        ),
    ],
)  # fmt: skip
def test_every_fact_is_on_it(language, expected):
    lines = by_pypdf(pdf.draw_certificate(replace(FACTS, language=language)))

    assert [text for text in expected if not any(text in line for line in lines)] == []


@pytest.mark.parametrize("language", ["en", "es"])
def test_it_never_says_certified(language):
    text = " ".join(by_pypdf(pdf.draw_certificate(replace(FACTS, language=language)))).lower()

    assert "certified" not in text
    assert "certificado a" not in text


def test_same_facts_give_the_same_bytes_whatever_was_drawn_before():
    first = pdf.draw_certificate(FACTS)
    for name in NAMES.values():
        pdf.draw_certificate(replace(FACTS, recipient_name=name))

    assert pdf.draw_certificate(FACTS) == first


def test_metadata_says_what_it_is():
    reader = PdfReader(BytesIO(pdf.draw_certificate(replace(FACTS, language="es"))))

    assert reader.metadata.title == "Certificado de finalización: Resiliencia y compasión"
    assert reader.metadata.author == "Puente Training Collaborative"
    assert reader.metadata.subject == "Rosa María Núñez Peña · 2 horas y 30 minutos · 0123-4567-89AB-CDEFG"
    assert reader.trailer["/Root"]["/Lang"] == "es"
    assert str(reader.trailer["/Root"]["/ViewerPreferences"]["/DisplayDocTitle"]) == "True"


def test_every_font_is_an_embedded_subset():
    page = PdfReader(BytesIO(pdf.draw_certificate(FACTS))).pages[0]
    fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]

    assert fonts
    assert all("+" in font["/BaseFont"] and "/FontFile2" in font["/FontDescriptor"] for font in fonts)


@pytest.mark.skipif(shutil.which("zbarimg") is None, reason="zbar is not installed")
def test_qr_code_leads_to_the_check(tmp_path):
    (tmp_path / "c.pdf").write_bytes(pdf.draw_certificate(FACTS))
    subprocess.run(["pdftoppm", "-r", "110", "-png", "c.pdf", "c"], cwd=tmp_path, check=True)

    read = subprocess.run(["zbarimg", "--quiet", "--raw", "c-1.png"], cwd=tmp_path, capture_output=True, check=False)

    assert read.stdout.decode().strip() == FACTS.link


def test_long_names_and_titles_stay_on_one_page():
    facts = replace(
        FACTS,
        recipient_name="María de los Ángeles Guadalupe Fernández de Córdoba y Rodríguez-Villanueva de la Trinidad",
        course_title={"en": "Supporting families with young children " * 4, "es": "Apoyo a familias con niños " * 5},
        issuer_name="A provider with a very long name " * 4,
    )

    assert len(PdfReader(BytesIO(pdf.draw_certificate(facts))).pages) == 1


def test_many_competencies_go_on_to_a_second_page_and_none_is_lost():
    content = pdf.draw_certificate(replace(FACTS, competencies=MANY))
    lines = by_pypdf(content)

    assert len(PdfReader(BytesIO(content)).pages) == 2
    assert sum(" ".join(lines).count(f"Z{n} Ability") for n in range(40)) == 40


@pytest.mark.parametrize(
    ("minutes", "language", "text"),
    [
        (0, "en", "0 minutes"), (1, "en", "1 minute"), (60, "en", "1 hour"), (61, "es", "1 hora y 1 minuto"),
        (150, "es", "2 horas y 30 minutos"), (-90, "en", "−1 hour 30 minutes"),
    ],
)  # fmt: skip
def test_spoken(minutes, language, text):
    assert words.spoken(minutes, language) == text


def test_wrapped_breaks_a_word_that_is_too_wide():
    lines = layout.wrapped("W" * 60, 12, 100)

    assert "".join(lines) == "W" * 60
    assert all(layout.width_of(line, 12) <= 100 for line in lines)


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "course"])
def test_name_reads_back_on_every_kind(kind, name):
    assert by_pypdf(pdf.draw_certificate(replace(KINDS[kind], recipient_name=name))).count(name) == 1


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_states_what_it_adds_up(kind, language):
    own, facts = words.WORDS[language], replace(KINDS[kind], language=language)
    lines = by_pypdf(pdf.draw_certificate(facts))
    text = " ".join(lines)

    wanted = [
        words.for_kind(own, "title", kind), own["not_state"], words.spoken(150, language), "0123-4567-89AB-CDEFG",
        "Puente Training Collaborative", "Elena Vargas", "MA-10",
        *(each.title[language] for each in facts.activities), *(each.on.isoformat() for each in facts.activities),
        *(["Another provider", own["in_person"], words.spoken(75, language)] if facts.activities else []),
        *facts.addressee, *(f"({each['number']})" for each in facts.approvals),
    ]  # fmt: skip
    assert [each for each in wanted if each not in text] == []
    assert "certified" not in text.lower()


@pytest.mark.parametrize("kind", ["program", "period", "training_letter"])
def test_two_hundred_entries_take_the_pages_they_need_and_none_is_lost(kind):
    many = tuple(replace(ACTIVITIES[0], title={"en": f"Entry number {n}."}) for n in range(200))

    content = pdf.draw_certificate(replace(KINDS[kind], activities=many))

    text = " ".join(by_pypdf(content))
    assert len(PdfReader(BytesIO(content)).pages) <= 6
    assert [n for n in range(200) if text.count(f"Entry number {n}.") != 1] == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_the_same_bytes_each_time_and_small(kind):
    content = pdf.draw_certificate(KINDS[kind])

    assert pdf.draw_certificate(KINDS[kind]) == content
    assert len(content) < 40_000


@pytest.mark.parametrize(("competencies", "pages"), [(10, 1), (12, 1)])
@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("kind", KINDS)
def test_twelve_competencies_stay_on_one_page(kind, language, competencies, pages):
    facts = replace(KINDS[kind], competencies=MANY[:competencies], language=language)

    assert len(PdfReader(BytesIO(pdf.draw_certificate(facts))).pages) == pages


@pytest.mark.parametrize("border", designs.BORDERS)
@pytest.mark.parametrize("ornament", designs.ORNAMENTS)
def test_design_changes_the_look_and_no_fact(border, ornament):
    design = designs.Design(border=border, ornament=ornament, main="#1E3A8A", accent="#7A1F1F")

    assert by_pypdf(pdf.draw_certificate(FACTS, design)) == by_pypdf(pdf.draw_certificate(FACTS))


def test_what_is_not_shown_is_not_drawn_and_the_rest_is():
    facts = replace(
        FACTS,
        location={"en": "Lowell"},
        approvals=KINDS["training_letter"].approvals,
        instructor="Ana Díaz",
        objectives={"en": ("Ask early.", "Rest.")},
    )
    everything = designs.Design(shows=tuple(designs.SHOWN["course"]))

    bare = " ".join(by_pypdf(pdf.draw_certificate(facts, designs.Design(shows=()))))
    full = " ".join(by_pypdf(pdf.draw_certificate(facts, everything)))

    told = ["Lowell", "MA-14", "en:41", "Ana Díaz", "Ask early.", "Rest.", "MA-10", "self-paced, online"]
    assert [each for each in told if each in bare] == []
    assert [each for each in told if each not in full] == []


def test_three_who_sign_are_all_there_and_many_competencies_too():
    three = tuple((name, {"en": "Director"}) for name in ("Elena Vargas", "José Luis Ortega", "Wei Zhang"))

    text = " ".join(by_pypdf(pdf.draw_certificate(replace(FACTS, signatories=three))))

    assert [name for name, _title in three if name not in text] == []
    assert text.count("Director") == 3


def test_both_languages_have_the_same_words():
    assert words.WORDS["en"].keys() == words.WORDS["es"].keys()
