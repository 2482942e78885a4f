"""Draws the letter that verifies training: what a board gets in a sealed envelope, with a code to check it by."""

from collections.abc import Callable
from io import BytesIO

from certificates.codes import grouped
from certificates.data import CertificateFacts
from certificates.designs import HOUSE, LETTER, Design
from certificates.fonts.drawing import Pen
from certificates.pdf.certificate import APART, activity_rows, competency_rows
from certificates.pdf.foot import draw_checking, not_a_state_certification, provider_lines
from certificates.pdf.layout import INK, LINE, MARGIN, PAPERS, ROW, SOFT, Page, fitted
from certificates.pdf.ornaments import bridge, frame, logo
from certificates.pdf.tags import Description, finished
from certificates.pdf.words import WORDS, for_kind, language_of, spoken, written
from curriculum.fields import Translated

QR_SIZE = 76.0
FOOT = 62.0  # what the last lines take
SIGNING = 208.0  # closing, signatures, checking and the last lines: never torn apart


def draw_letter(facts: CertificateFacts, design: Design = HOUSE, picture: bytes | None = None) -> bytes:
    """Return the letter as tagged PDF. The same facts, design and picture give the same bytes."""
    output = BytesIO()
    language = language_of(facts.language)
    heading = design.text("heading", language, for_kind(WORDS[language], "title", LETTER))
    about = Description(
        title=f"{heading}: {facts.recipient_name}",
        author=facts.issuer_name,
        subject=f"{facts.recipient_name} · {spoken(facts.contact_minutes, language)} · {grouped(facts.code)}",
        language=language,
        made_on=facts.issued_on,
        identifier=facts.link,
    )
    size = PAPERS[design.paper or facts.paper]
    with Pen(output, page_size=size, language=language) as pen:
        pen.describe(title=about.title, author=about.author, subject=about.subject)
        page = Page(pen, language, size, design)
        sheet = _Letter(page, facts, design, heading)
        sheet.head(picture)
        sheet.opening()
        sheet.facts_of_person()
        sheet.lists()
        sheet.closing()
        pen.canvas.showPage()
        pen.canvas.save()
    return finished(output.getvalue(), page.tags, about)


