"""The foot of a certificate: who signed, who stands behind it, how to check it."""

from certificates.codes import grouped
from certificates.data import CertificateFacts
from certificates.designs import COURSE, Design
from certificates.pdf.layout import MARGIN, SOFT, Page, fitted
from certificates.pdf.ornaments import qr_code
from certificates.pdf.words import written
from curriculum.fields import Translated

FOOT_TOP = 205.0
QR_SIZE = 84.0
MOST_APPROVALS = 2  # what there is room for; the checking page shows all
MOST_SIGNERS = 3


def draw_foot(page: Page, facts: CertificateFacts, design: Design) -> None:
    """Draw it at the foot of this page."""
    page.y = FOOT_TOP - 14
    page.rule(MARGIN, page.body)
    right, top = MARGIN + page.body * 0.52, page.y - 16
    width = right - MARGIN - 16
    _provider(page, facts, design, _signatures(page, facts, top, width), width)
    draw_checking(page, facts, right, top, QR_SIZE)
    middle = page.width / 2
    page.y = 67
    not_a_state_certification(page, middle, align="center")
    details = [
        f"{page.words['issued']} {written(facts.issued_on, page.language)}",
        f"{page.words['language']}: {page.words.get(facts.language, facts.language)}",
    ]
    if facts.kind == COURSE and "version" in design.shows:
        details.append(f"{page.words['version']}: {facts.course_revision}")
    if facts.expires_on:
        details.insert(1, f"{page.words['expires']} {written(facts.expires_on, page.language)}")
    with page.tags.element("P"):
        page.lines(middle, " · ".join(details), sizes=(7.5, 5.5), width=page.body, color=SOFT, align="center")
        signed = page.words["signed_by"].format(name=facts.signed_by) if facts.signed_by else page.words["unsigned"]
        page.lines(middle, signed, sizes=(7.5, 5.5), width=page.body, color=SOFT, align="center")


def not_a_state_certification(page: Page, x: float, *, align: str = "left") -> None:
    """What it is not, in both languages."""
    with page.tags.element("P"):
        page.lines(
            x, page.words["not_state"], sizes=(10, 8), width=page.body, weight="Bold", color=page.accent, align=align
        )
    with page.second():
        page.lines(x, page.small["not_state"], sizes=(8, 6.5), width=page.body, color=SOFT, align=align)
    page.y -= 2


def _signatures(page: Page, facts: CertificateFacts, top: float, width: float) -> float:
    """Up to three beside each other; return where the next block begins."""
    signers = facts.signers[:MOST_SIGNERS]
    if not signers:
        return top
    page.y = top
    page.label(MARGIN, "signed", 9, kind="H2")
    column = width / len(signers)
    titles = [Translated(title).in_language(page.language) for _name, title in signers]
    # All in one size: nobody signs louder than the others.
    own = min(_size(name, (13, 7), column, "Bold") for name, _title in signers)
    small = min(_size(title, (9.5, 6), column, "Regular") for title in titles)
    for number, ((name, _title), words) in enumerate(zip(signers, titles, strict=True)):
        x, page.y = MARGIN + number * column, top - 17
        with page.tags.element("P"):
            page.lines(x, name, sizes=(own, own), width=column - 8, leading=0, weight="Bold")
            page.y -= own * 0.95
            if words:
                page.lines(x, words, sizes=(small, small), width=column - 8, leading=0, color=SOFT)
    return top - 17 - own * 0.95 - (small * 1.7 if any(titles) else 3)


def _size(text: str, sizes: tuple[float, float], column: float, weight: str) -> float:
    return fitted(text, largest=sizes[0], smallest=sizes[1], width=column - 8, lines=1, weight=weight)[0]


def _provider(page: Page, facts: CertificateFacts, design: Design, y: float, width: float) -> None:
    page.y = y
    page.label(MARGIN, "provider", 9, kind="H2")
    page.y -= 14
    with page.tags.element("P"):
        page.lines(MARGIN, facts.issuer_name, sizes=(11, 8), width=width, most=2, weight="Bold")
        if facts.issuer_address:
            page.lines(MARGIN, facts.issuer_address, sizes=(8.5, 7), width=width, most=2, leading=1.3, color=SOFT)
        for words in provider_lines(page, facts, design):
            page.lines(MARGIN, words, sizes=(8.5, 5.5), width=width, leading=1.25, color=SOFT)


def provider_lines(page: Page, facts: CertificateFacts, design: Design) -> list[str]:
    """The provider's number, and who had approved it on that day."""
    lines = [f"{page.words['number']}: {facts.issuer_number}"] if facts.issuer_number else []
    for approval in facts.approvals[:MOST_APPROVALS] if "approvals" in design.shows else ():
        words = page.words["approved_by"].format(authority=approval["authority"])
        lines.append(f"{words} ({approval['number']})" if approval["number"] else words)
    return lines


def draw_checking(page: Page, facts: CertificateFacts, x: float, top: float, qr: float) -> None:
    """The QR code, the address and the code: how anybody checks it."""
    page.y = top
    is_letter = f"check_{facts.kind}" in page.words
    page.label(x, f"check_{facts.kind}" if is_letter else "check", 9, kind="H2")
    words = page.words[f"qr_{facts.kind}" if is_letter else "qr"].format(link=facts.link)
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
                page.put(text_x, line, size, weight=weight, color=SOFT if weight == "Regular" else page.main)
                page.y -= 11
        page.y -= 4
        page.lines(text_x, grouped(facts.code), sizes=(11, 7), width=width, weight="Bold")
