"""Draws certificates and transcripts as PDF: facts in, the same bytes out each time. Reads no table, asks no clock.

The words on a certificate are part of its template, in every language it can have, so they live here and not in the
catalogue of translations: a new wording is a new TEMPLATE_VERSION, and an installation whose catalogue was not compiled
cannot print a Spanish speaker's certificate in English.
"""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from io import BytesIO
from math import asin, cos, sin, sqrt
from typing import Any

import segno
from django.conf import settings
from django.utils import formats
from django.utils.translation import override
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import LETTER

from certificates.codes import grouped
from certificates.data import CertificateFacts, Transcript
from certificates.fonts.drawing import Pen
from certificates.fonts.shaping import width_of
from curriculum.fields import Translated

TEMPLATE_VERSION = 2
WIDTH, HEIGHT = LETTER
MARGIN = 54.0
BODY = WIDTH - 2 * MARGIN
FOOT_TOP = 204.0
ROW = 14.0

GROUND = HexColor("#FBF7F0")
INK = HexColor("#1F2933")
SOFT = HexColor("#4A5560")
DECK = HexColor("#0F5C5C")
CLAY = HexColor("#A8481F")
STONE = HexColor("#D9A98C")
LINE = HexColor("#E0D5C3")

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "title": "Certificate of completion",
        "to": "This certificate is given to",
        "for": "who completed the course",
        "hours": "Contact hours",
        "completed": "Completed on",
        "delivery": "Way of learning",
        "self_paced": "self-paced, online",
        "live_online": "live, online",
        "in_person": "in person",
        "self_paced_kind": "home study",
        "live_online_kind": "webinar",
        "in_person_kind": "live",
        "competencies": "Contact time by competency",
        "total": "Total",
        "signed": "Signed for the provider",
        "provider": "Provider",
        "number": "Provider number",
        "check": "Check this certificate",
        "scan": "Scan the code, or go to",
        "type": "and type this code and the surname:",
        "issued": "Issued on",
        "expires": "Good until",
        "version": "Course version",
        "language": "Language of the course",
        "en": "English",
        "es": "Spanish",
        "not_state": "This is not a state certification. It shows training that was finished; only a board certifies.",
        "continued": "continued",
        "transcript": "Transcript of contact hours",
        "of": "of",
        "all_time": "All entries",
        "from": "From",
        "until": "to",
        "date": "Date",
        "activity": "Activity",
        "time": "Time",
        "credit": "credit",
        "reversal": "taken back",
        "adjustment": "adjustment",
        "reason": "Reason",
        "page": "Page",
        "no_entries": "There are no entries in these dates.",
    },
    "es": {
        "title": "Certificado de finalización",
        "to": "Este certificado se otorga a",
        "for": "por haber completado el curso",
        "hours": "Horas de contacto",
        "completed": "Fecha en que terminó",
        "delivery": "Modalidad",
        "self_paced": "en línea, a su propio ritmo",
        "live_online": "en línea, en vivo",
        "in_person": "en persona",
        "self_paced_kind": "estudio en casa",
        "live_online_kind": "seminario web",
        "in_person_kind": "en vivo",
        "competencies": "Tiempo de contacto por competencia",
        "total": "Total",
        "signed": "Firma por el proveedor",
        "provider": "Proveedor",
        "number": "Número de proveedor",
        "check": "Verifique este certificado",
        "scan": "Escanee el código o visite",
        "type": "y escriba este código y el apellido:",
        "issued": "Emitido el",
        "expires": "Válido hasta",
        "version": "Versión del curso",
        "language": "Idioma del curso",
        "en": "inglés",
        "es": "español",
        "not_state": "Esta no es una certificación estatal. "
        "Muestra una capacitación terminada; solo una junta certifica.",
        "continued": "continuación",
        "transcript": "Historial de horas de contacto",
        "of": "de",
        "all_time": "Todos los registros",
        "from": "Del",
        "until": "al",
        "date": "Fecha",
        "activity": "Actividad",
        "time": "Tiempo",
        "credit": "crédito",
        "reversal": "anulado",
        "adjustment": "ajuste",
        "reason": "Motivo",
        "page": "Página",
        "no_entries": "No hay registros en estas fechas.",
    },
}
UNITS = {
    "en": (("hour", "hours"), ("minute", "minutes")),
    "es": (("hora", "horas"), ("minuto", "minutos")),
}


