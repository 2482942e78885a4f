"""Pure: what the design of a certificate may say and show. Texts with named fields, colours that can be read, and the
words that no certificate of ours may use.

A text is plain: `{hours}` is put in by name, and there is no other syntax. Problems come back as data; forms put them
into words.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from hashlib import sha256
from typing import Any

# The kinds of certificates, as Certificate.Kind names them.
COURSE, PROGRAM, PERIOD, LETTER = "course", "program", "period", "training_letter"
KINDS = (COURSE, PROGRAM, PERIOD, LETTER)

# What a text may name, and for which kinds it means something.
FIELDS: dict[str, tuple[str, ...]] = {
    "recipient_name": KINDS,
    "title": KINDS,
    "course_title": (COURSE,),
    "hours": KINDS,
    "minutes": KINDS,
    "completed_on": (COURSE, PROGRAM),
    "since": (PERIOD, LETTER),
    "until": (PERIOD, LETTER),
    "issued_on": KINDS,
    "expires_on": (COURSE, PROGRAM),
    "provider": KINDS,
    "addressee": (LETTER,),
}
# Which texts a kind has. An empty one is the house's own.
TEXTS: dict[str, tuple[str, ...]] = {
    COURSE: ("heading", "given_to", "earned", "statement"),
    PROGRAM: ("heading", "given_to", "earned", "statement"),
    PERIOD: ("heading", "given_to", "earned", "statement"),
    LETTER: ("heading", "statement", "closing"),
}
LONGEST_TEXT = {"heading": 60, "given_to": 120, "earned": 120, "statement": 400, "closing": 400}
# What not every board asks for. The rest (name, title, day, hours, provider, code) is always on it.
SHOWN: dict[str, tuple[str, ...]] = {
    COURSE: ("competencies", "delivery", "objectives", "location", "instructor", "approvals", "version"),
    PROGRAM: ("competencies", "delivery", "location", "instructor", "approvals", "version"),
    PERIOD: ("competencies", "delivery", "approvals"),
    LETTER: ("competencies", "delivery", "approvals", "version"),
}
USUALLY_SHOWN = ("competencies", "delivery", "approvals", "version")
BORDERS = ("none", "line", "double", "stones")
ORNAMENTS = ("bridge", "arch", "none")
PAPER_COLOUR = "#FFFFFF"
LEAST_CONTRAST = 4.5  # WCAG 2.2, 1.4.3, for text of any size

# Titles that only a board gives (source: Massachusetts General Laws, chapter 112, section 261, protects
# "certified community health worker"; 0019 says what was added, and the Spanish, which is
# ours). Written as on a page whose letters were folded: no accents, small, one space between words.
_WORKER = (
    r"(?:(?:community )?health ?(?:care )?(?:workers?|representatives?|advisors?)|chws?|promotor[ae]?s?"
    r"(?: de(?: la)? salud)?|(?:trabajador(?:es|as?)?|agentes?) comunitari[oa]s? de(?: la)? salud|tcs|acs)"
)
PROTECTED: tuple[tuple[str, str], ...] = (
    (rf"\b(?:board |state )?(?:certified|registered|credentialed|accredited) {_WORKER}\b", "title"),
    (rf"\b{_WORKER},? (?:who is )?(?:certified|registered|credentialed|accredited)\b", "title"),
    (rf"\b{_WORKER},? (?:(?:que )?esta(?:n)? )?(?:certificad|registrad|acreditad|titulad)[oa]s?\b", "title"),
    (r"\bcchws?\b", "title"),
    (r"\b(?:board|state) certified\b", "certified"),
    (r"\b(?:is|are|now) (?:hereby )?certified\b", "certified"),
    (r"\bcertifi(?:ed|es|cation) (?:as|by|from) (?:a |the )?(?:state|board|commonwealth|department)\b", "certified"),
    (r"\bcertificad[oa]s? (?:por|ante) (?:el|la) (?:estado|junta|departamento|mancomunidad)\b", "certified"),
    (r"\bqueda(?:n)? (?:por la presente )?certificad[oa]s?\b", "certified"),
    (r"\bcertificacion estatal\b", "certified"),
    (r"\bstate certification\b", "certified"),
    (r"\b(?:un)?licen[sc](?:ed?|ure|es|ing)\b", "licensed"),
    (r"\b(?:con |de )?licencias?\b|\blicenciad[oa]s?\b|\bcolegiad[oa]s?\b|\bcolegiatura\b", "licensed"),
)
_PROTECTED = tuple((re.compile(pattern), kind) for pattern, kind in PROTECTED)
_FIELD = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Design:
    """How a certificate looks and what it says beside its facts. Texts by language; an empty one is the house's.

    `shows`: names out of SHOWN; `signatories`: keys of signatories of the issuer, none: the first that signs now;
    `logo`: SHA-256 of the picture; `paper`: "" is the issuer's.
    """

    heading: Mapping[str, str] | None = None
    given_to: Mapping[str, str] | None = None
    earned: Mapping[str, str] | None = None
    statement: Mapping[str, str] | None = None
    closing: Mapping[str, str] | None = None
    location: Mapping[str, str] | None = None
    instructor: str = ""
    main: str = "#0F5C5C"
    accent: str = "#A8481F"
    border: str = "line"
    ornament: str = "bridge"
    paper: str = ""
    shows: tuple[str, ...] = USUALLY_SHOWN
    signatories: tuple[int, ...] = ()
    logo: str = ""
    logo_alt: Mapping[str, str] | None = None

    def text(self, key: str, language: str, fallback: str) -> str:
        """Return a text in the language: its own, else the house's own words in that language.

        The house's words come before the template's in another language: half a page in a language that the person did
        not choose says less than plain words in hers. Where the house has none, any language is better than nothing.
        """
        texts = getattr(self, key) or {}
        return texts.get(language, "") or fallback or next(iter(texts.values()), "")

    def second(self, key: str, language: str, other: str, fallback: str) -> str:
        """Return the text in the `other` language to stand beside the one in `language`; "" where there is none.

        One's own words beside the house's in the other language would be two statements, not one in two languages.
        """
        texts = getattr(self, key) or {}
        return texts.get(other, "") if texts.get(language) else fallback


HOUSE = Design()


def as_content(design: Design) -> dict[str, Any]:
    """Return the design as plain values, as it is stored and hashed."""
    return {key: _plain(value) for key, value in asdict(design).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): str(text) for key, text in sorted(value.items()) if text}
    if isinstance(value, tuple):
        return list(value)
    return {} if value is None else value


def from_content(content: Mapping[str, Any]) -> Design:
    """Return the stored design. What a later version of this program added has its usual value."""
    known = {field.name for field in fields(Design)}
    values: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in content.items() if key in known
    }
    return replace(HOUSE, **values)


def hash_of(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a stored design, the same for the same content."""
    return sha256(json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


# --- Texts --------------------------------------------------------------------------------------------------------


def fields_for(kind: str) -> tuple[str, ...]:
    """Return the names that a text of this kind may use."""
    return tuple(name for name, kinds in FIELDS.items() if kind in kinds)


def unknown_fields(text: str, kind: str) -> tuple[str, ...]:
    """Return what stands in braces and is no field of this kind, each once; a loose brace counts as one."""
    known = fields_for(kind)
    found = [f"{{{name}}}" for name in _FIELD.findall(text) if name not in known]
    if "{" in (rest := _FIELD.sub("", text)):
        found.append("{")
    if "}" in rest:
        found.append("}")
    return tuple(dict.fromkeys(found))


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return the text with its fields put in. What is put in is not looked at again: a name in braces stays a name."""
    return _FIELD.sub(lambda match: values.get(match[1], match[0]), text)


def folded(text: str) -> str:
    """Return the text as the protected words are looked for in it: no accents, no marks, small, single spaces."""
    plain = "".join(
        character
        for character in unicodedata.normalize("NFKD", text)
        if unicodedata.category(character) not in {"Mn", "Me", "Cf"}
    )
    return " ".join(re.sub(r"[^\w{},]|_", " ", plain.casefold()).split())


def protected_words(text: str) -> tuple[str, str] | None:
    """Return what of the text is a protected title or claims a licence, and which: title, certified, licensed."""
    plain = folded(text)
    for pattern, kind in _PROTECTED:
        if found := pattern.search(plain):
            return found[0], kind
    return None


# --- Colours ------------------------------------------------------------------------------------------------------


def is_colour(text: str) -> bool:
    """Say whether it is a colour written as #RRGGBB."""
    return re.fullmatch(r"#[0-9A-Fa-f]{6}", text) is not None


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(colour: str, other: str = PAPER_COLOUR) -> float:
    """Return the contrast of two colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    first, second = sorted((_luminance(colour), _luminance(other)), reverse=True)
    return (first + 0.05) / (second + 0.05)


def is_readable(colour: str, grounds: Iterable[str]) -> bool:
    """Say whether text in this colour can be read on every one of the grounds."""
    return all(contrast(colour, ground) >= LEAST_CONTRAST for ground in grounds)
