"""What a mail of the outbox says. The app that knows the fact writes the letter; this is the slot it fills."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from people.models import OutboxMail


@dataclass(frozen=True)
class Letter:
    """A mail in words: the same said twice, as text and as HTML."""

    subject: str
    text: str
    html: str


# Given the row, in the language of the row; None where there is nothing to tell any more.
Writer = Callable[["OutboxMail"], Letter | None]
_writers: dict[str, Writer] = {}
_names: dict[str, StrOrPromise] = {}


def register(kind: str, writer: Writer, *, name: StrOrPromise) -> None:
    """Let `writer` write all letters of this kind, which staff read as `name`. Called once, from an app's config."""
    _writers[kind], _names[kind] = writer, name


def name_of(kind: str) -> str:
    """Return what staff call letters of this kind."""
    return str(_names.get(kind, kind))


def letter_of(mail: OutboxMail) -> Letter | None:
    """Return what the mail says. Raises LookupError where no app writes letters of its kind."""
    return _writers[mail.kind](mail)
