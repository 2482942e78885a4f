"""What every format gives and takes: items as plain data with their files, and a line for what was changed or refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from quizzes.errors import ItemFileError

MAX_BYTES = 50 * 1024 * 1024
MAX_ITEMS = 20_000


class Fault(Exception):
    """One item cannot be read; the sentence says why. `line` is the line of the file, 0 where the item's own serves."""

    def __init__(self, reason: str, *, line: int = 0) -> None:
        super().__init__(reason)
        self.line = line


@dataclass(frozen=True, kw_only=True)
class Refused:
    """An item that was not read, and why. `id` is the file's name for it, or empty."""

    id: str
    line: int
    reason: str
