"""The pen of items that come from files.

Every item of a file is brought in or refused with a reason; what had to be changed is told. The same file a second time
changes nothing: an item is found by its own code or, where the file has none, by one made from what it says.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.log_actions import log

from curriculum.fields import Translated
from curriculum.models import Competency
from people.models import User
from quizzes.errors import InvalidItem, ItemFileError
from quizzes.formats.gift import read_gift
from quizzes.formats.keys import said_by
from quizzes.formats.moodle_xml import read_moodle_xml
from quizzes.formats.qti import read_qti
from quizzes.formats.shapes import Reading, ReadItem, Refused, mended_code, place_name
from quizzes.formats.table import read_table
from quizzes.item_exports import find_bank
from quizzes.items import ItemSpec, twin_answers, with_catalogue, without_twin_answers
from quizzes.models import Item, ItemBank, ItemMedia
from quizzes.services import item_spec, write_item

FORMATS = ("gift", "moodle-xml", "qti", "csv")
ACTION_NAMES = {
    "created": gettext_lazy("is new"),
    "changed": gettext_lazy("changes"),
    "unchanged": gettext_lazy("stays as it is"),
    "refused": gettext_lazy("is refused"),
}


@dataclass(frozen=True, kw_only=True)
class ImportLine:
    """What happens to one item of the file. `what` says what was changed in it, or why it is refused."""

    id: str
    line: int
    action: str  # created, changed, unchanged, refused
    code: str = ""
    kind: str = ""
    what: tuple[str, ...] = ()

    @property
    def action_name(self) -> str:
        """What happens, in the reader's language."""
        return str(ACTION_NAMES[self.action])

    @property
    def kind_name(self) -> str:
        """The kind of the item, in the reader's language."""
        return str(Item.Kind(self.kind).label) if self.kind else ""


@dataclass(frozen=True, kw_only=True)
class ImportReport:
    """What an import did, or would do (`is_dry_run`). Every item of the file has one line."""

    bank: str
    is_dry_run: bool
    lines: tuple[ImportLine, ...]
    # What was done to the file as such.
    notes: tuple[str, ...] = ()

    @property
    def refused(self) -> list[ImportLine]:
        return [line for line in self.lines if line.action == "refused"]

    @property
    def imported(self) -> list[ImportLine]:
        return [line for line in self.lines if line.action != "refused"]

    @property
    def digest(self) -> str:
        """The same for the same deeds: tells whether the site changed since somebody looked."""
        return hashlib.sha256(repr((self.bank, self.lines)).encode()).hexdigest()

    def as_json(self) -> dict[str, Any]:
        """The report for other programs; `read` is imported plus refused, always."""
        changed = [{"id": place_name(0), "what": note} for note in self.notes]
        changed += [{"id": line.id, "what": " ".join(line.what)} for line in self.imported if line.what]
        return {
            "read": len(self.lines),
            "imported": len(self.imported),
            "changed": changed,
            "refused": [{"id": line.id, "reason": " ".join(line.what)} for line in self.refused],
        }


def read_file(content: bytes, *, format: str, language: str) -> Reading:
    """The items of a file in one of the formats. Raises ItemFileError."""
    if format == "gift":
        return read_gift(content, language=language)
    if format == "moodle-xml":
        return read_moodle_xml(content, language=language)
    if format == "qti":
        return read_qti(content, language=language)
    if format == "csv":
        return read_table(content, language=language)
    raise ItemFileError(_("The format %(format)s is not known.") % {"format": format})


def file_fault(error: ItemFileError) -> str:
    """Why a file cannot be read, with its line where one can be named."""
    return f"{place_name(error.line)}: {error}" if error.line else str(error)


@transaction.atomic
def import_items(
    content: bytes,
    *,
    format: str,
    bank: str,
    language: str = "",
    dry_run: bool = False,
    actor: User | None = None,
) -> ImportReport:
    """Bring the items of a file into a bank, which is made where nobody has one of this code or name.

    `language` is the one of texts that the file does not mark. New items are drafts. Raises ItemFileError, with nothing
    written, where the file cannot be read at all.
    """
    reading = read_file(content, format=format, language=language or settings.LANGUAGE_CODE)
    found = find_bank(bank)
    plan = _Plan(found, mended_code(found.code if found else bank) or "bank")
    lines = plan.lines(reading.entries)
    report = ImportReport(bank=plan.bank_code, is_dry_run=dry_run, lines=tuple(lines), notes=reading.changed)
    if dry_run:
        return report
    row = found or _new_bank(plan.bank_code, bank, language or settings.LANGUAGE_CODE)
    lines = [plan.write(line, row) for line in lines]
    if any(line.action in ("created", "changed") for line in lines):
        log(row, "quizzes.import", user=actor, data={"items": len(lines)})
    return ImportReport(bank=row.code, is_dry_run=False, lines=tuple(lines), notes=reading.changed)


def _new_bank(code: str, name: str, language: str) -> ItemBank:
    return ItemBank.objects.create(code=code, name=Translated({language: " ".join(name.split())[:200]}))


