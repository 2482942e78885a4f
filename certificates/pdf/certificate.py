"""Draws one certificate."""

from collections.abc import Callable
from functools import partial
from io import BytesIO
from typing import Any

from pikepdf import Name

from certificates.codes import grouped
from certificates.data import CertificateFacts
from certificates.fonts.drawing import Pen
from certificates.pdf.layout import CLAY, DECK, GROUND, MARGIN, PAPERS, ROW, SOFT, Page, both, fitted
from certificates.pdf.ornaments import bridge, qr_code
from certificates.pdf.tags import Description, Element, finished
from certificates.pdf.words import WORDS, language_of, spoken, written
from curriculum.fields import Translated

FOOT_TOP = 210.0
QR_SIZE = 84.0
MOST_APPROVALS = 2  # what there is room for; the checking page shows all
SCOPE_ROW = Name.Row


def draw_certificate(facts: CertificateFacts) -> bytes:
    """Return the certificate as tagged PDF. The same facts give the same bytes."""
    output = BytesIO()
    language = language_of(facts.language)
    title, second_title = both(facts.course_title, language)
    about = Description(
        title=f"{WORDS[language]['title']}: {title}",
        author=facts.issuer_name,
        subject=f"{facts.recipient_name} · {spoken(facts.contact_minutes, language)} · {grouped(facts.code)}",
        language=language,
        made_on=facts.issued_on,
        identifier=facts.link,
    )
    size = PAPERS[facts.paper]
    with Pen(output, page_size=size, language=language) as pen:
        pen.describe(title=about.title, author=about.author, subject=about.subject)
        page = Page(pen, language, size)
        _head(page)
        _statement(page, facts, title, second_title)
        _figures(page, facts)
        _competencies(page, facts)
        _foot(page, facts)
        pen.canvas.showPage()
        pen.canvas.save()
    return finished(output.getvalue(), page.tags, about)


def _head(page: Page) -> None:
    canvas, middle = page.canvas, page.width / 2
    canvas.setFillColor(GROUND)
    with page.tags.artifact():
        canvas.rect(0, page.height - 168, page.width, 168, stroke=0, fill=1)
        bridge(canvas, middle, page.height - 98, 190)
    page.y = page.height - 132
    with page.tags.element("H1"):
        page.put(middle, page.words["title"], 24, weight="Bold", color=DECK, align="center")
    page.y -= 20
    with page.second():
        page.put(middle, page.small["title"], 11, color=SOFT, align="center")


def _statement(page: Page, facts: CertificateFacts, title: str, second_title: str) -> None:
    middle = page.width / 2
    page.y = page.height - 196
    page.label(middle, "to", 10, align="center")
    size, lines = fitted(facts.recipient_name, largest=30, smallest=15, width=page.body, lines=2, weight="Bold")
    page.y -= size + 8
    with page.tags.element("P"):
        for line in lines:
            page.put(middle, line, size, weight="Bold", align="center")
            page.y -= size * 1.3
    page.y += size * 1.3 - max(20, size * 0.85)  # nearer, and readers of the text take both for one line
    page.label(middle, "for", 10, align="center")
    size, lines = fitted(title, largest=19, smallest=11, width=page.body, lines=2, weight="Bold")
    page.y -= size + 5
    with page.tags.element("P"):
        for line in lines:
            page.put(middle, line, size, weight="Bold", align="center")
            page.y -= size * 1.25
    page.y += size * 1.25
    if second_title:
        size, lines = fitted(second_title, largest=11, smallest=8, width=page.body, lines=2)
        page.y -= size + 5
        with page.second():
            for line in lines:
                page.put(middle, line, size, color=SOFT, align="center")
                page.y -= size * 1.25
        page.y += size * 1.25


