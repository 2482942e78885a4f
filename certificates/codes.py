"""Pure: make, check and normalise verification codes, and compare surnames.

Two secrets stand on a certificate. The token is in the QR link: 26 characters, 130 bits, nobody types it. The code is
typed by hand together with the surname: 16 characters, 80 bits, and one more that tells a slip of the finger from a
code that was never ours.
"""

import secrets
import unicodedata
from enum import StrEnum

# Crockford's base 32: no I, L, O, U. What people write instead of a digit is read as the digit.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CONFUSED = str.maketrans({"O": "0", "I": "1", "L": "1"})
TOKEN_LENGTH = 26
BODY_LENGTH = 16
CODE_LENGTH = BODY_LENGTH + 1
GROUPS = (4, 4, 4, 5)


class CodeProblem(StrEnum):
    """Why a typed code cannot be one of ours."""

    EMPTY = "empty"
    LENGTH = "length"
    CHARACTER = "character"
    MISTYPED = "mistyped"


def make_token() -> str:
    """Return a new token for a link: unguessable, 130 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(TOKEN_LENGTH))


def make_code() -> str:
    """Return a new code with its check character."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(BODY_LENGTH))
    return body + check_character(body)


def _times_x(value: int) -> int:
    """Multiply by x in the field of 32 elements, with x^5 = x^2 + 1."""
    value <<= 1
    return value ^ 0b100101 if value & 0b100000 else value


def check_character(body: str) -> str:
    """Return the character that follows `body`.

    Each place has its own weight, a power of x in the field of 32 elements. The powers differ, so one wrong character
    and any two exchanged ones are always seen.
    """
    total = 0
    for character in body:  # Horner's rule: total = sum of value * x^(distance from the end)
        total = _times_x(total ^ ALPHABET.index(character))
    return ALPHABET[total]


def normalise(typed: str) -> str:
    """Return `typed` in capitals without spaces and hyphens, O read as 0, I and L as 1."""
    upright = unicodedata.normalize("NFKC", typed).upper()
    kept = (c for c in upright if not (c.isspace() or unicodedata.category(c) in {"Pd", "Cf"} or c in "._·"))
    return "".join(kept).translate(CONFUSED)


def problem_of(code: str) -> CodeProblem | None:
    """Return what is wrong with a normalised code, or None where it could be one of ours."""
    if not code:
        return CodeProblem.EMPTY
    if any(character not in ALPHABET for character in code):
        return CodeProblem.CHARACTER
    if len(code) != CODE_LENGTH:
        return CodeProblem.LENGTH
    if check_character(code[:BODY_LENGTH]) != code[BODY_LENGTH]:
        return CodeProblem.MISTYPED
    return None


def is_token(token: str) -> bool:
    """Say whether a normalised token has the shape of ours."""
    return len(token) == TOKEN_LENGTH and all(character in ALPHABET for character in token)


def grouped(code: str) -> str:
    """Return `code` as it is printed: in groups with hyphens."""
    parts, start = [], 0
    for size in GROUPS:
        parts.append(code[start : start + size])
        start += size
    return "-".join(part for part in parts if part)


# Letters that carry no separable accent, so that decomposing them changes nothing.
PLAIN_LETTERS = str.maketrans(
    {"đ": "d", "ð": "d", "ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ħ": "h", "ŋ": "n", "ə": "e"}
)
# Marks of this combining class and above are accents and vowel points; below it (nukta, virama, Khmer coeng) and at
# class zero (vowel signs) they are part of the spelling.
FIRST_ACCENT_CLASS = 10


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in decomposed if unicodedata.combining(c) < FIRST_ACCENT_CLASS and c not in "\u200c\u200d")
    return unicodedata.normalize("NFC", plain).casefold().translate(PLAIN_LETTERS)


def words_of(name: str) -> list[str]:
    """Return the words of a name without accents and capitals; an apostrophe joins, a hyphen parts."""
    words, word = [], ""
    for character in _folded(name):
        category = unicodedata.category(character)
        if category[0] in "LNM":
            word += character
        elif character in "'’ʼ‘`´ʻ":
            continue
        elif word:
            words.append(word)
            word = ""
    return [*words, word] if word else words


def surname_matches(typed: str, name: str) -> bool:
    """Say whether `typed` is one or several of the words of `name`, in any order, accents and capitals aside.

    Which word is the surname differs from people to people (Vietnamese names put it first, Spanish ones have two, some
    people have one name only), so every word counts. Words written together are found too.
    """
    wanted, there = words_of(typed), words_of(name)
    if not wanted:
        return False
    if set(wanted) <= set(there):
        return True
    joined = "".join(wanted)
    return any(
        joined == "".join(there[start:end]) for start in range(len(there)) for end in range(start + 1, len(there) + 1)
    )