def _content_hash(spec: ItemSpec) -> str:
    content = json.dumps(said_by(spec), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()


def _with_each_answer_once(entry: ReadItem | Refused) -> ReadItem | Refused:
    """Of texts that are accepted twice, the first one alone, which decided anyway; and a sentence for each."""
    if isinstance(entry, Refused) or not (twins := twin_answers(entry.spec)):
        return entry
    said = (_("“%(text)s” is accepted twice: the first one was kept.") % {"text": text} for text in twins)
    return replace(entry, spec=without_twin_answers(entry.spec), changed=(*entry.changed, *said))


@dataclass
class _Plan:
    """What the items of a file make of the rows that are there. Nothing is written until `write`."""

    bank: ItemBank | None
    wanted_code: str
    specs: dict[str, tuple[ItemSpec, ReadItem, Item | None]] = field(default_factory=dict)
    stored: dict[str, ItemSpec] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)  # of the files that are here, by their key

    def __post_init__(self) -> None:
        self.bank_code = self.bank.code if self.bank else self._free_bank_code()

    def _free_bank_code(self) -> str:
        code, number = self.wanted_code, 1
        while ItemBank.objects.filter(code=code).exists():
            number += 1
            code = f"{self.wanted_code[:55]}-{number}"
        return code

    def lines(self, entries: Iterable[ReadItem | Refused]) -> list[ImportLine]:
        """A line for each entry, in the order of the file. At most five queries, whatever the number of items."""
        entries = [_with_each_answer_once(entry) for entry in entries]
        read = [entry for entry in entries if isinstance(entry, ReadItem)]
        codes = self._codes(read)
        rows = {
            row.code: row
            for row in Item.objects.filter(code__in=codes.values()).select_related(
                "bank", "current_version", "competency"
            )
        }
        for row in rows.values():
            try:
                self.stored[row.code] = item_spec(row)
            except InvalidItem:
                continue
        tokens = {media.key for spec in self.stored.values() for media in spec.media}
        # A table brings no files along: what it names must be here already.
        tokens |= {media.key for entry in read for media in entry.spec.media if media.key not in entry.media}
        if tokens:
            self.digests = dict(ItemMedia.objects.filter(token__in=tokens).values_list("token", "sha256"))
        known = set(
            Competency.objects.filter(code__in={entry.spec.competency for entry in read}, archived_at=None).values_list(
                "code", flat=True
            )
        )
        return [
            self._line(entry, codes[id(entry)], rows, known)
            if isinstance(entry, ReadItem)
            else ImportLine(id=entry.label, line=entry.line, action="refused", what=(entry.reason,))
            for entry in entries
        ]

    def _codes(self, read: list[ReadItem]) -> dict[int, str]:
        """A code for each item: its own, else one made from what it says; each is given once."""
        own = {entry.spec.code for entry in read if entry.spec.code}
        elsewhere = set(Item.objects.filter(code__in=own).exclude(bank=self.bank).values_list("code", flat=True))
        given: dict[int, str] = {}
        taken: set[str] = set()
        last: dict[str, int] = {}
        for entry in read:
            base = entry.spec.code or f"{self.bank_code[:40]}-{_content_hash(entry.spec)[:12]}"
            if base in elsewhere:
                base = f"{self.bank_code[:25]}.{base}"[:60]
            code, number = base, last.get(base, 1)
            while code in taken:
                number += 1
                code = f"{base[:54]}-{number}"
            taken.add(code)
            last[base] = number
            given[id(entry)] = code
        return given

    def _line(self, entry: ReadItem, code: str, rows: dict[str, Item], known: set[str]) -> ImportLine:
        spec, what = entry.spec, list(entry.changed)
        if spec.code and code != spec.code:
            what.append(_("Its code %(code)s is taken: it became %(new)s.") % {"code": spec.code, "new": code})
        if spec.competency and spec.competency not in known:
            what.append(_("The competency %(code)s is not on this site: it was left out.") % {"code": spec.competency})
            spec = with_catalogue(spec, competency="")
        spec = with_catalogue(spec, code=code)
        missing = [m.name for m in spec.media if m.key not in entry.media and m.key not in self.digests]
        row = rows.get(code)
        line: dict[str, Any] = {"id": entry.label, "line": entry.line, "code": code, "kind": spec.kind}
        if row is not None and row.bank.code != self.bank_code:
            reason = _("The code %(code)s belongs to an item of another bank.") % {"code": code}
            return ImportLine(**line, action="refused", what=(reason,))
        if missing:
            reason = _("The file “%(name)s” is missing or is not what it says.") % {"name": missing[0]}
            return ImportLine(**line, action="refused", what=(reason,))
        if row is not None and row.archived_at is not None:
            what.append(_("It is archived here, and stays so."))
        self.specs[code] = (spec, entry, row)
        action = "created" if row is None else "unchanged" if self._says_the_same(row, entry, spec) else "changed"
        return ImportLine(**line, action=action, what=tuple(what))

    def _says_the_same(self, row: Item, entry: ReadItem, spec: ItemSpec) -> bool:
        """Whether an item already says this, whatever keys its parts have; files are compared by their bytes."""
        stored = self.stored.get(row.code)
        if stored is None:
            return False
        given = {key: hashlib.sha256(content).hexdigest() for key, content in entry.media.items()}
        return said_by(stored, self.digests) == said_by(spec, {**self.digests, **given})

    def write(self, line: ImportLine, bank: ItemBank) -> ImportLine:
        """Do what a line says; a line that cannot be done says why instead."""
        if line.action not in ("created", "changed"):
            return line
        spec, entry, row = self.specs[line.code]
        try:
            with transaction.atomic():
                write_item(spec, bank=bank, item=row, code=line.code, files=entry.media)
        except InvalidItem as error:
            return ImportLine(id=line.id, line=line.line, action="refused", kind=line.kind, what=(str(error),))
        return line
