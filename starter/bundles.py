"""Reads a course bundle (a folder of YAML, Markdown and pictures) into plain checked data. Writes nothing.

A bundle holds one course in every language of the site side by side. Reading collects every fault it finds, so that
an author mends a bundle in one go; a bundle with faults yields no course at all.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import yaml
from django.conf import settings
from django.utils.translation import gettext as _
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

READING_WORDS_PER_MINUTE = 130
"""Reading speed that minutes are estimated with: set low for people who read in a second language."""

Model = TypeVar("Model", bound=BaseModel)

CITATION = re.compile(r"\[@([a-z0-9-]+)\]")


class BundleError(Exception):
    """A bundle cannot be read. `faults` holds one sentence a fault, each naming its file and place."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("\n".join(faults))


def _in_every_language(value: dict[str, str]) -> dict[str, str]:
    codes = [code for code, _name in settings.LANGUAGES]
    if missing := [code for code in codes if not value.get(code, "").strip()]:
        raise ValueError(_("this text is missing in: %(codes)s.") % {"codes": ", ".join(missing)})
    if unknown := sorted(set(value) - set(codes)):
        raise ValueError(_("these languages are not on this site: %(codes)s.") % {"codes": ", ".join(unknown)})
    return {code: text.strip() for code, text in value.items()}


Text = Annotated[dict[str, str], AfterValidator(_in_every_language)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=60)]
Minutes = Annotated[int, Field(ge=1, le=600)]