def _figures(page: Page, facts: CertificateFacts) -> None:
    page.y -= 20
    page.rule(MARGIN, page.body)
    page.y -= 17
    kind = page.words[f"{facts.delivery}_kind"]
    columns = (
        ("hours", spoken(facts.contact_minutes, page.language), f"{facts.contact_minutes} min", ""),
        ("completed", written(facts.completed_on, page.language), facts.completed_on.isoformat(), ""),
        ("delivery", page.words[facts.delivery], f"{kind} · ", page.small[facts.delivery]),
    )
    width = page.body / 3
    for number, (key, value, more, in_second) in enumerate(columns):
        x, top = MARGIN + number * width, page.y
        page.label(x, key, 9)
        size, lines = fitted(value, largest=12.5, smallest=9, width=width - 12, lines=1, weight="Bold")
        page.y -= 16
        with page.tags.element("P"):
            page.put(x, lines[0], size, weight="Bold")
            page.y -= 12
            size, _lines = fitted(more + in_second, largest=8.5, smallest=6.5, width=width - 12, lines=1)
            wide = page.put(x, more, size, color=SOFT)
            if in_second:
                with page.second(inline=True):
                    page.put(x + wide, in_second, size, color=SOFT)
        page.y = top
    page.y -= 38
    page.rule(MARGIN, page.body)


