"""Items in their neutral shape: what a question is, what may be seen of it, and what an answer to it is worth.

Pure: pydantic and the standard library. The quiz engine stores these shapes, the formats read and write them, and
`manage.py grade_item` grades them without a database. The JSON schema is docs/item.schema.json.

What was settled here beyond the first draft of the contract, for those who build on it:
  Weights     `WHOLE` millionths are the whole mark. The right answers of a multiple choice must make up the whole, a
              millionth a choice forgiven. Gaps have a `weight` too, but it only says how much a gap counts next to
              the others (1, 1, 2), so thirds need no rounding; so have the levels of a rubric.
  Choices     One answer of a single choice, short text or number must weigh `WHOLE`. Of a multiple choice scored by
              `all_or_nothing`, every weight above zero says "right".
  First form  Of accepted texts and numbers, the first that fits decides, as in Moodle. `tolerance_kind` is absolute,
              relative, geometric, range (`value` to `upper`) or any (Moodle's `*`).
  Cloze       `text` holds the gaps `[[key]]`, every gap once in every language; `stem` may be empty.
  Gap select  {groups: [{key, choices: [{key, text}]}], gaps: [{key, group, right, weight}], may_repeat}.
  Hotspot     A region has `area`: {shape: rect|circle|polygon, …} in per mille; at least one region must be wrong.
  Image choice  A choice has `image` (a key of the media) and `alt`; `text` is optional.
  Essay, upload  also `notes` for those who mark (Moodle's grader information).
  Survey      without choices it takes words; with them, one or (is_multiple) several.
  Worth nothing  likert, survey and description have 0 points; all others at least 1.
  Ordering    A response may hold "" for a place that is not taken yet.
  Keys        must not tell what is right: take `opaque_keys`, whose seed no learner sees.
  Catalogue   code, name, tags, category, competency, cognitive_level and difficulty are about an item; `split` drops
              them, and `with_catalogue` puts them back.
"""

import json
from collections.abc import Mapping
from hashlib import blake2b
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from quizzes.items.arranging import Case, GapSelect, Matching, Ordering, gaps_in, pieces_of
from quizzes.items.base import WHOLE, ItemSpec, Media, Part, media_in, media_named, with_media_renamed
from quizzes.items.choices import Choice, Hotspot, ImageChoice, MultipleChoice, PictureChoice, SingleChoice, TrueFalse
from quizzes.items.fields import Fields, UnreadableFields, fields_of, response_from
from quizzes.items.grading import HUNDREDTHS, Marks, PartMark, grade_rubric, regions_at, rounded_marks
from quizzes.items.grading import grade as grade_spec
from quizzes.items.responses import Fault, is_empty, response_faults
from quizzes.items.solving import right_response
from quizzes.items.splitting import catalogue_fields, joined, split
from quizzes.items.words import twin_answers, without_twin_answers
from quizzes.items.writing import Cloze, Description, Essay, Likert, Numeric, ShortText, Survey, Upload

__all__ = [
    "HUNDREDTHS",
    "KINDS",
    "WHOLE",
    "Case",
    "Choice",
    "Cloze",
    "Description",
    "Essay",
    "Fault",
    "Fields",
    "GapSelect",
    "Hotspot",
    "ImageChoice",
    "ItemSpec",
    "Likert",
    "Marks",
    "Matching",
    "Media",
    "MultipleChoice",
    "Numeric",
    "Ordering",
    "Part",
    "PartMark",
    "PictureChoice",
    "ShortText",
    "SingleChoice",
    "Spec",
    "Survey",
    "TrueFalse",
    "UnreadableFields",
    "Upload",
    "catalogue_of",
    "content_of",
    "fields_of",
    "gaps_in",
    "grade",
    "grade_rubric",
    "is_empty",
    "media_in",
    "media_named",
    "merge",
    "opaque_keys",
    "pieces_of",
    "read_item",
    "regions_at",
    "rename_media",
    "response_faults",
    "response_from",
    "right_response",
    "rounded_marks",
    "schema",
    "spec_faults",
    "split",
    "twin_answers",
    "with_catalogue",
    "without_twin_answers",
]