class _Letter:
    """The pages of one letter."""

    def __init__(self, page: Page, facts: CertificateFacts, design: Design, heading: str) -> None:
        self.page, self.facts, self.design, self.heading = page, facts, design, heading
        self.number = 1

    def head(self, picture: bytes | None) -> None:
        """Who writes, when, to whom."""
        page, facts, canvas = self.page, self.facts, self.page.canvas
        top, right = page.height - MARGIN + 14, page.width - MARGIN
        with page.tags.artifact():
            frame(page, self.design.border)
            if picture is None and self.design.ornament != "none":
                bridge(page, right - 52, top - 44, 72, with_water=self.design.ornament == "bridge")
        page.y = top - 14
        with page.tags.element("P"):
            page.lines(MARGIN, facts.issuer_name, sizes=(15, 9), width=page.body - 170, most=2, weight="Bold",
                       color=page.main)  # fmt: skip
            for words in filter(None, [facts.issuer_address, *provider_lines(page, facts, self.design)]):
                page.lines(MARGIN, words, sizes=(9, 6.5), width=page.body - 170, leading=1.3, color=SOFT)
        if picture is not None:
            words = Translated(self.design.logo_alt or {}).in_language(page.language)
            box = (right - 150, top - 54, right, top)
            alt = words or page.words["logo"].format(name=facts.issuer_name)
            with page.tags.element("Figure", alt=alt, owner="Layout", BBox=list(box)), page.tags.mark():
                logo(page, picture, box[0], box[1], 150, 54)
        page.y = min(page.y, top - 62) - 2
        with page.tags.artifact():
            canvas.setStrokeColor(page.main)
            canvas.setLineWidth(1.4)
            canvas.line(MARGIN, page.y, right, page.y)
        page.y -= 18
        with page.tags.element("P"):
            page.put(MARGIN, written(facts.issued_on, page.language), 10)
        page.y -= 18
        with page.tags.element("P"):
            for line in facts.addressee:
                page.lines(MARGIN, line, sizes=(10.5, 7), width=page.body, leading=1.3)

    def opening(self) -> None:
        """What it is, and the sentence that verifies."""
        page, facts = self.page, self.facts
        page.y -= 15
        with page.tags.element("H1"):
            size, lines = fitted(self.heading, largest=19, smallest=11, width=page.body, lines=1, weight="Bold")
            page.put(MARGIN, lines[0], size, weight="Bold", color=page.main)
        languages = (page.language, page.second_language)
        second = self.design.second("heading", *languages, for_kind(page.small, "title", LETTER))
        if second not in ("", self.heading):
            page.y -= size * APART
            with page.second():
                page.put(MARGIN, second, 9.5, color=SOFT)
        page.y -= 20
        words = Translated(facts.statement or {}).in_language(page.language) or page.words["letter_statement"]
        with page.tags.element("P"):
            page.lines(MARGIN, words, sizes=(10.5, 8.5), width=page.body, most=5, leading=1.45)

    def facts_of_person(self) -> None:
        """Whose training, how much of it, in which days."""
        page, facts, words = self.page, self.facts, self.page.words
        page.y -= 4
        # The box is measured before it is drawn: the ground comes first.
        size, lines = fitted(
            facts.recipient_name, largest=17, smallest=10, width=page.body - 24, lines=2, weight="Bold"
        )
        height = 54 + 20 * (len(lines) - 1)
        with page.tags.artifact():
            page.canvas.setFillColor(page.ground)
            page.canvas.rect(MARGIN, page.y - height, page.body, height, stroke=0, fill=1)
            page.canvas.setFillColor(page.accent)
            page.canvas.rect(MARGIN, page.y - height, 3, height, stroke=0, fill=1)
        bottom = page.y - height
        page.y -= 24
        with page.tags.element("P"):
            for line in lines:
                page.put(MARGIN + 14, line, size, weight="Bold")
                page.y -= 20
        days = []
        if facts.since:
            days.append(f"{words['from']} {written(facts.since, page.language)}")
        if facts.until:
            days.append(f"{words['until']} {written(facts.until, page.language)}")
        told = [
            f"{words['hours']}: {spoken(facts.contact_minutes, page.language)} ({facts.contact_minutes} min)",
            " ".join(days) or f"{words['last']}: {written(facts.completed_on, page.language)}",
        ]
        if "delivery" in self.design.shows:
            told.append(f"{words['delivery']}: {words[facts.delivery]}")
        page.y = bottom + 12
        with page.tags.element("P"):
            page.lines(MARGIN + 14, " · ".join(told), sizes=(10, 6.5), width=page.body - 24, leading=0)
        page.y = bottom

    def lists(self) -> None:
        """The training, entry by entry, then the minutes by competency: as many pages as it takes."""
        page = self.page
        page.row_height = ROW - 1
        self._all(activity_rows(page, self.facts, "training"), before=20)
        if "competencies" in self.design.shows:
            self._all(competency_rows(page, self.facts), before=20)

    def _all(self, rows: list[Callable[[], None]], *, before: float) -> None:
        if rows:
            self.make_room(before + min(4, len(rows)) * self.page.row_height)
            self.page.y -= before - self.page.row_height
        for row in rows:
            self.make_room(self.page.row_height)
            self.page.y -= self.page.row_height
            row()

    def make_room(self, needed: float) -> None:
        """Go to a new page, with its own head, where less than `needed` points are left."""
        page = self.page
        if page.y - needed >= MARGIN:
            return
        page.turn()
        self.number += 1
        with page.tags.artifact():
            frame(page, self.design.border)
            page.canvas.setFillColor(SOFT)
            running = f"{self.heading} · {self.facts.recipient_name} · {grouped(self.facts.code)}"
            size, lines = fitted(running, largest=9, smallest=6, width=page.body - 60, lines=1)
            page.pen.text(MARGIN, page.y, lines[0], size=size)
            page.pen.text(page.width - MARGIN, page.y, f"{page.words['page']} {self.number}", size=8.5, align="right")
        page.y -= 8
        page.rule(MARGIN, page.body)

    def closing(self) -> None:
        """Signature block and checking, together at the foot of the last page."""
        page, facts = self.page, self.facts
        self.make_room(SIGNING - MARGIN + 28)
        words = Translated(facts.closing or {}).in_language(page.language) or page.words["letter_closing"]
        page.y -= 18
        with page.tags.element("P"):
            page.lines(MARGIN, words, sizes=(9.5, 7.5), width=page.body, most=2, leading=1.35)
        top = min(page.y - 4, SIGNING - 20)
        self._signature(top)
        draw_checking(page, facts, MARGIN + page.body * 0.52, top - 4, QR_SIZE)
        page.y = FOOT
        not_a_state_certification(page, MARGIN)
        with page.tags.element("P"):
            signed = page.words["signed_by"].format(name=facts.signed_by) if facts.signed_by else page.words["unsigned"]
            page.lines(MARGIN, signed, sizes=(7.5, 5.5), width=page.body, color=SOFT)

    def _signature(self, top: float) -> None:
        """A line to sign on, the day, and room for a seal: some boards ask for ink."""
        page, facts, canvas = self.page, self.facts, self.page.canvas
        width = page.body * 0.47
        page.y = top - 4
        page.label(MARGIN, "signed", 9, kind="H2")
        line = top - 52
        with page.tags.artifact():
            canvas.setStrokeColor(INK)
            canvas.setLineWidth(0.8)
            canvas.line(MARGIN, line, MARGIN + width * 0.66, line)
            canvas.line(MARGIN + width * 0.72, line, MARGIN + width, line)
            canvas.setStrokeColor(LINE)
            canvas.setDash(3, 3)
            canvas.roundRect(MARGIN + width * 0.62, line - 58, width * 0.38, 38, 5, stroke=1, fill=0)
            canvas.setDash()
        page.y = line - 9
        with page.tags.element("P"):
            page.put(MARGIN, page.words["signature"], 7.5, color=SOFT)
            page.put(MARGIN + width * 0.72, page.words["signing_day"], 7.5, color=SOFT)
        page.y = line - 25
        name, title = facts.signers[0] if facts.signers else (facts.issuer_name, {})
        with page.tags.element("P"):
            page.lines(MARGIN, name, sizes=(12, 8), width=width * 0.6, most=2, leading=1.15, weight="Bold")
            if words := Translated(title).in_language(page.language):
                page.lines(MARGIN, words, sizes=(9, 6.5), width=width * 0.6, most=2, leading=1.2, color=SOFT)
        page.y = line - 53
        with page.tags.element("P"):
            box = width * 0.38 - 8
            page.lines(MARGIN + width * 0.62 + 4, page.words["seal"], sizes=(7, 5.5), width=box, color=SOFT)
