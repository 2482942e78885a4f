"""Provider approvals from a spreadsheet, and back: every row is checked first, then all are written or none."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from curriculum.errors import RegisterError
from curriculum.models import ProviderApproval
from curriculum.register import lock_authorities, overlap_sentence, problems_of, publish, tidy
from people.models import Organization, User
from people.spreadsheets import FORMULA_STARTS, safe_cell

COLUMNS = (
    "authority",
    "provider",
    "activity",
    "status",
    "first_on",
    "last_on",
    "allows_ce",
    "approved_minutes",
    "number",
    "source_url",
    "note",
)
NEEDED = ("authority", "provider", "status", "first_on")
MAX_BYTES = 1_000_000
MAX_ROWS = 5_000
YES, NO = frozenset({"yes", "true", "1", "sí", "si"}), frozenset({"", "no", "false", "0"})


@dataclass(frozen=True, kw_only=True)
class RowFault:
    """What is wrong with a line of the file (1 is the header; 0: the file itself), in which column."""

    line: int
    column: str
    message: str


@dataclass(frozen=True, kw_only=True)
class ReadRow:
    """A line of the file as the approval it would be."""

    line: int
    approval: ProviderApproval
    is_known: bool = False


@dataclass(frozen=True, kw_only=True)
class ApprovalImport:
    """What an import did, or would do (`is_dry_run`). With a fault nothing was written."""

    rows: tuple[ReadRow, ...] = ()
    faults: tuple[RowFault, ...] = ()
    is_dry_run: bool = False
    is_published: bool = False

    @property
    def added(self) -> list[ProviderApproval]:
        return [row.approval for row in self.rows if not row.is_known]

    @property
    def unchanged(self) -> int:
        """How many lines say what the register has already."""
        return sum(row.is_known for row in self.rows)

    def as_json(self) -> dict[str, Any]:
        """For programs; see docs/guides/operator.md."""
        return {
            "dry_run": self.is_dry_run,
            "added": 0 if self.faults else len(self.added),
            "unchanged": self.unchanged,
            "published": self.is_published,
            "faults": [{"line": f.line, "column": f.column, "message": f.message} for f in self.faults],
        }


# --- Reading ------------------------------------------------------------------------------------------------------


@dataclass
class _Reading:
    rows: list[ReadRow] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)

    def refuse(self, line: int, column: str, message: str) -> None:
        self.faults.append(RowFault(line=line, column=column, message=message))


def _lines(content: bytes, reading: _Reading) -> Iterator[tuple[int, dict[str, str]]]:
    """Lines with their number, cells by column. Commas, or the semicolons of spreadsheets in Spanish."""
    if len(content) > MAX_BYTES:
        return reading.refuse(0, "", _("The file is larger than 1 MB. Please send it in parts."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return reading.refuse(0, "", _("The file is not in UTF-8. Save it as “CSV UTF-8” and try again."))
    if "\0" in text:
        return reading.refuse(0, "", _("This is not a CSV file. Save the sheet as “CSV UTF-8” and try again."))
    head = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if head.count(";") > head.count(",") else ",")
    try:
        yield from _cells(reader, reading)
    except csv.Error as error:
        reading.refuse(reader.line_num, "", _("This line cannot be read: %(problem)s.") % {"problem": error})


def _cells(reader: Any, reading: _Reading) -> Iterator[tuple[int, dict[str, str]]]:
    columns = [name.strip().lower() for name in next(reader, [])]
    for name in NEEDED:
        if name not in columns:
            reading.refuse(1, name, _("The column “%(name)s” is missing.") % {"name": name})
    for name in dict.fromkeys(columns):
        if name not in COLUMNS:
            reading.refuse(1, name, _("The column “%(name)s” is not known.") % {"name": name})
        elif columns.count(name) > 1:
            reading.refuse(1, name, _("The column “%(name)s” is there twice.") % {"name": name})
    if reading.faults:
        return
    for number, (line, cells) in enumerate(_numbered(reader), start=1):
        if number > MAX_ROWS:
            return reading.refuse(0, "", _("There are more than %(count)s lines.") % {"count": MAX_ROWS})
        if len(cells) != len(columns):
            reading.refuse(line, "", _("This line has another number of cells than the header."))
            continue
        yield line, {name: _plain(cell) for name, cell in zip(columns, cells, strict=True)}


def _numbered(reader: Any) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not blank, with the number of their (last) line."""
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield reader.line_num, cells


def _plain(cell: str) -> str:
    """A cell without the apostrophe that our own export puts before what looks like a formula."""
    return cell[1:].strip() if cell.startswith("'") and cell[1:].startswith(FORMULA_STARTS) else cell.strip()


