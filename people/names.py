"""What a name that will be printed may look like: pure, and generous.

People are called many things. A name is refused only where it could not be printed or read back, never because it is
unusual; each refusal says why and what to do. Whether our fonts have the letters is asked elsewhere
(`settings.NAME_VALIDATORS`).
"""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MAX_LENGTH = 120

# Zero-width joiner and non-joiner are letters' business in Persian, Hindi, Bengali, Khmer and others.
_JOINERS = frozenset("\u200c\u200d")
# A joiner has work only between letters or marks of such scripts; beside a Latin letter it hides a lookalike name.
_JOINER_BESIDE_LATIN = re.compile(
    r"[A-Za-z\u00c0-\u024f\s][\u200c\u200d]|[\u200c\u200d](?:[A-Za-z\u00c0-\u024f\s]|$)|^[\u200c\u200d]"
)
# Each of these letters alone is a whole name in writing systems where one character is a syllable or a word.
_LATIN_CYRILLIC_GREEK = re.compile(r"^(LATIN|CYRILLIC|GREEK) ")


def normalize_name(text: str) -> str:
    """Return the name composed (NFC), with single spaces inside and none around."""
    return re.sub(r"[^\S\u2028\u2029]+", " ", unicodedata.normalize("NFC", text)).strip(" ")


def _is_hidden(character: str) -> bool:
    """Control and format characters (those that turn the direction of writing are among them), unassigned, private."""
    return character not in _JOINERS and unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def _is_picture(character: str) -> bool:
    """Emoji and other pictures, with the marks that colour or join them."""
    return (
        unicodedata.category(character) in {"So", "Sk"} and not character.isascii() and ord(character) > 0x2BF
    ) or "\ufe00" <= character <= "\ufe0f"


def check_name(name: str) -> None:
    """Raise ValidationError with a sentence where `name` (already normalized) cannot be printed as a person's name."""
    letters = [character for character in name if unicodedata.category(character).startswith("L")]
    if not name:
        raise ValidationError(_("Please type your name, as it must be printed on your certificates."), code="empty")
    if len(name) > MAX_LENGTH:
        raise ValidationError(
            _("This name has %(length)d characters; at most %(limit)d fit on a certificate. Please shorten it.")
            % {"length": len(name), "limit": MAX_LENGTH},
            code="too_long",
        )
    if any(_is_hidden(character) for character in name) or _JOINER_BESIDE_LATIN.search(name):
        raise ValidationError(
            _("This name holds an invisible character, perhaps from copying. Please type the name with your keyboard."),
            code="hidden",
        )
    if any(_is_picture(character) for character in name):
        raise ValidationError(
            _("A picture or symbol cannot be printed on a certificate. Please use letters only."), code="picture"
        )
    if not letters:
        raise ValidationError(
            _("This name has no letters. Please type your name as it is written in your papers."), code="no_letters"
        )
    if len(letters) == 1 and _LATIN_CYRILLIC_GREEK.match(unicodedata.name(letters[0], "")):
        raise ValidationError(
            _("One letter is too short for a certificate. Please type your full name."), code="one_letter"
        )
