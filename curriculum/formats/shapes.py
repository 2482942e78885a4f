"""What a framework in a file says, whatever the format: plain data, checked, in the order of its tree.

None means "the file says nothing of it": what is stored stays. Texts are by language; an empty text takes it away and a
language that is not named stays. No row is known here.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from curriculum.errors import Fault, FrameworkFileError

MAX_BYTES = 10 * 1024 * 1024
MAX_COMPETENCIES = 20_000
MAX_LEVELS = 12  # the database's trigger follows as many parents (migration 0005)
MAX_NAME = 200
MAX_CODE = 40
CODE_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*")

Texts = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class CompetencyItem:
    """One competency. `parent` is the code of the one it belongs to, empty at the top.

    `statement` is the publisher's full wording where that is more than the name.
    """

    code: str
    parent: str = ""
    identifier: UUID | None = None
    name: Texts
    statement: Texts | None = None
    description: Texts | None = None
    verification: str | None = None
    source_url: str | None = None
    archived_on: date | None = None
    changed_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class LinkItem:
    """A relation to a competency of another framework, by its identifier."""

    origin: str
    association: str
    destination: UUID
    note: str = ""
    # Only what is written needs these; what is read is found by identifier.
    destination_title: str = ""
    origin_identifier: UUID | None = None
    changed_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class FrameworkPackage:
    """One framework with its competencies, parents before children. `is_code_made`: the file had no code for it."""

    code: str
    is_code_made: bool = False
    identifier: UUID | None = None
    name: Texts
    publisher: str | None = None
    version: str | None = None
    source_url: str | None = None
    verification: str | None = None
    notice: Texts | None = None
    archived_on: date | None = None
    changed_at: datetime | None = None
    competencies: tuple[CompetencyItem, ...] = ()
    links: tuple[LinkItem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A file as it was understood, with a line for each blemish that was mended."""

    package: FrameworkPackage
    warnings: tuple[Fault, ...] = ()


@dataclass
class Notes:
    """Collects faults and warnings while a file is read, so that all of them are told and not only the first."""

    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)

    def refuse(self, where: str, reason: str) -> None:
        self.faults.append(Fault(where, reason))

    def warn(self, where: str, reason: str) -> None:
        self.warnings.append(Fault(where, reason))

    def raise_faults(self) -> None:
        """Raise FrameworkFileError where something was refused."""
        if self.faults:
            raise FrameworkFileError(dict.fromkeys(self.faults))


# --- Codes and identifiers ----------------------------------------------------------------------------------------


def is_code(text: str) -> bool:
    """Whether a text may stand as a code in Puente."""
    return len(text) <= MAX_CODE and CODE_PATTERN.fullmatch(text) is not None


def mended_code(text: str) -> str:
    """The nearest code to what a publisher wrote, e.g. "K.CC A(1)" as "K.CC-A-1"; empty where nothing is left."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9.-]+", "-", plain).lstrip(".-")[:MAX_CODE].rstrip(".-")


def made_code(identifier: UUID) -> str:
    """A code for a competency whose publisher gave it none: always the same for the same identifier."""
    return f"I-{hashlib.sha256(identifier.bytes).hexdigest()[:12]}"


def made_framework_code(title: str, identifier: UUID) -> str:
    """A code for a framework, from its title, to be read, and its identifier, to be the only one."""
    return f"{mended_code(title)[:27].rstrip('.-') or 'CASE'}-{identifier.hex[:8]}".upper()


UUID_PATTERN = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)


def read_uuid(text: str) -> UUID | None:
    """The identifier in a text such as "urn:uuid:…" or "{…}", else None."""
    bare = text.strip().removeprefix("urn:uuid:").strip("{}")
    return UUID(bare) if UUID_PATTERN.fullmatch(bare) else None
