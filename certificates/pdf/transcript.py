"""Draws a person's transcript, as many pages as it takes."""

from datetime import date
from io import BytesIO

from django.conf import settings
from pikepdf import Name

from certificates.data import Transcript, TranscriptLine
from certificates.fonts.drawing import Pen
from certificates.pdf.layout import CLAY, DECK, MARGIN, PAPERS, SOFT, Page, fitted, wrapped
from certificates.pdf.ornaments import bridge
from certificates.pdf.tags import Description, finished
from certificates.pdf.words import WORDS, language_of, spoken, written
from curriculum.fields import Translated

INDENT = 100.0


def draw_transcript(
    transcript: Transcript, *, language: str, drawn_on: date, paper: str = "letter", signed_by: str = ""
) -> bytes:
    """Return a transcript as tagged PDF: every line and the totals."""
    output = BytesIO()
    language = language_of(language)
    about = Description(
        title=f"{WORDS[language]['transcript']}: {transcript.name}",
        author=settings.WAGTAIL_SITE_NAME,
        subject=f"{WORDS[language]['total']}: {spoken(transcript.total_minutes, language)}",
        language=language,
        made_on=drawn_on,
    )
    size = PAPERS[paper]
    with Pen(output, page_size=size, language=language) as pen:
        pen.describe(title=about.title, author=about.author, subject=about.subject)
        page = Page(pen, language, size)
        sheet = _Sheet(page, transcript, drawn_on, signed_by)
        sheet.head()
        sheet.entries()
        sheet.totals()
        pen.canvas.showPage()
        pen.canvas.save()
    return finished(output.getvalue(), page.tags, about)


