"""The building stones of every kind of item: texts, weights, keys, media, and what is kept from a learner.

Each field says for itself who may know it, by a mark in its annotation: `Secret` (nobody before the attempt is
sent), `OrderTells` (the members may be seen, their order may not) and `Catalogue` (about the item, no part of what is
asked). `quizzes.items.splitting` obeys the marks, so a new kind cannot forget to hide its key.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

WHOLE = 1_000_000  # weights are millionths: this one is the whole mark

LONGEST_TEXT = 20_000
LARGEST_CHOICES = 100
LARGEST_ANSWERS = 200


class Mark:
    """A note in the annotation of a field."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name


Secret = Mark("Secret")
OrderTells = Mark("OrderTells")
Catalogue = Mark("Catalogue")


def fault(code: str, sentence: str, **context: Any) -> PydanticCustomError:
    """What a validator raises: a code that programs read and a sentence in English that names the place of it."""
    return PydanticCustomError(code, sentence, context or None)  # type: ignore[arg-type]


_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def _by_language(texts: dict[str, str]) -> dict[str, str]:
    for code, text in texts.items():
        if not _LANGUAGE.fullmatch(code):
            shown = code[:40].encode(errors="replace").decode()
            raise fault("language_unknown", "“{language}” is no code of a language.", language=shown)
        if len(text) > LONGEST_TEXT:
            raise fault("text_too_long", "A text has more than {limit} characters.", limit=LONGEST_TEXT)
        if "\x00" in text or not _is_whole(text):
            raise fault("text_has_null", "A text contains a character that cannot be stored.")
    return texts


def _is_whole(text: str) -> bool:
    """Whether no half of a character is among the text: JSON can write one, and no database takes it."""
    try:
        text.isascii() or text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _written(texts: dict[str, str]) -> dict[str, str]:
    if not any(text.strip() for text in texts.values()):
        raise fault("text_missing", "A text is missing.")
    return texts


# Light Markdown by language code. An empty mapping says: not written.
Text = Annotated[dict[str, str], Field(max_length=40), AfterValidator(_by_language)]
Written = Annotated[Text, AfterValidator(_written)]

Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
KeyOrNone = Annotated[str, Field(pattern=r"^([A-Za-z0-9][A-Za-z0-9_-]{0,63})?$")]
Weight = Annotated[int, Field(strict=True, ge=-WHOLE, le=WHOLE, description="millionths of the mark")]
Share = Annotated[
    int, Field(strict=True, ge=1, le=100 * WHOLE, description="how much this part counts next to the other parts")
]
Flag = Annotated[bool, Field(strict=True)]
Line = Annotated[str, Field(max_length=1_000, pattern=r"^[^\x00]*$")]

# An exponent is short on purpose: 1e999999 is eight characters and a million digits.
DecimalText = Annotated[str, Field(pattern=r"^-?[0-9]{1,30}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,2})?$")]

MediaType = Literal[
    "image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml",
    "audio/mpeg", "audio/mp4", "audio/ogg", "audio/wav", "audio/webm",
    "video/mp4", "video/webm", "application/pdf",
]  # fmt: skip


class Part(BaseModel):
    """Anything inside an item. Frozen, and nothing unknown is let in."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Media(Part):
    """A file that travels beside the item; texts name it as `![what it shows](media:KEY)`."""

    key: Key
    name: Annotated[Line, Field(min_length=1, max_length=255), Secret]
    type: MediaType


class ItemSpec(Part):
    """What all kinds have in common."""

    schema_version: Literal[1] = 1
    kind: str
    code: Annotated[str, Field(max_length=60, pattern=r"^([A-Za-z0-9][A-Za-z0-9.-]*)?$"), Catalogue] = ""
    name: Annotated[Line, Catalogue] = ""
    stem: Written
    points: Annotated[int, Field(strict=True, ge=1, le=1_000)] = 1
    penalty: Annotated[int, Field(strict=True, ge=0, le=WHOLE, description="millionths lost with each further try")] = 0
    hints: Annotated[tuple[Written, ...], Field(max_length=20), Secret] = ()
    feedback: Annotated[Text, Secret] = Field(default_factory=dict, description="shown whatever was answered")
    feedback_right: Annotated[Text, Secret] = Field(default_factory=dict)
    feedback_partly: Annotated[Text, Secret] = Field(default_factory=dict)
    feedback_wrong: Annotated[Text, Secret] = Field(default_factory=dict)
    tags: Annotated[
        tuple[Annotated[Line, Field(min_length=1, max_length=100)], ...], Field(max_length=50), Catalogue
    ] = ()
    category: Annotated[
        tuple[Annotated[Line, Field(min_length=1, max_length=255)], ...], Field(max_length=20), Catalogue
    ] = ()
    competency: Annotated[Line, Field(max_length=100), Catalogue] = ""
    cognitive_level: Annotated[
        Literal["remember", "understand", "apply", "analyze", "evaluate", "create"] | None, Catalogue
    ] = None
    difficulty: Annotated[Literal["easy", "medium", "hard"] | None, Catalogue] = None
    media: Annotated[tuple[Media, ...], Field(max_length=100)] = ()

    @model_validator(mode="after")
    def _media_are_there(self) -> "ItemSpec":
        one_each("media", [media.key for media in self.media])
        known = {media.key for media in self.media}
        if missing := sorted(media_named(self) - known):
            raise fault("media_missing", "The file “{key}” is named and not among the media.", key=missing[0])
        return self


class UnscoredSpec(ItemSpec):
    """An item that is worth nothing and never right or wrong."""

    points: Literal[0] = 0  # type: ignore[assignment]


# --- What validators ask ------------------------------------------------------------------------------------------


def one_each(what: str, keys: list[str]) -> None:
    """Raise where a key is there twice."""
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            raise fault("key_twice", "The key “{key}” is there twice among the {what}.", key=key, what=what)
        seen.add(key)


_NAMED_MEDIA = re.compile(r"\]\(\s*<?media:([A-Za-z0-9_-]+)")


def media_in(text: str) -> set[str]:
    """Keys of the media that a text shows."""
    return set(_NAMED_MEDIA.findall(text))


def media_named(value: Any) -> set[str]:
    """Keys of all media that a spec, or any piece of it (also as plain values), refers to."""
    return set(_media_named(value))


def _media_named(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from media_in(value)
    elif isinstance(value, Part):
        for name in type(value).model_fields:
            if not (isinstance(value, ItemSpec) and name == "media"):
                yield from _member(name, getattr(value, name))
    elif isinstance(value, Mapping):
        for name, member in value.items():
            yield from _member(name, member)
    elif isinstance(value, list | tuple):
        for member in value:
            yield from _media_named(member)


def _member(name: Any, member: Any) -> Iterator[str]:
    if name == "image" and isinstance(member, str):
        if member:
            yield member
    else:
        yield from _media_named(member)


def with_media_renamed(value: Any, names: Mapping[str, str]) -> Any:
    """Plain values of a spec with other keys for its media; keys that are not in `names` stay."""
    if isinstance(value, str):
        return _NAMED_MEDIA.sub(lambda found: found[0].removesuffix(found[1]) + names.get(found[1], found[1]), value)
    if isinstance(value, Mapping):
        return {
            name: names.get(member, member)
            if name == "image" and isinstance(member, str)
            else [file | {"key": names.get(file["key"], file["key"])} for file in member]
            if name == "media"
            else with_media_renamed(member, names)
            for name, member in value.items()
        }
    if isinstance(value, list | tuple):
        return [with_media_renamed(member, names) for member in value]
    return value
