"""Words of CASE that reading and writing share."""

from collections.abc import Mapping

from curriculum.fields import Translated
from curriculum.formats.shapes import Texts

EXTENSION = "puente"
ASSOCIATION_TYPES = (
    "isChildOf", "isPeerOf", "isPartOf", "exactMatchOf", "precedes", "isRelatedTo", "replacedBy", "exemplar",
    "hasSkillLevel", "isTranslationOf",
)  # fmt: skip
# Those that may join competencies of two frameworks in Puente.
LINK_TYPES = ("exactMatchOf", "isPartOf", "isPeerOf", "isRelatedTo", "precedes", "replacedBy", "isTranslationOf")
TYPES_BY_LETTERS = {name.lower(): name for name in ASSOCIATION_TYPES}


def str_of(texts: Texts, language: str) -> str:
    """The text in a language, else in the site's, else in any; empty where there is none."""
    return Translated(texts).in_language(language)


def statements_of(texts: Mapping[str, Texts], language: str, code: str) -> dict[str, str]:
    """How a competency's texts stand in CASE: its wording, its short form where there are two, and notes."""
    name = texts["name"].get(language, "") or code
    statement = texts["statement"].get(language, "")
    statement = statement if statement.strip() else ""  # blanks alone say nothing, and may not stand as a wording
    return {
        "fullStatement": statement or name,
        "abbreviatedStatement": name if statement else "",
        "notes": texts["description"].get(language, ""),
    }