def _competencies(page: Page, facts: CertificateFacts) -> None:
    """The table by competency; what does not fit above the foot goes to a page of its own."""
    frameworks: dict[str, list[Any]] = {}
    for competency in facts.competencies:
        frameworks.setdefault(competency.framework, []).append(competency)
    if not frameworks:
        return
    page.y -= 20
    page.label(MARGIN, "competencies", 10, kind="H2")
    page.y -= 3
    rows: list[Callable[[], None]] = []
    for code, competencies in frameworks.items():
        name = Translated(competencies[0].framework_name).in_language(page.language) or code
        with page.tags.element("Table") as table:
            pass
        rows.append(partial(_framework_row, page, table, name))
        rows.extend(partial(_competency_row, page, table, competency) for competency in competencies)
    space = page.y - FOOT_TOP
    row_height = max(10.5, min(ROW, space / len(rows)))
    fit = int(space // row_height)
    page.row_height = row_height
    for row in rows[:fit]:
        page.y -= row_height
        row()
    page.rest = rows[fit:]


def _framework_row(page: Page, table: Element, name: str) -> None:
    size, lines = fitted(name, largest=8.5, smallest=7, width=page.body, lines=1)
    with page.tags.inside(table), page.tags.element("Caption"):
        page.put(MARGIN, lines[0], size, color=SOFT)


def _competency_row(page: Page, table: Element, competency: Any) -> None:
    name = Translated(competency.name).in_language(page.language)
    own = min(10.0, page.row_height * 0.76)
    size, lines = fitted(f"{competency.code} {name}", largest=own, smallest=6.5, width=page.body - 110, lines=1)
    with page.tags.inside(table), page.tags.element("TR"):
        with page.tags.element("TH", owner="Table", Scope=SCOPE_ROW):
            page.put(MARGIN, lines[0], size)
        with page.tags.element("TD"):
            time = spoken(competency.minutes, page.language)
            page.put(page.width - MARGIN, time, own, weight="Bold", align="right")
    y, page.y = page.y, page.y - page.row_height * 0.28
    page.rule(MARGIN, page.body)
    page.y = y


def _foot(page: Page, facts: CertificateFacts) -> None:
    page.y = FOOT_TOP - 16
    page.rule(MARGIN, page.body)
    right, top = MARGIN + page.body * 0.52, page.y - 16
    _signature(page, facts, MARGIN, top, right - MARGIN - 16)
    _checking(page, facts, right, top, QR_SIZE)
    middle = page.width / 2
    page.y = 62
    with page.tags.element("P"):
        page.lines(
            middle, page.words["not_state"], sizes=(10, 8), width=page.body, weight="Bold", color=CLAY, align="center"
        )
    with page.second():
        page.lines(middle, page.small["not_state"], sizes=(8, 6.5), width=page.body, color=SOFT, align="center")
    page.y -= 3
    details = [
        f"{page.words['issued']} {written(facts.issued_on, page.language)}",
        f"{page.words['language']}: {page.words.get(facts.language, facts.language)}",
        f"{page.words['version']}: {facts.course_revision}",
    ]
    if facts.expires_on:
        details.insert(1, f"{page.words['expires']} {written(facts.expires_on, page.language)}")
    signed = page.words["signed_by"].format(name=facts.signed_by) if facts.signed_by else page.words["unsigned"]
    with page.tags.element("P"):
        page.lines(middle, " · ".join(details), sizes=(7.5, 5.5), width=page.body, color=SOFT, align="center")
        page.lines(middle, signed, sizes=(7.5, 5.5), width=page.body, color=SOFT, align="center")
    if page.rest:
        page.row_height = ROW
        page.turn()
        with page.tags.artifact():
            page.canvas.setFillColor(DECK)
            heading = f"{page.words['title']} · {grouped(facts.code)}"
            page.pen.text(MARGIN, page.y, heading, size=10, weight="Bold")
            page.y -= 18
            page.canvas.setFillColor(SOFT)
            page.pen.text(MARGIN, page.y, f"{page.words['competencies']} ({page.words['continued']})", size=9)
        for row in page.rest:
            page.y -= ROW
            row()


def _signature(page: Page, facts: CertificateFacts, x: float, top: float, width: float) -> None:
    page.y = top
    if facts.signatory_name:
        page.label(x, "signed", 9, kind="H2")
        page.y -= 17
        with page.tags.element("P"):
            page.lines(x, facts.signatory_name, sizes=(13, 9), width=width, leading=1, weight="Bold")
            title = Translated(facts.signatory_title).in_language(page.language)
            if title:
                page.lines(x, title, sizes=(9.5, 7), width=width, leading=1.8, color=SOFT)
    page.label(x, "provider", 9, kind="H2")
    page.y -= 14
    with page.tags.element("P"):
        page.lines(x, facts.issuer_name, sizes=(11, 8), width=width, most=2, weight="Bold")
        if facts.issuer_address:
            page.lines(x, facts.issuer_address, sizes=(8.5, 7), width=width, most=2, leading=1.3, color=SOFT)
        if facts.issuer_number:
            number = f"{page.words['number']}: {facts.issuer_number}"
            page.lines(x, number, sizes=(8.5, 6.5), width=width, leading=1.3, color=SOFT)
        for approval in facts.approvals[:MOST_APPROVALS]:
            words = page.words["approved_by"].format(authority=approval["authority"])
            if approval["number"]:
                words = f"{words} ({approval['number']})"
            page.lines(x, words, sizes=(8, 5.5), width=width, color=SOFT)


def _checking(page: Page, facts: CertificateFacts, x: float, top: float, qr: float) -> None:
    page.y = top
    page.label(x, "check", 9, kind="H2")
    words = page.words["qr"].format(link=facts.link)
    box = (x, top - qr - 8, x + qr, top - 8)
    with page.tags.element("Link", alt=words):
        with page.tags.element("Figure", alt=words, owner="Layout", BBox=list(box)), page.tags.mark():
            qr_code(page.canvas, facts.link, x, top - qr - 8, qr)
        page.tags.link(facts.link, box)
    text_x, width = x + qr + 10, page.width - MARGIN - x - qr - 10
    page.y = top - 17
    site = facts.link.split("/v/")[0].split("://")[-1] + f"/{page.language}/verify/"
    with page.tags.element("P"):
        for text, weight in ((page.words["scan"], "Regular"), (site, "Bold"), (page.words["type"], "Regular")):
            size, lines = fitted(text, largest=8.5, smallest=6, width=width, lines=2, weight=weight)
            for line in lines:
                page.put(text_x, line, size, weight=weight, color=SOFT if weight == "Regular" else DECK)
                page.y -= 11
        page.y -= 4
        page.lines(text_x, grouped(facts.code), sizes=(11, 7), width=width, weight="Bold")
