"""Draws one certificate: of a course, of a program, of hours in a period."""

from collections.abc import Callable
from functools import cached_property, partial
from io import BytesIO
from typing import Any

from pikepdf import Name

from certificates.codes import grouped
from certificates.data import Activity, CertificateFacts
from certificates.designs import HOUSE, PERIOD, Design
from certificates.fonts.drawing import Pen
from certificates.pdf.foot import FOOT_TOP, draw_foot
from certificates.pdf.layout import MARGIN, PAPERS, ROW, SOFT, Page, both, fitted, wrapped
from certificates.pdf.ornaments import FRAME, bridge, divider, frame, logo, thickness
from certificates.pdf.tags import Description, Element, finished
from certificates.pdf.words import WORDS, for_kind, language_of, spoken, written
from curriculum.fields import Translated

BAND = 98.0  # the head, from the frame down
APART = 0.87  # of the size of the line above: nearer, and readers of the text take both for one line
MOST_OBJECTIVES = 6
LEAST_ROW = 10.0
SCOPE_ROW = Name.Row


def draw_front(facts: CertificateFacts, design: Design = HOUSE, picture: bytes | None = None) -> bytes:
    """Return the certificate as tagged PDF. The same facts, design and picture give the same bytes."""
    output = BytesIO()
    language = language_of(facts.language)
    title, second_title = both(facts.course_title, language)
    heading = design.text("heading", language, for_kind(WORDS[language], "title", facts.kind))
    about = Description(
        title=f"{heading}: {title}",
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
        rows = _rows(page, facts, design)
        sheet = _Front(page, facts, design, _air(page, facts, len(rows), bool(second_title)))
        sheet.head(picture)
        sheet.statement(title, second_title)
        sheet.figures()
        rest = sheet.rows(rows)
        draw_foot(page, facts, design)
        _further(page, facts, design, heading, rest)
        pen.canvas.showPage()
        pen.canvas.save()
    return finished(output.getvalue(), page.tags, about)


def _air(page: Page, facts: CertificateFacts, rows: int, has_second: bool) -> float:
    """How much room is left over: a short certificate breathes, a full one is set close."""
    used = 372 if has_second else 358
    used += 36 if facts.statement else 0
    return max(0.0, min(150.0, page.height - used - FOOT_TOP - rows * ROW - 28))


class _Front:
    """The first page. `air`: room that is left over, given to the gaps."""

    def __init__(self, page: Page, facts: CertificateFacts, design: Design, air: float) -> None:
        self.page, self.facts, self.design, self.air = page, facts, design, air

    def down(self, points: float, share: float = 0.0) -> None:
        self.page.y -= points + self.air * share

    def head(self, picture: bytes | None) -> None:
        """Frame, bridge or logo, and what it is."""
        page, design, canvas = self.page, self.design, self.page.canvas
        top, middle = page.height - FRAME, page.width / 2
        inner = FRAME + thickness(design.border)
        edges = (inner, page.width - inner)
        with page.tags.artifact():
            if picture is None:  # a logo was made for white paper
                canvas.setFillColor(page.ground)
                canvas.rect(FRAME, top - BAND, page.width - 2 * FRAME, BAND, stroke=0, fill=1)
            if picture is None and design.ornament == "bridge":
                bridge(page, middle, top - BAND + 6, 172, deck=edges)
            elif picture is None and design.ornament == "arch":
                bridge(page, middle, top - BAND + 14, 120, with_water=False)
            frame(page, design.border)
        if picture is not None:
            words = Translated(design.logo_alt or {}).in_language(page.language)
            words = words or page.words["logo"].format(name=self.facts.issuer_name)
            box = (middle - 130, top - BAND + 12, middle + 130, top - 12)
            with page.tags.element("Figure", alt=words, owner="Layout", BBox=list(box)), page.tags.mark():
                logo(page, picture, box[0], box[1], 260, box[3] - box[1])
        page.y = top - BAND
        main = design.text("heading", page.language, for_kind(page.words, "title", self.facts.kind))
        languages = (page.language, page.second_language)
        second = design.second("heading", *languages, for_kind(page.small, "title", self.facts.kind))
        size, lines = fitted(main, largest=27, smallest=13, width=page.body, lines=1, weight="Bold")
        self.down(34, 0.14)
        with page.tags.element("H1"):
            page.put(middle, lines[0], size, weight="Bold", color=page.main, align="center")
        if second not in ("", main):
            page.y -= size * APART
            with page.second():
                page.put(middle, second, 11, color=SOFT, align="center")

    def _introduced(self, key: str, text: str) -> None:
        """A line of the template, or the house's, with the other language beside it."""
        page, kind = self.page, self.facts.kind
        own = self.design.text(text, page.language, for_kind(page.words, key, kind))
        languages = (page.language, page.second_language)
        second = self.design.second(text, *languages, for_kind(page.small, key, kind))
        page.label_of(page.width / 2, own, second, 10.5, align="center")

    def statement(self, title: str, second_title: str) -> None:
        """To whom, for what."""
        page, facts, middle = self.page, self.facts, self.page.width / 2
        self.down(27, 0.16)
        self._introduced("to", "given_to")
        size, lines = fitted(facts.recipient_name, largest=34, smallest=15, width=page.body, lines=2, weight="Bold")
        self.down(size + 6, 0.06)
        with page.tags.element("P"):
            for line in lines:
                page.put(middle, line, size, weight="Bold", align="center")
                page.y -= size * 1.25
        page.y += size * 1.25
        self.down(max(14, size * 0.42), 0.03)
        with page.tags.artifact():
            divider(page, page.y, 120)
        self.down(19, 0.05)
        self._introduced("for", "earned")
        size, lines = fitted(title, largest=20, smallest=11, width=page.body, lines=2, weight="Bold")
        self.down(size + 6, 0.03)
        with page.tags.element("P"):
            for line in lines:
                page.put(middle, line, size, weight="Bold", align="center")
                page.y -= size * 1.22
        page.y += size * 1.22
        if second_title:
            above = size
            size, lines = fitted(second_title, largest=11, smallest=8, width=page.body, lines=2)
            page.y -= max(size + 5, above * APART)
            with page.second():
                for line in lines:
                    page.put(middle, line, size, color=SOFT, align="center")
                    page.y -= size * 1.25
            page.y += size * 1.25
        words = Translated(facts.statement or {}).in_language(page.language)
        if words:
            page.y -= 20
            with page.tags.element("P"):
                page.lines(middle, words, sizes=(10.5, 8), width=page.body - 40, most=3, leading=1.35, align="center")
            page.y += 8

    def figures(self) -> None:
        """Hours, day, way of learning; place and instructor where the template has them."""
        page, facts = self.page, self.facts
        self.down(17, 0.2)
        page.rule(MARGIN, page.body)
        page.y -= 16
        columns = [("hours", spoken(facts.contact_minutes, page.language), f"{facts.contact_minutes} min", "")]
        day = "last" if facts.kind == PERIOD else "completed"
        columns.append((day, written(facts.completed_on, page.language), facts.completed_on.isoformat(), ""))
        if "delivery" in self.design.shows:
            kind = page.words[f"{facts.delivery}_kind"]
            columns.append(("delivery", page.words[facts.delivery], f"{kind} · ", page.small[facts.delivery]))
        width = page.body / len(columns)
        top = page.y
        for number, (key, value, more, in_second) in enumerate(columns):
            x, page.y = MARGIN + number * width, top
            page.label(x, key, 9)
            size, lines = fitted(value, largest=13, smallest=8, width=width - 12, lines=1, weight="Bold")
            page.y -= 16
            with page.tags.element("P"):
                page.put(x, lines[0], size, weight="Bold")
                page.y -= 12
                size, _lines = fitted(more + in_second, largest=8.5, smallest=6.5, width=width - 12, lines=1)
                wide = page.put(x, more, size, color=SOFT)
                if in_second:
                    with page.second(inline=True):
                        page.put(x + wide, in_second, size, color=SOFT)
        page.y = top - 37
        place = Translated(facts.location or {}).in_language(page.language)
        told = [("location", place), ("instructor", facts.instructor)]
        told = [(key, value) for key, value in told if value and key in self.design.shows]
        for number, (key, value) in enumerate(told):
            x, page.y = MARGIN + number * page.body / len(told), top - 45
            page.label(x, key, 9)
            size, lines = fitted(
                value, largest=11, smallest=7, width=page.body / len(told) - 12, lines=1, weight="Bold"
            )
            page.y -= 14
            with page.tags.element("P"):
                page.put(x, lines[0], size, weight="Bold")
            page.y -= 7
        page.rule(MARGIN, page.body)

    def rows(self, rows: list[Callable[[], None]]) -> list[Callable[[], None]]:
        """What fits above the foot; return the rest."""
        page = self.page
        if not rows:
            return []
        page.y -= 6 + min(12.0, self.air * 0.1)
        space = page.y - FOOT_TOP
        # Set close where that keeps all on one page; where it does not, nothing is gained by it.
        whole = min(ROW + self.air * 0.03, space / len(rows))
        page.row_height = whole if whole >= LEAST_ROW else ROW - 1
        fit = max(0, int(space / page.row_height + 0.001))
        for row in rows[:fit]:
            page.y -= page.row_height
            row()
        return rows[fit:]


# --- Rows ---------------------------------------------------------------------------------------------------------


def _rows(page: Page, facts: CertificateFacts, design: Design) -> list[Callable[[], None]]:
    """The lists, line by line: objectives, courses or entries, minutes by competency."""
    rows: list[Callable[[], None]] = []
    if "objectives" in design.shows and facts.objectives:
        found = facts.objectives.get(page.language) or next(iter(facts.objectives.values()), ())
        rows += _objective_rows(page, found[:MOST_OBJECTIVES])
    activities = activity_rows(page, facts, "entries" if facts.kind == PERIOD else "courses")
    competencies = competency_rows(page, facts) if "competencies" in design.shows else []
    lists = [rows, competencies, activities] if facts.kind == PERIOD else [rows, activities, competencies]
    parts = [part for part in lists if part]
    return [row for number, part in enumerate(parts) for row in (([_gap] if number else []) + part)]


class Later:
    """An element that is put into the tree with its first row, and holds the rows of later pages too."""

    def __init__(self, page: Page, kind: str) -> None:
        self._page, self._kind = page, kind

    @cached_property
    def element(self) -> Element:
        with self._page.tags.element(self._kind) as made:
            return made


def _gap() -> None:
    """Room between two lists."""


def _heading(page: Page, key: str) -> None:
    page.y += 2
    page.label(MARGIN, key, 10, kind="H2")
    page.y -= 2


def _objective_rows(page: Page, objectives: tuple[str, ...]) -> list[Callable[[], None]]:
    lines = [(number, line) for number, text in enumerate(objectives) for line in _fitting(text, page.body - 14)]
    if not lines:
        return []
    listed = Later(page, "L")
    items: dict[int, Element] = {}

    def row(number: int, line: str) -> None:
        is_first = number not in items
        with page.tags.inside(listed.element):
            if is_first:
                with page.tags.element("LI"), page.tags.element("LBody") as items[number]:
                    pass
            with page.tags.inside(items[number]):
                page.put(MARGIN + 12, line, 9)
        if is_first:
            with page.tags.artifact():
                page.canvas.setFillColor(page.accent)
                page.canvas.rect(MARGIN + 2, page.y + 1.8, 3.4, 3.4, stroke=0, fill=1)

    return [partial(_heading, page, "objectives"), *(partial(row, *line) for line in lines)]


def _fitting(text: str, width: float) -> list[str]:
    return wrapped(text, 9, width)


def activity_rows(page: Page, facts: CertificateFacts, key: str) -> list[Callable[[], None]]:
    """What a total is made of, a row each. A provider is named where it is another one than the issuer."""
    if not facts.activities:
        return []
    table = Later(page, "Table")

    def row(activity: Activity) -> None:
        own = min(9.5, page.row_height * 0.72)
        name = Translated(activity.title).in_language(page.language)
        other = activity.provider if activity.provider != facts.issuer_name else ""
        told = " · ".join(filter(None, [page.words[activity.delivery], other]))
        size, lines = fitted(name, largest=own, smallest=6.5, width=page.body - 274, lines=1)
        with page.tags.inside(table.element), page.tags.element("TR"):
            with page.tags.element("TH", owner="Table", Scope=SCOPE_ROW):
                page.put(MARGIN, _cut(lines), size)
            with page.tags.element("TD"):
                size, lines = fitted(told, largest=own - 1, smallest=6, width=112, lines=1)
                page.put(MARGIN + page.body - 268, _cut(lines), size, color=SOFT)
            with page.tags.element("TD"):
                page.put(MARGIN + page.body - 150, activity.on.isoformat(), own - 1, color=SOFT)
            with page.tags.element("TD"):
                time = spoken(activity.minutes, page.language)
                size, lines = fitted(time, largest=own, smallest=6, width=92, lines=1, weight="Bold")
                page.put(page.width - MARGIN, lines[0], size, weight="Bold", align="right")
        _line_below(page)

    return [partial(_heading, page, key), *(partial(row, activity) for activity in facts.activities)]


def _cut(lines: list[str]) -> str:
    """One line, and a sign where there would be more."""
    return lines[0] + "…" if len(lines) > 1 else "".join(lines)


def competency_rows(page: Page, facts: CertificateFacts) -> list[Callable[[], None]]:
    """The minutes by competency, a table a framework."""
    frameworks: dict[str, list[Any]] = {}
    for competency in facts.competencies:
        frameworks.setdefault(competency.framework, []).append(competency)
    rows: list[Callable[[], None]] = []
    if frameworks:
        rows.append(partial(_heading, page, "competencies"))
    for code, competencies in frameworks.items():
        name = Translated(competencies[0].framework_name).in_language(page.language) or code
        table = Later(page, "Table")
        rows.append(partial(_framework_row, page, table, name))
        rows.extend(partial(_competency_row, page, table, competency) for competency in competencies)
    return rows


def _framework_row(page: Page, table: Later, name: str) -> None:
    size, lines = fitted(name, largest=8.5, smallest=7, width=page.body, lines=1)
    with page.tags.inside(table.element), page.tags.element("Caption"):
        page.put(MARGIN, _cut(lines), size, color=SOFT)


def _competency_row(page: Page, table: Later, competency: Any) -> None:
    name = Translated(competency.name).in_language(page.language)
    own = min(10.0, page.row_height * 0.76)
    size, lines = fitted(f"{competency.code} {name}", largest=own, smallest=6.5, width=page.body - 110, lines=1)
    with page.tags.inside(table.element), page.tags.element("TR"):
        with page.tags.element("TH", owner="Table", Scope=SCOPE_ROW):
            page.put(MARGIN, _cut(lines), size)
        with page.tags.element("TD"):
            time = spoken(competency.minutes, page.language)
            page.put(page.width - MARGIN, time, own, weight="Bold", align="right")
    _line_below(page)


def _line_below(page: Page) -> None:
    y, page.y = page.y, page.y - page.row_height * 0.28
    page.rule(MARGIN, page.body)
    page.y = y


def _further(page: Page, facts: CertificateFacts, design: Design, heading: str, rest: list[Callable[[], None]]) -> None:
    """What did not fit, on as many pages as it takes."""
    page.row_height = ROW
    for number, row in enumerate(rest):
        if number == 0 or page.y - ROW < MARGIN:
            page.turn()
            with page.tags.artifact():
                frame(page, design.border)
                page.canvas.setFillColor(page.main)
                page.pen.text(MARGIN, page.y, f"{heading} · {grouped(facts.code)}", size=10, weight="Bold")
                page.y -= 16
                page.canvas.setFillColor(SOFT)
                told = f"{facts.recipient_name} ({page.words['continued']})"
                size, lines = fitted(told, largest=9, smallest=6, width=page.body, lines=1)
                page.pen.text(MARGIN, page.y, lines[0], size=size)
            page.y -= 8
        page.y -= ROW
        row()
