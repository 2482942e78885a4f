"""Items as GIFT. The format has one language, no files, and no place for several kinds: each item gets a line for
what was left out."""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from quizzes.formats import leftovers
from quizzes.formats.gift import truth_words
from quizzes.formats.shapes import Fault, Outgoing, Written, joined_category
from quizzes.formats.texts import has_html, is_plain, markdown_of, plain_of, shared_markdown, without_pictures
from quizzes.formats.weights import percent, scaled_to_whole
from quizzes.items import (
    WHOLE,
    Description,
    Essay,
    ItemSpec,
    Matching,
    MultipleChoice,
    Numeric,
    ShortText,
    SingleChoice,
    Survey,
    TrueFalse,
)
from quizzes.items.choices import Choice
from quizzes.items.writing import AcceptedNumber, Forgive

_SIGNS = re.compile(r"[\\:#={}~]")
# What GIFT's short answers forgive.
FORGIVEN = Forgive(case=True, accents=False)


def write_gift(items: Sequence[Outgoing], *, language: str) -> Written:
    """Items as one GIFT file, texts in `language` or, where an item has none in it, in its first one."""
    parts: list[str] = []
    changed: list[tuple[str, str]] = []
    refused: list[tuple[str, str]] = []
    category: tuple[str, ...] = ()
    for item in items:
        writer = _Writer(item.spec, language)
        try:
            body = writer.body()
        except Fault as fault:
            refused.append((item.spec.code, str(fault)))
            continue
        if body is None:
            refused.append((item.spec.code, _("GIFT has no place for this kind of item.")))
            continue
        if item.spec.category != category:
            category = item.spec.category
            parts.append(f"$CATEGORY: {joined_category(category) or '$course$/top'}")
        parts.append(body)
        told = leftovers.sentence(writer.lost)
        if told:
            changed.append((item.spec.code, told))
    content = "".join(f"{part}\n\n" for part in parts).encode()
    return Written(content=content, changed=tuple(changed), refused=tuple(refused))


def escape(text: str) -> str:
    """A text with a backslash before GIFT's own signs; line ends as \\n."""
    return _SIGNS.sub(lambda found: "\\" + found[0], text).replace("\n", "\\n")


def _is_simple(markdown: str) -> bool:
    """Whether a text reads the same in GIFT's plain format."""
    return (
        is_plain(markdown)
        and plain_of(markdown) == markdown
        and not has_html(markdown)
        and re.search(r"\n|\s\s|^\s|\s$|^\[|^//|^\$", markdown) is None
    )


