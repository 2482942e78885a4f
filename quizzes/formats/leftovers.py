"""What of an item another format has no place for, said in one line."""

from collections.abc import Iterable
from decimal import Decimal, localcontext

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quizzes.items import ItemSpec, Part
from quizzes.items.writing import AcceptedNumber

NAMES = {
    "points": gettext_lazy("points"),
    "penalty": gettext_lazy("penalty"),
    "hints": gettext_lazy("hints"),
    "feedback_right": gettext_lazy("feedback to right answers"),
    "feedback_partly": gettext_lazy("feedback to partly right answers"),
    "feedback_wrong": gettext_lazy("feedback to wrong answers"),
    "competency": gettext_lazy("competency"),
    "cognitive_level": gettext_lazy("cognitive level"),
    "difficulty": gettext_lazy("difficulty"),
    "media": gettext_lazy("files"),
    "languages": gettext_lazy("other languages"),
    "shuffle": gettext_lazy("fixed order of the answers"),
    "scoring": gettext_lazy("way of scoring"),
    "forgive": gettext_lazy("what is forgiven in a short text"),
    "answer_languages": gettext_lazy("languages of the accepted answers"),
    "units": gettext_lazy("units"),
    "tolerance": gettext_lazy("kind of tolerance"),
    "rubric": gettext_lazy("rubric"),
    "notes": gettext_lazy("notes for those who mark"),
    "template": gettext_lazy("text at the start"),
    "words": gettext_lazy("number of words"),
    "kind": gettext_lazy("kind"),
    "form": gettext_lazy("emphasis, lists and line breaks"),
    "choice_feedback": gettext_lazy("feedback to single answers"),
    "prompt_feedback": gettext_lazy("feedback to single prompts"),
    "arrow": gettext_lazy("an arrow “->” in a prompt"),
    "same_matches": gettext_lazy("matches that read the same"),
    "weights": gettext_lazy("weights of the parts"),
    "stem": gettext_lazy("the border between question and text"),
}


def sentence(names: Iterable[str]) -> str:
    """One line of what was left out, in the reader's language; empty for nothing."""
    shown = [str(NAMES[name]) for name in dict.fromkeys(names)]
    return (
        _("Left out, because the format has no place for it: %(what)s.") % {"what": ", ".join(shown)} if shown else ""
    )


def common(spec: ItemSpec, *, kept: frozenset[str]) -> list[str]:
    """Names of the fields that every item has, that are set in this one, and that are not among `kept`."""
    plain = {
        "points": spec.points > 1,
        "penalty": spec.penalty > 0,
        "hints": bool(spec.hints),
        "feedback_right": bool(spec.feedback_right),
        "feedback_partly": bool(spec.feedback_partly),
        "feedback_wrong": bool(spec.feedback_wrong),
        "competency": bool(spec.competency),
        "cognitive_level": spec.cognitive_level is not None,
        "difficulty": spec.difficulty is not None,
        "media": bool(spec.media),
    }
    return [name for name, is_set in plain.items() if is_set and name not in kept]


def languages_of(value: object) -> dict[str, None]:
    """Codes of the languages that an item has texts in, in the order they are met."""
    found: dict[str, None] = {}
    if isinstance(value, dict):
        for code, text in value.items():
            if isinstance(text, str) and text.strip():
                found.setdefault(code)
    elif isinstance(value, list | tuple):
        for member in value:
            found |= languages_of(member)
    elif isinstance(value, Part):
        for name in type(value).model_fields:
            found |= languages_of(getattr(value, name))
    return found


def bounds(answer: AcceptedNumber) -> tuple[Decimal, Decimal]:
    """The lowest and highest number that is accepted: any kind of tolerance as a range."""
    value, tolerance = Decimal(answer.value), Decimal(answer.tolerance)
    with localcontext(prec=60):
        if answer.tolerance_kind == "range":
            return value, Decimal(answer.upper or answer.value)
        if answer.tolerance_kind == "geometric":
            ends = value / (1 + tolerance), value * (1 + tolerance)
            return min(ends), max(ends)
        width = tolerance * abs(value) if answer.tolerance_kind == "relative" else tolerance
        return value - width, value + width