class Part(BaseModel):
    """Base of everything in a bundle: unknown keys are refused, so that a typing slip is seen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SideBySide(Part):
    """A part whose body stands in one key a language (`en:`, `es:`)."""

    en: str
    es: str

    @property
    def body(self) -> dict[str, str]:
        return {"en": self.en, "es": self.es}


class Picture(Part):
    file: str
    alt: Text


class Source(Part):
    key: Code
    title: str
    url: str
    note: Text | None = None


class BlockBase(Part):
    id: Code
    activity_minutes: int = Field(default=0, ge=0, le=60)


class HeadingBlock(BlockBase, SideBySide):
    type: Literal["heading"]


class TextBlock(BlockBase, SideBySide):
    type: Literal["text"]


class ImageBlock(BlockBase):
    type: Literal["image"]
    file: str
    alt: Text
    caption: Text | None = None


class CalloutBlock(BlockBase, SideBySide):
    type: Literal["callout"]
    tone: Literal["story", "tip", "caution", "crisis"]
    title: Text


class AccordionItem(SideBySide):
    title: Text


class AccordionBlock(BlockBase):
    type: Literal["accordion"]
    items: list[AccordionItem] = Field(min_length=1)


class Card(Part):
    front: Text
    back: Text


class FlashcardsBlock(BlockBase):
    type: Literal["flashcards"]
    cards: list[Card] = Field(min_length=1)


class ReflectionBlock(BlockBase):
    type: Literal["reflection"]
    prompt: Text
    help: Text | None = None


class PracticeBlock(BlockBase, SideBySide):
    type: Literal["practice"]
    title: Text


class CheckChoice(Part):
    text: Text
    correct: bool
    feedback: Text


class SelfCheckBlock(BlockBase):
    type: Literal["self_check"]
    stem: Text
    choices: list[CheckChoice] = Field(min_length=2)


Block = Annotated[
    HeadingBlock
    | TextBlock
    | ImageBlock
    | CalloutBlock
    | AccordionBlock
    | FlashcardsBlock
    | ReflectionBlock
    | PracticeBlock
    | SelfCheckBlock,
    Field(discriminator="type"),
]


class ItemChoice(Part):
    key: Code
    text: Text
    correct: bool
    feedback: Text


class BundleItem(Part):
    code: Code
    type: Literal["single_choice", "multiple_choice", "true_false"]
    points: int = Field(default=1, ge=1, le=100)
    competency: str | None = None
    stem: Text
    choices: list[ItemChoice] = Field(min_length=2)
    feedback: Text | None = None


class BundleQuiz(Part):
    code: Code
    title: Text
    pass_mark_percent: int = Field(default=80, ge=1, le=100)
    attempt_limit: int | None = Field(default=None, ge=1)
    draw: int | None = Field(default=None, ge=1)
    items: list[BundleItem] = Field(min_length=1)


class BundleLesson(Part):
    code: Code
    title: Text
    slug: Text
    minutes: Minutes
    blocks: list[Block] = Field(min_length=1)
    quiz: BundleQuiz | None = None

    @property
    def activity_minutes(self) -> int:
        return sum(block.activity_minutes for block in self.blocks)


class BundleModule(Part):
    code: Code
    title: Text
    slug: Text
    summary: Text
    minutes: Minutes
    split: dict[str, Minutes] = Field(min_length=1)
    objectives: list[Text] = Field(default_factory=list)
    lessons: list[BundleLesson] = Field(min_length=1)


class CourseHead(Part):
    code: Code
    title: Text
    slug: Text
    summary: Text
    helps_with: Text
    topics: list[Code] = Field(default_factory=list)
    picture: Picture | None = None
    objectives: list[Text] = Field(default_factory=list)
    sources: list[Source] = Field(default_factory=list)
    minutes: Minutes
    minutes_basis: Text


class Bundle(Part):
    """A course that was read whole and found without fault. `folder` is where its pictures lie."""

    folder: Path
    course: CourseHead
    modules: list[BundleModule]

    @property
    def lessons(self) -> list[BundleLesson]:
        return [lesson for module in self.modules for lesson in module.lessons]

    def picture(self, file: str) -> Path:
        return self.folder / "images" / file


def texts_of(value: Any, language: str) -> Iterator[str]:
    """Every text of `value` (a part of a bundle) that is read in `language`, in order; no alternative texts."""
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            if name in {code for code, _name in settings.LANGUAGES} and name != language:
                continue
            if name not in {"id", "type", "file", "alt", "code", "key", "slug", "tone", "url", "competency", "quiz"}:
                yield from texts_of(getattr(value, name), language)
    elif isinstance(value, dict):
        if isinstance(text := value.get(language), str):
            yield text
    elif isinstance(value, list):
        for part in value:
            yield from texts_of(part, language)
    elif isinstance(value, str):
        yield value


def reading_words(lesson: BundleLesson, language: str) -> int:
    """Number of words a learner reads in the blocks of `lesson` (quiz and slug left out)."""
    return sum(len(CITATION.sub("", text).split()) for block in lesson.blocks for text in texts_of(block, language))


def read_bundle(folder: Path) -> Bundle:
    """Return the course in `folder`. Raises BundleError with every fault found."""
    faults: list[str] = []
    head = _read_part(folder / "course.yaml", CourseHead, faults)
    files = sorted((folder / "modules").glob("*.yaml"))
    if not files:
        faults.append(_("%(place)s: the bundle has no modules.") % {"place": folder.name})
    modules = [module for file in files if (module := _read_part(file, BundleModule, faults))]
    if faults or head is None:
        raise BundleError(faults)
    bundle = Bundle(folder=folder, course=head, modules=modules)
    if faults := list(_faults_of(bundle)):
        raise BundleError(faults)
    return bundle


def _read_part(file: Path, model: type[Model], faults: list[str]) -> Model | None:
    place = f"{file.parent.name}/{file.name}"
    try:
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        faults.append(_("%(place)s: this file is missing.") % {"place": place})
        return None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        faults.append(_("%(place)s: this is not readable YAML: %(error)s") % {"place": place, "error": error})
        return None
    try:
        return model.model_validate(data)
    except ValidationError as error:
        faults.extend(f"{place}: {_where(fault['loc'])}{_sentence(fault)}" for fault in error.errors())
        return None


def _where(location: tuple[int | str, ...]) -> str:
    return f"{'.'.join(str(step) for step in location)}: " if location else ""


def _sentence(fault: Any) -> str:
    match fault["type"]:
        case "missing":
            return _("this is missing.")
        case "extra_forbidden":
            return _("this key is not known here.")
        case "value_error":
            return str(fault["ctx"]["error"])
        case _:
            return _("this value does not fit: %(error)s.") % {"error": fault["msg"]}


def _faults_of(bundle: Bundle) -> Iterator[str]:
    yield from _sums(bundle)
    yield from _codes(bundle)
    yield from _pictures(bundle)
    yield from _citations(bundle)
    for lesson in bundle.lessons:
        for block in lesson.blocks:
            if isinstance(block, SelfCheckBlock) and sum(choice.correct for choice in block.choices) != 1:
                yield _("%(place)s: exactly one answer must be right.") % {"place": block.id}
        if lesson.quiz:
            yield from _quiz(lesson.quiz)


def _sums(bundle: Bundle) -> Iterator[str]:
    for module in bundle.modules:
        lessons = sum(lesson.minutes for lesson in module.lessons)
        if lessons != module.minutes:
            yield _("%(place)s: the lessons add up to %(sum)d minutes, the module says %(minutes)d.") % {
                "place": module.code,
                "sum": lessons,
                "minutes": module.minutes,
            }
        split = sum(module.split.values())
        if split != module.minutes:
            yield _("%(place)s: the competencies add up to %(sum)d minutes, the module says %(minutes)d.") % {
                "place": module.code,
                "sum": split,
                "minutes": module.minutes,
            }
    total = sum(module.minutes for module in bundle.modules)
    if total != bundle.course.minutes:
        yield _("%(place)s: the modules add up to %(sum)d minutes, the course says %(minutes)d.") % {
            "place": bundle.course.code,
            "sum": total,
            "minutes": bundle.course.minutes,
        }


def _codes(bundle: Bundle) -> Iterator[str]:
    quizzes = [lesson.quiz for lesson in bundle.lessons if lesson.quiz]
    names = {
        _("code"): [module.code for module in bundle.modules] + [lesson.code for lesson in bundle.lessons],
        _("block id"): [block.id for lesson in bundle.lessons for block in lesson.blocks],
        _("quiz code"): [quiz.code for quiz in quizzes],
        _("item code"): [item.code for quiz in quizzes for item in quiz.items],
        _("source key"): [source.key for source in bundle.course.sources],
    }
    for what, values in names.items():
        for value, count in Counter(values).items():
            if count > 1:
                yield _("%(place)s: this %(what)s is used %(count)d times.") % {
                    "place": value,
                    "what": what,
                    "count": count,
                }


def _pictures(bundle: Bundle) -> Iterator[str]:
    wanted = [bundle.course.picture.file] if bundle.course.picture else []
    wanted += [block.file for lesson in bundle.lessons for block in lesson.blocks if isinstance(block, ImageBlock)]
    for file in wanted:
        if Path(file).name != file or not bundle.picture(file).is_file():
            yield _("images/%(file)s: this picture is missing.") % {"file": file}


def _citations(bundle: Bundle) -> Iterator[str]:
    known = {source.key for source in bundle.course.sources}
    for lesson in bundle.lessons:
        for code, _name in settings.LANGUAGES:
            cited = {key for block in lesson.blocks for text in texts_of(block, code) for key in CITATION.findall(text)}
            for key in sorted(cited - known):
                yield _("%(place)s: the source %(key)s is not in course.yaml.") % {"place": lesson.code, "key": key}


def _quiz(quiz: BundleQuiz) -> Iterator[str]:
    if quiz.draw and quiz.draw > len(quiz.items):
        yield _("%(place)s: it draws %(draw)d items and has %(count)d.") % {
            "place": quiz.code,
            "draw": quiz.draw,
            "count": len(quiz.items),
        }
    for item in quiz.items:
        right = sum(choice.correct for choice in item.choices)
        if item.type == "multiple_choice" and right < 1:
            yield _("%(place)s: at least one answer must be right.") % {"place": item.code}
        if item.type != "multiple_choice" and right != 1:
            yield _("%(place)s: exactly one answer must be right.") % {"place": item.code}
        if len({choice.key for choice in item.choices}) != len(item.choices):
            yield _("%(place)s: two answers have the same key.") % {"place": item.code}
