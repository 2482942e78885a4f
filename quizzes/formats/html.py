"""HTML of other programs as the light Markdown of items, with the names of what was lost on the way."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser

from quizzes.formats.texts import escaped, has_html, markdown_of, plain_of, without_control

_PARAGRAPHS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "main",
        "nav",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
    ]
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_KNOWN = frozenset(
    [
        "p",
        "div",
        "br",
        "span",
        "strong",
        "b",
        "em",
        "i",
        "ul",
        "ol",
        "li",
        "img",
        "audio",
        "video",
        "source",
        "track",
        "a",
        "sub",
        "sup",
        "body",
        "html",
        "head",
        "figure",
        "figcaption",
        "section",
        "article",
        "header",
        "footer",
        "main",
    ]
)
_SILENT = frozenset({"script", "style", "head", "title", "template", "noscript"})
_BOLD, _ITALIC = frozenset({"strong", "b"}), frozenset({"em", "i"})
_FILES = {"img": "src", "audio": "src", "video": "src", "source": "src", "embed": "src", "object": "data"}
_STYLED = re.compile(r"(?:color|background|text-decoration|text-align|font-weight|font-style)\s*:", re.IGNORECASE)
_RAISED = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
_LOWERED = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
_DEEPEST_LIST = 8
_DEEPEST_SPAN = 100
# A sign that opens no tag. The standard library's parser takes a time that grows with the square of their number.
_NO_TAG = re.compile(r"<(?!/?[A-Za-z][^<>]*>)")
_BREAK = "\x00"  # a line break that is meant; spaces and line ends of the source are not
_PARAGRAPH = "\x01"


@dataclass
class HtmlReading:
    """A text as Markdown, and names of what of its form was lost."""

    text: str
    lost: list[str] = field(default_factory=list)


# Given the address in a tag, the key of the file that it names; None where there is no such file.
FindFile = Callable[[str], str | None]


def _no_file(address: str) -> None:
    return None


@dataclass
class _Span:
    """A tag that is open, with the place in the output where its content begins."""

    tag: str
    start: int
    address: str = ""


class _Reader(HTMLParser):
    """Goes once through the tags, without recursion: no depth of nesting is too much."""

    def __init__(self, find_file: FindFile) -> None:
        super().__init__(convert_charrefs=True)
        self.find_file = find_file
        self.out: list[str] = []
        self.plain: list[str] = []
        self.spans: list[_Span] = []
        self.lists: list[int] = []  # the next number, or -1 for bullets
        self.silent = 0
        self.lost: dict[str, None] = {}

    # --- Tags -----------------------------------------------------------------------------------------------------

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag in _SILENT:
            self.silent += tag in ("script", "style", "title", "template")
            self.lost.setdefault(f"<{tag}>") if tag in ("script", "style") else None
            return
        if tag not in _KNOWN:
            self.lost.setdefault(f"<{tag}>")
        if _STYLED.search(values.get("style", "")):
            self.lost.setdefault("style")
        if tag in ("ul", "ol"):
            start = values.get("start", "")
            first = int(start) if start.isdecimal() and len(start) < 9 else 1
            self.lists.append(-1 if tag == "ul" else first)
            self._line()
        elif tag == "li":
            self._item()
        elif tag == "br":
            self._write(_BREAK)
        elif tag in ("td", "th"):
            if self.out and self.out[-1] not in (_PARAGRAPH, _BREAK):
                self._write(" | ")
        elif tag in _PARAGRAPHS:
            self._paragraph()
        if tag in _FILES:
            self._show_file(tag, values)
        is_span = tag in _BOLD | _ITALIC | _HEADINGS or tag in ("a", "sub", "sup", "video", "audio")
        if is_span and len(self.spans) < _DEEPEST_SPAN:
            self.spans.append(_Span(tag, len(self.out), values.get("href", "")))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in ("br", "img", "source", "embed", "hr", "track", "input"):
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            if tag in ("script", "style", "title", "template"):
                self.silent = max(0, self.silent - 1)
            return
        if any(span.tag == tag for span in self.spans):
            while self.spans:
                span = self.spans.pop()
                self._close(span)
                if span.tag == tag:
                    break
        if tag in ("ul", "ol") and self.lists:
            self.lists.pop()
            if self.lists:
                self._line()
            else:
                self._paragraph()
        elif tag in _PARAGRAPHS:
            self._paragraph()

    def handle_data(self, data: str) -> None:
        if not self.silent:
            text = re.sub(r"\s+", " ", without_control(data.replace("\xa0", " ")))
            self._write(text, escaped(text, is_start=self._at_start()))

    def unknown_decl(self, data: str) -> None:
        self.lost.setdefault("<!")

    # --- Writing --------------------------------------------------------------------------------------------------

    def _write(self, plain: str, markdown: str | None = None) -> None:
        self.out.append(plain if markdown is None else markdown)
        self.plain.append(plain)

    def _at_start(self) -> bool:
        return not self.out or self.out[-1][-1:] in (_BREAK, _PARAGRAPH) or self.out[-1].endswith("- ")

    def _paragraph(self) -> None:
        self._write(_BREAK if self.lists else _PARAGRAPH)

    def _line(self) -> None:
        if self.out and self.out[-1] not in (_BREAK, _PARAGRAPH):
            self._write(_BREAK if self.lists[:-1] else _PARAGRAPH)

    def _item(self) -> None:
        if not self.lists:
            self.lists.append(-1)
        if self.out and self.out[-1] not in (_BREAK, _PARAGRAPH):
            self._write(_BREAK)
        depth = min(len(self.lists), _DEEPEST_LIST) - 1
        number = self.lists[-1]
        mark = "- " if number < 0 else f"{number}. "
        self.lists[-1] += 1 if number >= 0 else 0
        # A tab stands for one level; it becomes spaces at the end.
        self._write(mark, "\t" * depth + mark)

    def _show_file(self, tag: str, values: dict[str, str]) -> None:
        address = values.get(_FILES[tag], "")
        if not address:
            return
        words = " ".join(without_control(values.get("alt") or values.get("title") or "").split())
        key = self.find_file(address)
        if key is None:
            self.lost.setdefault(address[:80])
            if words:
                self._write(words, escaped(words, is_start=self._at_start()))
        else:
            self._write(words, picture(words, key))

    def _close(self, span: _Span) -> None:
        inside = "".join(self.out[span.start :])
        words = inside.strip(" ")
        if span.tag == "a":
            self._close_link(span, words)
            return
        if not words.strip(_BREAK + _PARAGRAPH):
            return
        if span.tag in ("sub", "sup"):
            table = _LOWERED if span.tag == "sub" else _RAISED
            moved = words.translate(table)
            is_whole = all(sign not in words or ord(sign) in table for sign in set(words))
            if not is_whole:
                self.lost.setdefault(f"<{span.tag}>")
                moved = ("_" if span.tag == "sub" else "^") + words
            self._replace(span.start, moved, moved)
            return
        if span.tag in ("video", "audio"):
            return
        mark = "*" if span.tag in _ITALIC else "**"
        if _BREAK in words or _PARAGRAPH in words or "*" in words:
            # Emphasis does not go over lines, and not over other emphasis of its kind.
            self.lost.setdefault(f"<{span.tag}>") if mark in words or "\\*" in words else None
            parts = re.split(f"([{_BREAK}{_PARAGRAPH}])", words)
            if "*" not in words:
                words = "".join(
                    part if not part.strip(_BREAK + _PARAGRAPH + " ") else _marked(part, mark) for part in parts
                )
            lead, tail = inside[: len(inside) - len(inside.lstrip(" "))], inside[len(inside.rstrip(" ")) :]
            self.out[span.start :] = [lead + words + tail]
            return
        self.out[span.start :] = [_marked(inside, mark)]

    def _close_link(self, span: _Span, words: str) -> None:
        key = self.find_file(span.address) if span.address else None
        if key is not None:
            label = plain_of(words.replace(_BREAK, " ").replace(_PARAGRAPH, " "))
            if "](media:" not in words:
                self.out[span.start :] = [picture(" ".join(label.split()), key)]
        elif span.address.startswith(("http://", "https://", "mailto:")):
            address = span.address.removeprefix("mailto:")
            if address not in words:
                shown = f" ({address[:2000]})"
                self._write(shown, escaped(shown, is_start=False))
                self.lost.setdefault("<a>")
        elif span.address:
            self.lost.setdefault(span.address[:80])

    def _replace(self, start: int, plain: str, markdown: str) -> None:
        self.out[start:] = [markdown]
        del self.plain[-1:]
        self.plain.append(plain)


def _marked(text: str, mark: str) -> str:
    bare = text.strip(" ")
    if not bare:
        return text
    lead, tail = text[: len(text) - len(text.lstrip(" "))], text[len(text.rstrip(" ")) :]
    return f"{lead}{mark}{bare}{mark}{tail}"


def picture(words: str, key: str) -> str:
    """Markdown that shows a file of the item; the words say what it shows."""
    safe = re.sub(r"([\\\[\]*_])", r"\\\1", words)
    return f"![{safe}](media:{key})"


def _laid_out(text: str) -> str:
    """The output with its breaks as Markdown has them."""
    text = re.sub(rf"[ {_BREAK}]*{_PARAGRAPH}[ {_BREAK}{_PARAGRAPH}]*", _PARAGRAPH, text)
    text = re.sub(r" +", " ", text).strip(f" {_BREAK}{_PARAGRAPH}")
    paragraphs = []
    for paragraph in text.split(_PARAGRAPH):
        lines = [line.strip(" ") for line in paragraph.split(_BREAK)]
        shown = [line.replace("\t", "   ") for line in lines]
        paragraphs.append(re.sub(r"\n{2,}", "\n", "\n".join(shown)))
    return "\n\n".join(paragraphs)


def _bare(text: str) -> str:
    return "".join(text.split())


def _without_comments(html: str) -> str:
    parts, place = [], 0
    while (start := html.find("<!--", place)) >= 0:
        parts.append(html[place:start])
        end = html.find("-->", start)
        if end < 0:
            return "".join(parts)
        place = end + 3
    return "".join([*parts, html[place:]])


def read_html(html: str, find_file: FindFile = _no_file) -> HtmlReading:
    """HTML as light Markdown. Files are named by what `find_file` says of their address. Never raises.

    Where the Markdown would not say the same words, the words alone are taken.
    """
    reader = _Reader(find_file)
    reader.feed(_NO_TAG.sub("&lt;", _without_comments(html)))
    reader.close()
    while reader.spans:
        reader._close(reader.spans.pop())
    lost = list(reader.lost)
    markdown = _laid_out("".join(reader.out))
    plain = _laid_out("".join(reader.plain))
    if "media:" not in markdown:
        simple = markdown_of(plain)
        if (
            not any(sign in markdown for sign in "*")
            and "\n- " not in "\n" + markdown
            and not re.search(r"^\s*\d+\. ", markdown, re.M)
        ):
            return HtmlReading(simple, lost)
        if _bare(plain_of(markdown)) != _bare(plain):
            return HtmlReading(simple, [*lost, "form"])
    return HtmlReading(markdown, lost)


def read_text(text: str, format: str, find_file: FindFile = _no_file) -> HtmlReading:
    """A text of another program in one of its formats: html, markdown, plain, or moodle (words that may have tags)."""
    if format == "html" or (format == "moodle" and has_html(text)):
        return read_html(text.replace("\n", "<br>") if format == "moodle" else text, find_file)
    return HtmlReading(markdown_of(text))