class _Writer:
    def __init__(self, spec: ItemSpec, language: str) -> None:
        self.spec = spec
        known = leftovers.languages_of(spec)
        self.language = language if language in known or not known else next(iter(known))
        self.lost = leftovers.common(spec, kept=frozenset())
        if len(known) > 1:
            self.lost.append("languages")
        self.is_simple = True

    def pick(self, texts: dict[str, str]) -> str:
        return without_pictures(texts.get(self.language) or next(iter(texts.values()), ""))

    def say(self, texts: dict[str, str]) -> str:
        """A text, escaped, in the format of the whole question."""
        text = self.pick(texts)
        if self.is_simple:
            return escape(text)
        prefix = "[markdown]" if text.startswith("[") else ""
        return prefix + escape(shared_markdown(text))

    def feedback(self, texts: dict[str, str]) -> str:
        return f"#{self.say(texts)}" if self.pick(texts) else ""

    def body(self) -> str | None:
        """The whole question; None for a kind that GIFT does not have. Raises Fault for one that says nothing in it."""
        spec = self.spec
        parts = (*getattr(spec, "choices", ()), *getattr(spec, "prompts", ()), *getattr(spec, "matches", ()))
        for text in (spec.stem, *(part.text for part in parts)):
            if not self.pick(text).strip():
                raise wordless()
        self.is_simple = all(_is_simple(text) for text in self._texts())
        answers = self._answers()
        if answers is None:
            return None
        head = [f"[id:{spec.code}]"] if spec.code else []
        head += ["[tag:" + re.sub(r"[\x00-\x1f\x7f]", " ", tag).replace("]", "\\]") + "]" for tag in spec.tags]
        comment = f"// {' '.join(head)}\n" if head else ""
        title = f"::{escape(' '.join(spec.name.split()))}::" if spec.name.strip() else ""
        stem = ("" if self.is_simple else "[markdown]") + escape(
            self.pick(spec.stem) if self.is_simple else shared_markdown(self.pick(spec.stem))
        )
        general = f"####{self.say(spec.feedback)}" if self.pick(spec.feedback) else ""
        if isinstance(spec, Description):
            if general:
                self.lost.append("choice_feedback")
            return f"{comment}{title}{stem}"
        return f"{comment}{title}{stem} {{{answers}{general}}}"

    def _texts(self) -> Iterable[str]:
        spec = self.spec
        yield self.pick(spec.stem)
        yield self.pick(spec.feedback)
        for part in (*getattr(spec, "choices", ()), *getattr(spec, "prompts", ())):
            yield self.pick(part.text)
            yield self.pick(getattr(part, "feedback", {}))
        for answer in getattr(spec, "answers", ()):
            yield self.pick(answer.feedback)

    def _answers(self) -> str | None:
        match self.spec:
            case SingleChoice() | MultipleChoice():
                return self._choices(self.spec)
            case TrueFalse():
                return self._truth(self.spec)
            case ShortText():
                return self._short(self.spec)
            case Numeric():
                return self._numeric(self.spec)
            case Matching():
                return self._matching(self.spec)
            case Survey():
                return self._survey(self.spec)
            case Essay():
                return self._essay(self.spec)
            case Description():
                return ""
        return None

    # --- Kinds ----------------------------------------------------------------------------------------------------

    def _lines(self, answers: Iterable[str]) -> str:
        return "".join(f"\n\t{answer}" for answer in answers) + "\n"

    def _choices(self, spec: SingleChoice | MultipleChoice) -> str:
        if not spec.shuffle:
            self.lost.append("shuffle")
        weights = [choice.weight for choice in spec.choices]
        is_multiple = isinstance(spec, MultipleChoice)
        if isinstance(spec, MultipleChoice) and spec.scoring != "with_penalty":
            self.lost.append("scoring")
            # In GIFT the weights are added up, whatever they stood for here.
            weights = scaled_to_whole(weights, is_multiple=True)
        lines: list[str] = []
        for choice, weight in zip(spec.choices, weights, strict=True):
            lines.append(_joined(self._sign(weight, weights, lines, is_multiple=is_multiple), self._choice(choice)))
        return self._lines(lines)

    def _sign(self, weight: int, weights: list[int], lines: list[str], *, is_multiple: bool) -> str:
        if weight == 0:
            return "~"
        # An answer that is right alone says that one is taken; were all of them so, they would be short answers.
        is_alone = weight == WHOLE and not is_multiple
        if is_alone and (min(weights) < WHOLE or not any(line.startswith("=") for line in lines)):
            return "="
        return f"~%{percent(weight)}%"

    def _choice(self, choice: Choice) -> str:
        return self.say(choice.text) + self.feedback(choice.feedback)

    def _truth(self, spec: TrueFalse) -> str:
        words = truth_words(self.language)
        first, second = spec.choices
        if {first.weight, second.weight} != {0, WHOLE} or (self.pick(first.text), self.pick(second.text)) != words:
            self.lost.append("kind")
            weights = [first.weight, second.weight]
            signs = [self._sign(weight, weights, [], is_multiple=False) for weight in weights]
            return self._lines(
                _joined(sign, self._choice(choice)) for sign, choice in zip(signs, spec.choices, strict=True)
            )
        right, wrong = (first, second) if first.weight else (second, first)
        said = "TRUE" if first.weight else "FALSE"
        if self.pick(right.feedback):
            return f"{said}#{self.say(wrong.feedback)}#{self.say(right.feedback)}"
        return said + self.feedback(wrong.feedback)

    def _weight(self, weight: int) -> str:
        return "=" if weight == WHOLE else f"=%{percent(weight)}%"

    def _short(self, spec: ShortText) -> str:
        if spec.forgive != FORGIVEN:
            self.lost.append("forgive")
        if any(answer.language for answer in spec.answers):
            self.lost.append("answer_languages")
        lines = []
        for answer in spec.answers:
            text = answer.text if answer.is_pattern else answer.text.replace("*", "\\*")
            shown = escape(" ".join(text.split()))
            if "->" in shown or has_html(text) or text.startswith("[") or not self.is_simple:
                # Only as an entity is an arrow no sign of a pair.
                entities = text.replace("&", "&amp;").replace("<", "&lt;").replace("->", "-&gt;")
                shown = "[html]" + escape(entities) if entities != text else f"[plain]{shown}"
            lines.append(_joined(self._weight(answer.weight), shown) + self.feedback(answer.feedback))
        return self._lines(lines)

    def _numeric(self, spec: Numeric) -> str:
        if spec.units:
            self.lost.append("units")
        return "#" + self._lines(
            self._weight(answer.weight) + self._number(answer) + self.feedback(answer.feedback)
            for answer in spec.answers
        )

    def _number(self, answer: AcceptedNumber) -> str:
        if answer.tolerance_kind == "any":
            return ""
        if answer.tolerance_kind == "absolute":
            tolerance = Decimal(answer.tolerance)
            return f"{Decimal(answer.value):f}" + (f":{tolerance:f}" if tolerance else "")
        if answer.tolerance_kind != "range":
            self.lost.append("tolerance")
        low, high = bounds_text(answer)
        return f"{low}..{high}"

    def _matching(self, spec: Matching) -> str:
        if not spec.shuffle:
            self.lost.append("shuffle")
        if any(prompt.feedback for prompt in spec.prompts):
            self.lost.append("prompt_feedback")
        words = {match.key: self._match(self.pick(match.text)) for match in spec.matches}
        if len(set(words.values())) < len(words):
            self.lost.append("same_matches")
        before, after = matches_alone(spec)
        lines = [f"= -> {words[key]}" for key in before]
        for prompt in spec.prompts:
            text = self.say(prompt.text)
            if "->" in text:
                self.lost.append("arrow")
                text = text.replace("->", "→")
            lines.append(f"={text} -> {words[prompt.match]}")
        return self._lines([*lines, *(f"= -> {words[key]}" for key in after)])

    def _match(self, markdown: str) -> str:
        plain = " ".join(plain_of(markdown).split())
        if markdown_of(plain) != markdown:
            self.lost.append("form")
        return escape(plain or markdown)

    def _survey(self, spec: Survey) -> str:
        self.lost.append("kind")
        lines = [_joined("~", self.say(choice.text)) for choice in spec.choices]
        return self._lines(lines) if lines else ""

    def _essay(self, spec: Essay) -> str:
        said = {
            "rubric": bool(spec.rubric),
            "notes": bool(spec.notes),
            "template": bool(spec.template),
            "words": bool(spec.min_words or spec.max_words),
        }
        self.lost += [name for name, is_set in said.items() if is_set]
        return ""