Spec = Annotated[
    SingleChoice
    | MultipleChoice
    | TrueFalse
    | ImageChoice
    | Matching
    | Ordering
    | GapSelect
    | Cloze
    | ShortText
    | Numeric
    | Hotspot
    | Case
    | Essay
    | Upload
    | Likert
    | Survey
    | Description,
    Field(discriminator="kind"),
]
_ADAPTER: TypeAdapter[Spec] = TypeAdapter(Spec)

KINDS: dict[str, type[ItemSpec]] = {
    kind.model_fields["kind"].default: kind
    for kind in (
        SingleChoice, MultipleChoice, TrueFalse, ImageChoice, Matching, Ordering, GapSelect, Cloze, ShortText, Numeric,
        Hotspot, Case, Essay, Upload, Likert, Survey, Description,
    )
}  # fmt: skip


def read_item(content: str | bytes | Mapping[str, Any]) -> ItemSpec:
    """The item in `content` (JSON, or plain values). Raises pydantic's ValidationError; see `spec_faults`."""
    if isinstance(content, str | bytes):
        return _ADAPTER.validate_json(content)
    return _ADAPTER.validate_python(dict(content))


def spec_faults(error: ValidationError) -> list[tuple[str, str, str]]:
    """What was wrong, as (place, code, sentence in English) a line."""
    lines = []
    for one in error.errors(include_url=False, include_input=False):
        # The kind that a union was read as is no place in the file.
        place = ".".join(str(part) for part in one["loc"] if part not in KINDS) or "item"
        lines.append((place, one["type"], one["msg"]))
    # Members that were refused are missing in the count of their list: that says nothing new.
    return [
        (place, code, sentence)
        for place, code, sentence in lines
        if code != "too_short" or not any(other.startswith(f"{place}.") for other, _code, _sentence in lines)
    ]


def content_of(spec: ItemSpec) -> dict[str, Any]:
    """The whole spec as plain values for JSON."""
    return spec.model_dump(mode="json")


def schema() -> dict[str, Any]:
    """The JSON schema of an item (draft 2020-12)."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Item", **_ADAPTER.json_schema()}


def merge(question: Mapping[str, Any], answer_key: Mapping[str, Any]) -> ItemSpec:
    """The spec that was `split` into these two, without its catalogue."""
    return read_item(joined(question, answer_key))


def catalogue_of(spec: ItemSpec) -> dict[str, Any]:
    """What is about the item and not of it: code, name, tags, category, competency, cognitive level, difficulty."""
    return {name: content_of(spec)[name] for name in catalogue_fields()}


def with_catalogue(spec: ItemSpec, **catalogue: Any) -> ItemSpec:
    """The same item with these entries of its catalogue. Raises ValidationError."""
    return read_item(content_of(spec) | catalogue)


def rename_media(spec: ItemSpec, names: Mapping[str, str]) -> ItemSpec:
    """The same item with other keys for its media (old → new). Two files that get one key are one from then on."""
    value = with_media_renamed(content_of(spec), names)
    value["media"] = list({file["key"]: file for file in value["media"]}.values())
    return read_item(value)


def grade(item: ItemSpec | tuple[Mapping[str, Any], Mapping[str, Any]], response: Any) -> Marks:
    """What `response` earns for a spec, or for a question and its answer key. The response is free of faults."""
    return grade_spec(item if isinstance(item, ItemSpec) else merge(*item), response)


def opaque_keys(seed: str, count: int, *, length: int = 6) -> list[str]:
    """`count` keys that tell nothing and are the same for the same seed.

    The seed must be something that no learner can know, such as the whole source of the item, answers included.
    """
    alphabet = "abcdefghjkmnpqrstvwxyz"  # begins with a letter, spells few words
    keys: dict[str, None] = {}
    number = 0
    while len(keys) < count:
        digest = blake2b(json.dumps([seed, number]).encode(), digest_size=length).digest()
        keys.setdefault("".join(alphabet[byte % len(alphabet)] for byte in digest))
        number += 1
    return list(keys)