def _day(reading: _Reading, line: int, column: str, text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        reading.refuse(line, column, _("“%(text)s” is not a day such as 2026-07-31.") % {"text": text})
        return None


def _approval(
    reading: _Reading, line: int, cells: dict[str, str], authorities: dict[str, Organization]
) -> ProviderApproval | None:
    """The approval that a line says; None where a cell cannot be read."""
    before = len(reading.faults)
    for column in NEEDED:
        if not cells[column]:
            reading.refuse(line, column, _("This is empty."))
    if cells["authority"] and cells["authority"] not in authorities:
        reading.refuse(
            line, "authority", _("No organization here has the code “%(code)s”.") % {"code": cells["authority"]}
        )
    status = cells["status"].lower()
    if status and status not in ProviderApproval.Status.values:
        known = ", ".join(ProviderApproval.Status.values)
        reading.refuse(
            line,
            "status",
            _("“%(status)s” is not known. Write one of: %(known)s.") % {"status": status, "known": known},
        )
    first_on = _day(reading, line, "first_on", cells["first_on"])
    last_on = _day(reading, line, "last_on", cells.get("last_on", ""))
    allows = cells.get("allows_ce", "").lower()
    if allows not in YES | NO:
        reading.refuse(line, "allows_ce", _("Write “yes” or “no”."))
    minutes = cells.get("approved_minutes", "")
    # Not str.isdigit alone: it is true of digits of other scripts, which int reads, and of ², which it does not.
    if minutes and not (minutes.isascii() and minutes.isdigit() and len(minutes) < 10 and int(minutes)):
        reading.refuse(line, "approved_minutes", _("Minutes are a whole number above zero."))
    if first_on is None or len(reading.faults) > before:
        return None
    approval = ProviderApproval(
        authority=authorities[cells["authority"]],
        provider=cells["provider"],
        activity=cells.get("activity", ""),
        status=status,
        first_on=first_on,
        last_on=last_on,
        allows_ce=allows in YES,
        approved_minutes=int(minutes) if minutes else None,
        number=cells.get("number", ""),
        source_url=cells.get("source_url", ""),
        note=cells.get("note", ""),
    )
    tidy(approval)
    for name, texts in problems_of(approval).items():
        reading.refuse(line, name, " ".join(texts))
    return None if len(reading.faults) > before else approval


def _read(content: bytes) -> _Reading:
    reading = _Reading()
    authorities = {found.code: found for found in Organization.objects.exclude(code="")}
    for line, cells in _lines(content, reading):
        approval = _approval(reading, line, cells, authorities)
        if approval is not None:
            reading.rows.append(ReadRow(line=line, approval=approval))
    return reading


# --- Against each other and what is stored ------------------------------------------------------------------------


def _says_the_same(one: ProviderApproval, other: ProviderApproval) -> bool:
    names = ("status", "first_on", "last_on", "allows_ce", "approved_minutes", "number", "source_url", "note")
    return one.key == other.key and all(getattr(one, name) == getattr(other, name) for name in names)


def _settle(reading: _Reading) -> ApprovalImport:
    """Find the lines that are known already, and those that overlap another line or a stored row. One query."""
    keys: dict[tuple[object, ...], list[tuple[int, ProviderApproval]]] = {}
    providers = {row.approval.provider for row in reading.rows}
    stored = ProviderApproval.objects.live().select_related("authority")
    for approval in stored.filter(authority__in={row.approval.authority_id for row in reading.rows}):
        if approval.provider in providers:
            keys.setdefault(approval.key, []).append((0, approval))
    rows = []
    for row in reading.rows:
        rivals = keys.setdefault(row.approval.key, [])
        is_known = any(not line and _says_the_same(row.approval, other) for line, other in rivals)
        rows.append(ReadRow(line=row.line, approval=row.approval, is_known=is_known))
        if is_known:
            continue
        for line, other in rivals:
            if row.approval.overlaps(other):
                sentence = overlap_sentence(*sorted((other, row.approval), key=lambda found: found.first_on))
                where = _("Line %(line)s of the file.") % {"line": line} if line else _("One of them is here already.")
                reading.refuse(row.line, "first_on", f"{sentence} {where}")
        rivals.append((row.line, row.approval))
    return ApprovalImport(rows=tuple(rows), faults=tuple(sorted(reading.faults, key=lambda fault: fault.line)))


# --- The pen ------------------------------------------------------------------------------------------------------


@transaction.atomic
def import_approvals(
    content: bytes,
    *,
    actor: User | None,
    is_dry_run: bool = False,
    publish_them: bool = False,
    now: datetime | None = None,
) -> ApprovalImport:
    """Write the approvals of a CSV file as drafts, or published; all or none. Twice is once.

    A file with a fault writes nothing and returns its faults. Raises RegisterError to publish without a person.
    """
    if publish_them and actor is None:
        raise RegisterError(_("Say who publishes: a person answers for what is published."))
    reading = _read(content)
    # Before what is stored is read: two imports of one file wait for each other here.
    lock_authorities({row.approval.authority_id for row in reading.rows})
    answer = replace(_settle(reading), is_dry_run=is_dry_run)
    if answer.faults or is_dry_run:
        return answer
    now = now or timezone.now()
    for approval in answer.added:
        approval.created_at = now
    ProviderApproval.objects.bulk_create(answer.added)
    for authority in {row.approval.authority for row in answer.rows if not row.is_known}:
        count = sum(approval.authority_id == authority.pk for approval in answer.added)
        log(authority, "curriculum.import_approvals", user=actor, data={"count": count})
    if publish_them and actor is not None:
        publish(answer.added, actor=actor, now=now)
    return replace(answer, is_published=publish_them)


def export_approvals(approvals: Iterable[ProviderApproval]) -> str:
    """These approvals in the form that `import_approvals` reads. Reads their authorities. No cell is a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for approval in approvals:
        cells = {name: getattr(approval, name) for name in COLUMNS}
        cells |= {
            "authority": approval.authority.code,
            "last_on": approval.last_on or "",
            "allows_ce": "yes" if approval.allows_ce else "no",
            "approved_minutes": approval.approved_minutes or "",
        }
        writer.writerow([safe_cell(cell) for cell in cells.values()])
    return out.getvalue()