class _Sheet:
    """The pages of one transcript."""

    def __init__(self, page: Page, transcript: Transcript, drawn_on: date, signed_by: str) -> None:
        self.page = page
        self.transcript = transcript
        self.drawn_on = drawn_on
        self.signed_by = signed_by
        self.number = 1
        self.right = page.width - MARGIN

    def make_room(self, needed: float) -> None:
        """Go to a new page, with its own head, where less than `needed` points are left."""
        page = self.page
        if page.y - needed >= MARGIN:
            return
        page.turn()
        self.number += 1
        with page.tags.artifact():
            page.canvas.setFillColor(SOFT)
            running = f"{page.words['transcript']} · {self.transcript.name}"
            size, lines = fitted(running, largest=9, smallest=6, width=page.body - 60, lines=1)
            page.pen.text(MARGIN, page.y, lines[0], size=size)
            page.pen.text(self.right, page.y, f"{page.words['page']} {self.number}", size=8.5, align="right")
        page.y -= 8
        page.rule(MARGIN, page.body)

    def head(self) -> None:
        """Whose, of which days, how much in all."""
        page, words = self.page, self.page.words
        page.y = page.height - MARGIN
        with page.tags.element("H1"):
            page.put(MARGIN, words["transcript"], 18, weight="Bold", color=DECK)
        with page.tags.artifact():
            bridge(page, self.right - 40, page.y - 10, 56, with_water=False)
        page.y -= 20
        with page.tags.element("P"):
            size, lines = fitted(self.transcript.name, largest=14, smallest=9, width=page.body, lines=2, weight="Bold")
            for line in lines:
                page.put(MARGIN, line, size, weight="Bold")
                page.y -= 15
        with page.tags.element("P"):
            page.put(MARGIN, f"{self._window()} · {words['issued']} {written(self.drawn_on, page.language)}", 9,
                     color=SOFT)  # fmt: skip
        with page.tags.element("P"):
            total = f"{words['total']}: {spoken(self.transcript.total_minutes, page.language)}"
            page.put(self.right, total, 11, weight="Bold", align="right")
        page.y -= 12
        with page.tags.element("P"):
            page.put(MARGIN, words["not_state"], 8, color=CLAY)
        if self.signed_by:
            page.y -= 11
            with page.tags.element("P"):
                signed = words["signed_by"].format(name=self.signed_by)
                page.lines(MARGIN, signed, sizes=(8, 5.5), width=page.body, leading=0, color=SOFT)
        page.y -= 8
        page.rule(MARGIN, page.body)

    def _window(self) -> str:
        words, since, until = self.page.words, self.transcript.since, self.transcript.until
        parts = []
        if since:
            parts.append(f"{words['from']} {written(since, self.page.language)}")
        if until:
            parts.append(f"{words['until']} {written(until, self.page.language)}")
        return " ".join(parts) or words["all_time"]

    def entries(self) -> None:
        """One row an entry, with its split and its reason."""
        page, words = self.page, self.page.words
        if not self.transcript.lines:
            page.y -= 24
            with page.tags.element("P"):
                page.put(MARGIN, words["no_entries"], 10)
            return
        with page.tags.element("Table"):
            page.y -= 14
            with page.tags.element("TR"):
                heads = (
                    (MARGIN, "date", "left"),
                    (MARGIN + INDENT, "activity", "left"),
                    (self.right, "time", "right"),
                )
                for x, key, align in heads:
                    with page.tags.element("TH", owner="Table", Scope=Name.Column):
                        page.put(x, words[key], 8.5, weight="Bold", color=DECK, align=align)
            for line in self.transcript.lines:
                self._entry(line)

    def _entry(self, line: TranscriptLine) -> None:
        page, words, language = self.page, self.page.words, self.page.language
        width = page.body - INDENT - 90
        titles = wrapped(Translated(line.title).in_language(language), 10, width, "Bold")
        kind = f" · {words[line.kind]}" if line.kind != "credit" else ""
        parts = [f"{line.provider_name} · {words[line.delivery]}{kind}"]
        if line.reason:
            parts.append(f"{words['reason']}: {line.reason}")
        parts.append(", ".join(f"{share.code} {spoken(share.minutes, language)}" for share in line.shares))
        small = [broken for text in parts for broken in wrapped(text, 8, width)]
        self.make_room(14 * len(titles) + 11 * len(small) + 10)
        page.y -= 16
        top = page.y
        with page.tags.element("TR"):
            with page.tags.element("TH", owner="Table", Scope=Name.Row):
                page.put(MARGIN, written(line.earned_on, language), 9)
            with page.tags.element("TD"):
                for text in titles:
                    page.put(MARGIN + INDENT, text, 10, weight="Bold")
                    page.y -= 13
                page.y += 2
                for text in small:
                    page.put(MARGIN + INDENT, text, 8, color=SOFT)
                    page.y -= 11
            bottom, page.y = page.y, top
            with page.tags.element("TD"):
                page.put(self.right, spoken(line.minutes, language), 9.5, weight="Bold", align="right")
        page.y = bottom + 5
        page.rule(MARGIN, page.body)

    def totals(self) -> None:
        """The sums by competency, a table a framework."""
        page = self.page
        for _code, framework_name, totals in self.transcript.frameworks:
            self.make_room(min(16 * (len(totals) + 3), page.height / 3))
            page.y -= 28
            page.label(MARGIN, "competencies", 10, kind="H2")
            page.y -= 13
            with page.tags.element("Table"):
                with page.tags.element("Caption"):
                    page.put(MARGIN, Translated(framework_name).in_language(page.language), 8.5, color=SOFT)
                for total in totals:
                    self.make_room(16)
                    page.y -= 15
                    name = f"{total.code}  {Translated(total.name).in_language(page.language)}"
                    with page.tags.element("TR"):
                        with page.tags.element("TH", owner="Table", Scope=Name.Row):
                            page.lines(MARGIN, name, sizes=(9.5, 6.5), width=page.body - 110, leading=0)
                        with page.tags.element("TD"):
                            time = spoken(total.minutes, page.language)
                            page.put(self.right, time, 9.5, weight="Bold", align="right")