def wordless() -> Fault:
    """Why an item is refused where a picture is all that a part of it says."""
    return Fault(_("A picture stands there without words, and the format has no place for pictures."))


def matches_alone(spec: Matching) -> tuple[list[str], list[str]]:
    """Keys of matches that stand without a prompt, before and after the pairs of a list, so that all the matches come
    back in their order: those that belong to nothing, or all of them where their order is not that of the prompts."""
    in_pairs = list(dict.fromkeys(prompt.match for prompt in spec.prompts))
    all_keys = [match.key for match in spec.matches]
    after = [key for key in all_keys if key not in in_pairs]
    return ([], after) if [*in_pairs, *after] == all_keys else (all_keys, [])


def _joined(sign: str, text: str) -> str:
    """An answer; one whose text would be taken for a weight gets its weight in so many words."""
    if text.startswith("%") and len(sign) == 1:
        sign += "%100%" if sign == "=" else "%0%"
    return sign + text


def bounds_text(answer: AcceptedNumber) -> tuple[str, str]:
    """Both ends of what is accepted, in at most thirty digits."""
    low, high = leftovers.bounds(answer)
    return f"{_short(low):f}", f"{_short(high):f}"


def _short(number: Decimal) -> Decimal:
    digits = len(number.as_tuple().digits)
    return round(number, 25 - number.adjusted()).normalize() if digits > 25 else number