def language_of(code: str) -> str:
    """Return the language of the words for `code`."""
    return code if code in WORDS else "en"


def other_language(code: str) -> str:
    """Return the language of the small second labels."""
    return "en" if code == "es" else "es"


def spoken(minutes: int, language: str) -> str:
    """150 → "2 hours 30 minutes". Never decimals."""
    (hour, hours), (minute, plural) = UNITS[language]
    whole, rest = divmod(abs(minutes), 60)
    parts = []
    if whole:
        parts.append(f"{whole} {hour if whole == 1 else hours}")
    if rest or not whole:
        parts.append(f"{rest} {minute if rest == 1 else plural}")
    return ("−" if minutes < 0 else "") + (" y " if language == "es" else " ").join(parts)


def written(day: date, language: str) -> str:
    """Return the day written out, in the language."""
    with override(language):
        return str(formats.date_format(day, "DATE_FORMAT"))


def wrapped(text: str, size: float, width: float, weight: str = "Regular") -> list[str]:
    """Break `text` at spaces into lines no wider than `width`; a word that is wider is broken where it must."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        while width_of(word, size, weight) > width and len(word) > 1:
            cut = len(word)
            while cut > 1 and width_of(word[:cut], size, weight) > width:
                cut -= 1
            if line:
                lines.append(line)
                line = ""
            lines.append(word[:cut])
            word = word[cut:]
        longer = f"{line} {word}" if line else word
        if line and width_of(longer, size, weight) > width:
            lines.append(line)
            line = word
        else:
            line = longer
    return [*lines, line] if line else lines


def fitted(
    text: str, *, largest: float, smallest: float, width: float, lines: int, weight: str = "Regular"
) -> tuple[float, list[str]]:
    """Return the largest size at which `text` fits into so many lines, and the lines; more of them at the smallest."""
    size = largest
    while True:
        broken = wrapped(text, size, width, weight)
        if len(broken) <= lines and all(width_of(line, size, weight) <= width for line in broken):
            return size, broken
        if size <= smallest:
            return smallest, broken
        size = max(smallest, size - 1)


def _wedge(canvas: Any, start: float, end: float, inner: float, outer: float, x: float, y: float) -> None:
    """One stone of the arch, its sides pointing to the middle of the circle."""
    steps = 6
    angles = [start + (end - start) * step / steps for step in range(steps + 1)]
    path = canvas.beginPath()
    path.moveTo(x + inner * sin(angles[0]), y + inner * cos(angles[0]))
    for angle in angles:
        path.lineTo(x + outer * sin(angle), y + outer * cos(angle))
    for angle in reversed(angles):
        path.lineTo(x + inner * sin(angle), y + inner * cos(angle))
    path.close()
    canvas.drawPath(path, stroke=0, fill=1)


def _bridge(canvas: Any, x: float, y: float, span: float) -> None:
    """The arch bridge, whole: stones on both sides, the keystone, the deck over it, water below. Decoration."""
    canvas._code.append("/Artifact BMC")
    rise, thick, stones = span * 0.26, span * 0.07, 11
    radius = (span * span / 4 + rise * rise) / (2 * rise)
    half = asin(span / 2 / radius)
    below = y - sqrt(radius * radius - span * span / 4)
    width = 2 * half / stones
    for number in range(stones):
        is_key = number == stones // 2
        canvas.setFillColor(CLAY if is_key else STONE)
        reach = thick * (1.16 if is_key else 1)
        start = -half + number * width
        _wedge(canvas, start + 0.006, start + width - 0.006, radius, radius + reach, x, below)
    canvas.setStrokeColor(DECK)
    canvas.setLineCap(1)
    canvas.setLineWidth(span * 0.016)
    top = y + rise + thick * 1.16 + span * 0.012
    canvas.line(x - span * 0.72, top, x + span * 0.72, top)
    canvas.setLineWidth(span * 0.005)
    for wave in range(2):
        path = canvas.beginPath()
        left, height = x - span * (0.30 - wave * 0.10), y + span * (0.03 - wave * 0.035)
        path.moveTo(left, height)
        for _step in range(4 - wave):
            path.curveTo(
                left + span * 0.04, height + span * 0.03, left + span * 0.08, height - span * 0.03,
                left + span * 0.13, height,
            )  # fmt: skip
            left += span * 0.13
        canvas.drawPath(path, stroke=1, fill=0)
    canvas.setLineCap(0)
    canvas._code.append("EMC")


def _qr(canvas: Any, text: str, x: float, y: float, size: float) -> None:
    """A QR code in the square whose lower left corner is (x, y); runs of dark squares are drawn as one."""
    matrix = [list(row) for row in segno.make(text, error="m", micro=False).matrix]
    cell = size / len(matrix)
    canvas.saveState()
    canvas.translate(x, y)
    canvas.scale(cell, cell)
    canvas.setFillColor(INK)
    # Written as operators: hundreds of rectangles through reportlab's path objects take longer than all the text.
    squares = []
    for row_number, row in enumerate(matrix):
        start = None
        for column, dark in enumerate([*row, 0]):
            if dark and start is None:
                start = column
            elif not dark and start is not None:
                squares.append(f"{start} {len(matrix) - row_number - 1} {column - start} 1 re")
                start = None
    canvas._code.append(" ".join([*squares, "f"]))
    canvas.restoreState()


def _metadata(pen: Pen, *, title: str, author: str, subject: str) -> None:
    canvas = pen.canvas
    canvas.setTitle(title)
    canvas.setAuthor(author)
    canvas.setSubject(subject)
    canvas.setCreator("Puente")
    canvas.setViewerPreference("DisplayDocTitle", "true")


def _both(text: Mapping[str, str], language: str) -> tuple[str, str]:
    """The text in the language, and in the other one where that differs."""
    main = Translated(text).in_language(language)
    second = text.get(other_language(language), "")
    return main, "" if second == main else second


class _Page:
    """A pen with a place on the page that moves down."""

    def __init__(self, pen: Pen, language: str) -> None:
        self.pen = pen
        self.canvas = pen.canvas
        self.language = language_of(language)
        self.words = WORDS[self.language]
        self.small = WORDS[other_language(self.language)]
        self.y = HEIGHT
        self.row_height = ROW
        self.rest: list[Callable[[], None]] = []

    def put(self, x: float, text: str, size: float, *, weight: str = "Regular", color: Any = INK, align: str = "left"):
        self.canvas.setFillColor(color)
        return self.pen.text(x, self.y, text, size=size, weight=weight, align=align)

    def label(self, x: float, key: str, size: float = 9, align: str = "left") -> None:
        """A label in the language, the other language after it, smaller."""
        main, second = self.words[key], self.small[key]
        tail = f" · {second}" if second != main else ""
        whole = width_of(main, size, "Bold") + width_of(tail, size - 1.5)
        left = x - whole / 2 if align == "center" else x
        wide = self.put(left, main, size, weight="Bold", color=DECK)
        if tail:
            self.put(left + wide, tail, size - 1.5, color=SOFT)

    def rule(self, x: float, width: float) -> None:
        self.canvas.setStrokeColor(LINE)
        self.canvas.setLineWidth(0.7)
        self.canvas.line(x, self.y, x + width, self.y)


def draw_certificate(facts: CertificateFacts) -> bytes:
    """Return the certificate as PDF. The same facts give the same bytes."""
    output = BytesIO()
    language = language_of(facts.language)
    words = WORDS[language]
    title, second_title = _both(facts.course_title, language)
    with Pen(output, page_size=LETTER, language=language) as pen:
        _metadata(
            pen,
            title=f"{words['title']}: {title}",
            author=facts.issuer_name,
            subject=f"{facts.recipient_name} · {spoken(facts.contact_minutes, language)} · {grouped(facts.code)}",
        )
        page = _Page(pen, language)
        _head(page)
        _statement(page, facts, title, second_title)
        _figures(page, facts)
        _competencies(page, facts, title)
        _foot(page, facts)
        pen.canvas.showPage()
        pen.canvas.save()
    return output.getvalue()


def _head(page: _Page) -> None:
    canvas = page.canvas
    canvas._code.append("/Artifact BMC")
    canvas.setFillColor(GROUND)
    canvas.rect(0, HEIGHT - 168, WIDTH, 168, stroke=0, fill=1)
    canvas._code.append("EMC")
    _bridge(canvas, WIDTH / 2, HEIGHT - 98, 190)
    page.y = HEIGHT - 132
    page.put(WIDTH / 2, page.words["title"], 24, weight="Bold", color=DECK, align="center")
    page.y -= 20
    page.put(WIDTH / 2, page.small["title"], 11, color=SOFT, align="center")


def _statement(page: _Page, facts: CertificateFacts, title: str, second_title: str) -> None:
    page.y = HEIGHT - 196
    page.label(WIDTH / 2, "to", 10, align="center")
    size, lines = fitted(facts.recipient_name, largest=30, smallest=15, width=BODY, lines=2, weight="Bold")
    page.y -= size + 8
    for line in lines:
        page.put(WIDTH / 2, line, size, weight="Bold", align="center")
        page.y -= size * 1.3
    page.y += size * 1.3 - max(20, size * 0.85)  # nearer, and readers of the text take both for one line
    page.label(WIDTH / 2, "for", 10, align="center")
    size, lines = fitted(title, largest=19, smallest=11, width=BODY, lines=2, weight="Bold")
    page.y -= size + 5
    for line in lines:
        page.put(WIDTH / 2, line, size, weight="Bold", align="center")
        page.y -= size * 1.25
    page.y += size * 1.25
    if second_title:
        size, lines = fitted(second_title, largest=11, smallest=8, width=BODY, lines=2)
        page.y -= size + 5
        for line in lines:
            page.put(WIDTH / 2, line, size, color=SOFT, align="center")
            page.y -= size * 1.25
        page.y += size * 1.25


def _figures(page: _Page, facts: CertificateFacts) -> None:
    page.y -= 20
    page.rule(MARGIN, BODY)
    page.y -= 17
    kind = page.words[f"{facts.delivery}_kind"]
    columns = (
        ("hours", spoken(facts.contact_minutes, page.language), f"{facts.contact_minutes} min"),
        ("completed", written(facts.completed_on, page.language), facts.completed_on.isoformat()),
        (
            "delivery",
            page.words[facts.delivery],
            f"{kind} · {page.small[facts.delivery]}",
        ),
    )
    width = BODY / 3
    for number, (key, value, second) in enumerate(columns):
        x, top = MARGIN + number * width, page.y
        page.label(x, key, 9)
        size, lines = fitted(value, largest=12.5, smallest=9, width=width - 12, lines=1, weight="Bold")
        page.y -= 16
        page.put(x, lines[0], size, weight="Bold")
        page.y -= 12
        size, lines = fitted(second, largest=8.5, smallest=6.5, width=width - 12, lines=1)
        page.put(x, lines[0], size, color=SOFT)
        page.y = top
    page.y -= 38
    page.rule(MARGIN, BODY)


def _competencies(page: _Page, facts: CertificateFacts, title: str) -> None:
    """The table by competency; what does not fit above the foot goes to a page of its own."""
    frameworks: dict[str, list[Any]] = {}
    for competency in facts.competencies:
        frameworks.setdefault(competency.framework, []).append(competency)
    if not frameworks:
        return
    page.y -= 20
    page.label(MARGIN, "competencies", 10)
    page.y -= 3
    rows: list[Callable[[], None]] = []
    for code, competencies in frameworks.items():
        name = Translated(competencies[0].framework_name).in_language(page.language) or code
        rows.append(partial(_framework_row, page, name))
        rows.extend(partial(_competency_row, page, competency) for competency in competencies)
    space = page.y - FOOT_TOP
    row_height = max(10.5, min(ROW, space / len(rows)))
    fit = int(space // row_height)
    page.row_height = row_height
    for row in rows[:fit]:
        page.y -= row_height
        row()
    page.rest = rows[fit:]


def _framework_row(page: _Page, name: str) -> None:
    size, lines = fitted(name, largest=8.5, smallest=7, width=BODY, lines=1)
    page.put(MARGIN, lines[0], size, color=SOFT)


def _competency_row(page: _Page, competency: Any) -> None:
    name = Translated(competency.name).in_language(page.language)
    size = min(10.0, page.row_height * 0.76)
    time = spoken(competency.minutes, page.language)
    page.put(WIDTH - MARGIN, time, size, weight="Bold", align="right")
    size, lines = fitted(f"{competency.code} {name}", largest=size, smallest=6.5, width=BODY - 110, lines=1)
    page.put(MARGIN, lines[0], size)
    y, page.y = page.y, page.y - page.row_height * 0.28
    page.rule(MARGIN, BODY)
    page.y = y


def _foot(page: _Page, facts: CertificateFacts) -> None:
    rest = page.rest
    page.y = FOOT_TOP - 16
    page.rule(MARGIN, BODY)
    left, right, top = MARGIN, MARGIN + BODY * 0.52, page.y - 16
    qr = 84.0
    _signature(page, facts, left, top, right - left - 16)
    _checking(page, facts, right, top, qr)
    page.y = 56
    size, lines = fitted(page.words["not_state"], largest=10, smallest=8, width=BODY, lines=1, weight="Bold")
    page.put(WIDTH / 2, lines[0], size, weight="Bold", color=CLAY, align="center")
    page.y -= 12
    size, lines = fitted(page.small["not_state"], largest=8, smallest=6.5, width=BODY, lines=1)
    page.put(WIDTH / 2, lines[0], size, color=SOFT, align="center")
    page.y -= 13
    details = [
        f"{page.words['issued']} {written(facts.issued_on, page.language)}",
        f"{page.words['language']}: {page.words.get(facts.language, facts.language)}",
        f"{page.words['version']}: {facts.course_revision}",
    ]
    if facts.expires_on:
        details.insert(1, f"{page.words['expires']} {written(facts.expires_on, page.language)}")
    size, lines = fitted(" · ".join(details), largest=7.5, smallest=5.5, width=BODY, lines=1)
    page.put(WIDTH / 2, lines[0], size, color=SOFT, align="center")
    if rest:
        page.canvas.showPage()
        page.y = HEIGHT - MARGIN
        page.put(MARGIN, f"{page.words['title']} · {grouped(facts.code)}", 10, weight="Bold", color=DECK)
        page.y -= 18
        page.put(MARGIN, f"{page.words['competencies']} ({page.words['continued']})", 9, color=SOFT)
        page.row_height = ROW
        for row in rest:
            page.y -= ROW
            row()


def _signature(page: _Page, facts: CertificateFacts, x: float, top: float, width: float) -> None:
    page.y = top
    if facts.signatory_name:
        page.label(x, "signed", 9)
        page.y -= 17
        size, lines = fitted(facts.signatory_name, largest=13, smallest=9, width=width, lines=1, weight="Bold")
        page.put(x, lines[0], size, weight="Bold")
        page.y -= 13
        title = Translated(facts.signatory_title).in_language(page.language)
        if title:
            size, lines = fitted(title, largest=9.5, smallest=7, width=width, lines=1)
            page.put(x, lines[0], size, color=SOFT)
            page.y -= 17
    page.label(x, "provider", 9)
    page.y -= 14
    size, lines = fitted(facts.issuer_name, largest=11, smallest=8, width=width, lines=2, weight="Bold")
    for line in lines:
        page.put(x, line, size, weight="Bold")
        page.y -= size * 1.2
    if facts.issuer_address:
        size, lines = fitted(facts.issuer_address, largest=8.5, smallest=7, width=width, lines=2)
        for line in lines:
            page.put(x, line, size, color=SOFT)
            page.y -= size * 1.3
    if facts.issuer_number:
        size, lines = fitted(
            f"{page.words['number']}: {facts.issuer_number}", largest=8.5, smallest=6.5, width=width, lines=1
        )
        page.put(x, lines[0], size, color=SOFT)


def _checking(page: _Page, facts: CertificateFacts, x: float, top: float, qr: float) -> None:
    page.y = top
    page.label(x, "check", 9)
    _qr(page.canvas, facts.link, x, top - qr - 8, qr)
    page.canvas.linkURL(facts.link, (x, top - qr - 8, x + qr, top - 8), relative=0)
    text_x, width = x + qr + 10, WIDTH - MARGIN - x - qr - 10
    page.y = top - 17
    site = facts.link.split("/v/")[0].split("://")[-1] + f"/{page.language}/verify/"
    for text, weight in ((page.words["scan"], "Regular"), (site, "Bold"), (page.words["type"], "Regular")):
        size, lines = fitted(text, largest=8.5, smallest=6, width=width, lines=2, weight=weight)
        for line in lines:
            page.put(text_x, line, size, weight=weight, color=INK if weight == "Bold" else SOFT)
            page.y -= 11
    page.y -= 4
    size, lines = fitted(grouped(facts.code), largest=11, smallest=7, width=width, lines=1, weight="Bold")
    page.put(text_x, lines[0], size, weight="Bold")


def draw_transcript(transcript: Transcript, *, language: str, drawn_on: date) -> bytes:
    """Return a transcript as PDF: every line and the totals, as many pages as it takes."""
    output = BytesIO()
    language = language_of(language)
    words = WORDS[language]
    with Pen(output, page_size=LETTER, language=language) as pen:
        _metadata(pen, title=f"{words['transcript']}: {transcript.name}", author=settings.WAGTAIL_SITE_NAME, subject="")
        page = _Page(pen, language)
        number = _transcript_head(page, transcript, drawn_on, 1)
        if not transcript.lines:
            page.y -= 24
            page.put(MARGIN, words["no_entries"], 10)
        for line in transcript.lines:
            title_lines = wrapped(Translated(line.title).in_language(language), 10, BODY - 190, "Bold")
            small = [
                f"{line.provider_name} · {words[line.delivery]}"
                + (f" · {words[line.kind]}" if line.kind != "credit" else "")
            ]
            if line.reason:
                small.append(f"{words['reason']}: {line.reason}")
            shares = ", ".join(f"{share.code} {spoken(share.minutes, language)}" for share in line.shares)
            small = [part for text in [*small, shares] for part in wrapped(text, 8, BODY - 190)]
            needed = 14 * len(title_lines) + 11 * len(small) + 10
            if page.y - needed < MARGIN:
                pen.canvas.showPage()
                number = _transcript_head(page, transcript, drawn_on, number + 1)
            page.y -= 16
            page.put(MARGIN, written(line.earned_on, language), 9)
            page.put(WIDTH - MARGIN, spoken(line.minutes, language), 9.5, weight="Bold", align="right")
            for text in title_lines:
                page.put(MARGIN + 100, text, 10, weight="Bold")
                page.y -= 13
            page.y += 2
            for text in small:
                page.put(MARGIN + 100, text, 8, color=SOFT)
                page.y -= 11
            page.y += 5
            page.rule(MARGIN, BODY)
        for _code, framework_name, totals in transcript.frameworks:
            if page.y - 16 * (len(totals) + 3) < MARGIN:
                pen.canvas.showPage()
                number = _transcript_head(page, transcript, drawn_on, number + 1)
            page.y -= 28
            page.label(MARGIN, "competencies", 10)
            page.y -= 13
            page.put(MARGIN, Translated(framework_name).in_language(language), 8.5, color=SOFT)
            for total in totals:
                page.y -= 15
                page.put(MARGIN, f"{total.code}  {Translated(total.name).in_language(language)}", 9.5)
                page.put(WIDTH - MARGIN, spoken(total.minutes, language), 9.5, weight="Bold", align="right")
        pen.canvas.showPage()
        pen.canvas.save()
    return output.getvalue()


def _transcript_head(page: _Page, transcript: Transcript, drawn_on: date, number: int) -> int:
    words, language = page.words, page.language
    page.y = HEIGHT - MARGIN
    page.put(MARGIN, words["transcript"], 18, weight="Bold", color=DECK)
    page.put(WIDTH - MARGIN, f"{words['page']} {number}", 8.5, color=SOFT, align="right")
    page.y -= 20
    size, lines = fitted(transcript.name, largest=14, smallest=9, width=BODY, lines=1, weight="Bold")
    page.put(MARGIN, lines[0] if lines else "", size, weight="Bold")
    page.y -= 15
    window = words["all_time"]
    if transcript.since or transcript.until:
        parts = []
        if transcript.since:
            parts.append(f"{words['from']} {written(transcript.since, language)}")
        if transcript.until:
            parts.append(f"{words['until']} {written(transcript.until, language)}")
        window = " ".join(parts)
    page.put(MARGIN, f"{window} · {words['issued']} {written(drawn_on, language)}", 9, color=SOFT)
    total = f"{words['total']}: {spoken(transcript.total_minutes, language)}"
    page.put(WIDTH - MARGIN, total, 11, weight="Bold", align="right")
    page.y -= 12
    page.put(MARGIN, words["not_state"], 8, color=CLAY)
    page.y -= 8
    page.rule(MARGIN, BODY)
    return number
