"""The pens of frameworks that come from files.

A file is planned first (what would be created, changed, archived), then written whole or not at all. People who learned
under a code keep it: nothing is deleted, and the code of a competency that is already here never changes.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.log_actions import log

from curriculum.crosswalks import propose_link
from curriculum.errors import Fault, FrameworkFileError
from curriculum.exporting import day_of, in_tree_order
from curriculum.fields import Translated
from curriculum.formats.case import looks_like_case, read_case
from curriculum.formats.shapes import (
    CompetencyItem,
    FrameworkPackage,
    LinkItem,
    Notes,
    Reading,
    Texts,
    is_code,
)
from curriculum.formats.table import read_table
from curriculum.models import Competency, CompetencyFramework, CompetencyLink, FrameworkUpload
from people.models import User

# --- The report ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class ImportLine:
    """What happens to one competency, or to the framework itself (`is_framework`)."""

    action: str  # created, changed, archived, restored
    code: str
    name: str
    fields: tuple[str, ...] = ()
    is_framework: bool = False

    @property
    def action_name(self) -> str:
        """What happens, in the reader's language."""
        return str(ACTION_NAMES[self.action])

    @property
    def field_names(self) -> list[str]:
        """What changes, in the reader's language."""
        return [str(FIELD_NAMES[name]) for name in self.fields]


ACTION_NAMES = {
    "created": gettext_lazy("is new"),
    "changed": gettext_lazy("changes"),
    "archived": gettext_lazy("is archived"),
    "restored": gettext_lazy("is in use again"),
}
FIELD_NAMES = {
    "identifier": gettext_lazy("identifier"),
    "name": gettext_lazy("name"),
    "statement": gettext_lazy("full statement"),
    "description": gettext_lazy("description"),
    "publisher": gettext_lazy("publisher"),
    "version": gettext_lazy("version"),
    "notice": gettext_lazy("notice"),
    "verification": gettext_lazy("verification"),
    "source_url": gettext_lazy("source"),
    "archived_at": gettext_lazy("archived"),
    "changed_at": gettext_lazy("day of the last change"),
    "parent": gettext_lazy("what it is a part of"),
    "order": gettext_lazy("place in the list"),
}


@dataclass(frozen=True, kw_only=True)
class ImportReport:
    """What an import did, or would do (`is_dry_run`)."""

    code: str
    name: str
    is_dry_run: bool
    lines: tuple[ImportLine, ...]
    unchanged: int
    links_proposed: int
    warnings: tuple[Fault, ...]

    @property
    def is_unchanged(self) -> bool:
        """Whether the file says what the site already has."""
        return not self.lines and not self.links_proposed

    @property
    def digest(self) -> str:
        """The same for the same deeds: tells whether the site changed since somebody looked."""
        return hashlib.sha256(repr((self.code, self.lines, self.links_proposed)).encode()).hexdigest()

    def codes(self, action: str) -> list[str]:
        """Codes of the competencies to which this happens."""
        return [line.code for line in self.lines if line.action == action and not line.is_framework]


# --- Reading a file -----------------------------------------------------------------------------------------------


def guess_format(content: bytes, file_name: str) -> str:
    """ "case" or "csv", by what the content begins with; the name decides where the content does not."""
    if looks_like_case(content):
        return "case"
    return "case" if PurePath(file_name).suffix.lower() == ".json" else "csv"


def read_file(content: bytes, *, file_name: str, format: str = "", now: datetime | None = None) -> Reading:
    """Read a framework from a file of a known format, else of the one it looks like. Raises FrameworkFileError."""
    if (format or guess_format(content, file_name)) == "case":
        return read_case(content, today=(now or timezone.now()).astimezone(UTC).date())
    return read_table(content, name=PurePath(file_name).stem)


# --- Writing it down ----------------------------------------------------------------------------------------------


@transaction.atomic
def import_framework(
    content: bytes,
    *,
    file_name: str,
    format: str = "",
    code: str = "",
    dry_run: bool = False,
    actor: User | None = None,
    now: datetime | None = None,
) -> ImportReport:
    """Bring one framework up to date with a file; a second time changes nothing.

    The framework is found by its identifier, else by its code (`code` goes before the file's own). Competencies are
    found in the same way; those that are gone from the file are archived. Links to other frameworks become proposals.
    Raises FrameworkFileError, with nothing written, where the file or its meeting with this site has faults.
    """
    now = now or timezone.now()
    reading = read_file(content, file_name=file_name, format=format, now=now)
    package = reading.package
    if code:
        if not is_code(code):
            raise FrameworkFileError([Fault("", _("“%(value)s” is no code.") % {"value": code[:60]})])
        package = FrameworkPackage(**{**vars(package), "code": code, "is_code_made": False})
    plan = _Plan(package, Notes(warnings=list(reading.warnings)), now)
    plan.make()
    plan.notes.raise_faults()
    if not dry_run:
        plan.write()
    proposed = _propose_links(package.links, plan, dry_run=dry_run, now=now)
    report = ImportReport(
        code=plan.framework.code,
        name=str(plan.framework),
        is_dry_run=dry_run,
        lines=tuple(plan.lines),
        unchanged=plan.unchanged,
        links_proposed=proposed,
        warnings=tuple(dict.fromkeys(plan.notes.warnings)),
    )
    if not dry_run and not report.is_unchanged:
        log(plan.framework, "curriculum.import", user=actor, data={"lines": len(report.lines)})
    return report


def _merged(stored: Texts, given: Texts | None) -> Translated:
    """Stored texts with the given ones in their languages, in the order of the site's languages."""
    texts = {**stored, **(given or {})}
    known = {code: texts[code] for code, _name in settings.LANGUAGES if texts.get(code)}
    return Translated({**known, **{code: text for code, text in texts.items() if text and code not in known}})


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), UTC) if day else None


def _archived_at(stored: datetime | None, day: date | None) -> datetime | None:
    """The stored moment where it is of that day, else the day's first."""
    return stored if day_of(stored) == day else _midnight(day)


def _values_of(item: CompetencyItem, row: Competency) -> dict[str, Any]:
    """The fields of a row as the file says, what it does not speak of as it is stored."""
    return {
        "identifier": item.identifier or row.identifier,
        "name": _merged(row.name, item.name),
        "statement": _merged(row.statement, item.statement),
        "description": _merged(row.description, item.description),
        "verification": item.verification or row.verification,
        "source_url": row.source_url if item.source_url is None else item.source_url,
        "archived_at": _archived_at(row.archived_at, item.archived_on),
        "changed_at": item.changed_at or row.changed_at,
    }


def _apply(row: Any, values: Mapping[str, Any]) -> tuple[str, ...]:
    """Set what differs; return the names of those fields."""
    changed = tuple(name for name, value in values.items() if getattr(row, name) != value)
    for name in changed:
        setattr(row, name, values[name])
    return changed


@dataclass
class _Plan:
    """What a file makes of the rows that are there."""

    package: FrameworkPackage
    notes: Notes
    now: datetime
    lines: list[ImportLine] = field(default_factory=list)
    unchanged: int = 0
    # Of the file's competencies, in its order.
    rows: list[Competency] = field(default_factory=list)
    by_file_code: dict[str, Competency] = field(default_factory=dict)
    parent_of: dict[int, Competency | None] = field(default_factory=dict)  # by id() of a row: new ones have no key
    touched: list[Competency] = field(default_factory=list)
    moved: list[Competency] = field(default_factory=list)
    gone: list[Competency] = field(default_factory=list)

    def make(self) -> None:
        self.framework = self._find_framework()
        self._plan_framework()
        self.stored = list(
            Competency.objects.filter(framework=self.framework.pk).order_by("sort_order", "code")
            if self.framework.pk
            else []
        )
        self._match()
        self._plan_rows()
        self._plan_gone()

    # --- The framework --------------------------------------------------------------------------------------------

    def _find_framework(self) -> CompetencyFramework:
        """The row of the framework, locked, so that two imports come one after the other; else an unsaved one."""
        package = self.package
        frameworks = CompetencyFramework.objects.select_for_update()
        found = frameworks.filter(identifier=package.identifier).first() if package.identifier else None
        by_code = frameworks.filter(code=package.code).first()
        if found is None and not package.is_code_made:
            found = by_code
        elif found is None and by_code is not None:
            self.notes.refuse(
                "CFDocument", _("The code %(code)s belongs to another framework of this site.") % {"code": package.code}
            )
        elif found is not None and found.code != package.code and not package.is_code_made:
            self.notes.warn("", _("The framework is called %(code)s here, and stays so.") % {"code": found.code})
        return found or CompetencyFramework(code=package.code, identifier=package.identifier, changed_at=self.now)

    def _plan_framework(self) -> None:
        package, row = self.package, self.framework
        self.is_new = row.pk is None
        fields = _apply(
            row,
            {
                "identifier": package.identifier or row.identifier,
                "name": _merged(row.name, package.name),
                "publisher": row.publisher if package.publisher is None else package.publisher,
                "version": row.version if package.version is None else package.version,
                "source_url": row.source_url if package.source_url is None else package.source_url,
                "verification": package.verification or row.verification,
                "notice": _merged(row.notice, package.notice),
                "archived_at": _archived_at(row.archived_at, package.archived_on),
                "changed_at": package.changed_at or row.changed_at,
            },
        )
        self.framework_fields = fields
        if self.is_new or fields:
            self.lines.append(
                ImportLine(
                    action="created" if self.is_new else "changed",
                    code=row.code,
                    name=str(row),
                    fields=() if self.is_new else fields,
                    is_framework=True,
                )
            )

    # --- Competencies ---------------------------------------------------------------------------------------------

    def _match(self) -> None:
        by_identifier = {row.identifier: row for row in self.stored}
        by_code = {row.code: row for row in self.stored}
        wanted = {item.identifier for item in self.package.competencies if item.identifier}
        elsewhere = dict(
            Competency.objects.filter(identifier__in=wanted)
            .exclude(framework=self.framework.pk)
            .values_list("identifier", "framework__code")
        )
        for item in self.package.competencies:
            if item.identifier in elsewhere:
                self._refuse(
                    item,
                    _("It is already a competency of the framework %(code)s.") % {"code": elsewhere[item.identifier]},
                )
                continue
            row = by_identifier.get(item.identifier) if item.identifier else None
            if row is None:
                row = by_code.get(item.code)
                if row is not None and row.identifier in wanted:
                    self._refuse(item, _("Its code belongs to the competency %(id)s.") % {"id": row.identifier})
                    continue
            elif row.code != item.code:
                self.notes.warn(
                    item.code,
                    _("It is %(code)s here, and stays so: hours are kept under that code.") % {"code": row.code},
                )
            row = row or Competency(framework=self.framework, code=item.code, changed_at=self.now)
            self.by_file_code[item.code] = row
            self.rows.append(row)
        self.notes.raise_faults()

    def _refuse(self, item: CompetencyItem, reason: str) -> None:
        self.notes.refuse(item.code, reason)

    def _plan_rows(self) -> None:
        kept = {row.pk for row in self.rows}
        is_reordered = [row.pk for row in in_tree_order(self.stored) if row.pk in kept] != [row.pk for row in self.rows]
        for order, (item, row) in enumerate(zip(self.package.competencies, self.rows, strict=True), start=1):
            is_new, was_archived = row.pk is None, row.is_archived
            parent = self.by_file_code[item.parent] if item.parent else None
            self.parent_of[id(row)] = parent
            fields = _apply(row, _values_of(item, row))
            if is_reordered and row.sort_order != order:
                row.sort_order = order
                fields = (*fields, "order")
            # A parent that is new has no key yet, and is another one in any case.
            if not is_new and (
                (parent is not None and parent.pk is None) or row.parent_id != getattr(parent, "pk", None)
            ):
                fields = (*fields, "parent")
                self.moved.append(row)
            if not is_new and not fields:
                self.unchanged += 1
                continue
            if item.changed_at is None:
                row.changed_at = self.now
            self.touched.append(row)
            action = "created" if is_new else "changed"
            if row.is_archived != was_archived and not is_new:
                action = "archived" if row.is_archived else "restored"
            self.lines.append(
                ImportLine(action=action, code=row.code, name=str(row.name), fields=() if is_new else fields)
            )

    def _plan_gone(self) -> None:
        kept = {row.pk for row in self.rows}
        for row in self.stored:
            if row.pk in kept or row.is_archived:
                continue
            self.gone.append(row)
            self.lines.append(ImportLine(action="archived", code=row.code, name=str(row.name)))

    # --- Writing --------------------------------------------------------------------------------------------------

    def write(self) -> None:
        framework = self.framework
        if self.is_new or self.framework_fields:
            changed_at = framework.changed_at if self.package.changed_at else self.now
            framework.save()
            # Saving stamps the present moment; the publisher's own goes over it.
            CompetencyFramework.objects.filter(pk=framework.pk).update(changed_at=changed_at)
            framework.changed_at = changed_at
        # First out of the old tree, then into the new one: half way there could be a circle.
        Competency.objects.filter(pk__in=[row.pk for row in self.moved]).update(parent=None)
        old = [row for row in self.touched if row.pk is not None]
        self._create([row for row in self.touched if row.pk is None])
        for row in old:
            row.parent = self.parent_of[id(row)]
        Competency.objects.bulk_update(
            old,
            [
                "identifier", "name", "statement", "description", "verification", "source_url", "archived_at",
                "changed_at", "sort_order", "parent",
            ],
            batch_size=200,
        )  # fmt: skip
        gone = Competency.objects.filter(pk__in=[row.pk for row in self.gone])
        gone.update(archived_at=self.now, changed_at=self.now)

    def _create(self, rows: list[Competency]) -> None:
        """Level by level: a parent has its key before its children are written."""
        moments = {id(row): row.changed_at for row in rows}
        waiting = rows
        while waiting:
            ready = []
            for row in waiting:
                parent = self.parent_of[id(row)]
                if parent is None or parent.pk:
                    row.framework, row.parent = self.framework, parent
                    ready.append(row)
            Competency.objects.bulk_create(ready, batch_size=500)
            waiting = [row for row in waiting if row.pk is None]
        # Creating stamped the present moment; the publisher's own goes over it.
        for row in rows:
            row.changed_at = moments[id(row)]
        Competency.objects.bulk_update(rows, ["changed_at"], batch_size=500)


def _propose_links(links: Iterable[LinkItem], plan: _Plan, *, dry_run: bool, now: datetime) -> int:
    """Propose the links whose other end is on this site; tell of the others. Return how many are new."""
    links = list(links)
    others = {
        row.identifier: row
        for row in Competency.objects.filter(identifier__in={link.destination for link in links}).exclude(
            framework=plan.framework.pk
        )
    }
    ends = {row.pk for row in others.values()} | {row.pk for row in plan.rows if row.pk}
    known = {
        frozenset(pair)
        for pair in CompetencyLink.objects.filter(origin__in=ends, destination__in=ends).values_list(
            "origin", "destination"
        )
    }
    seen: set[tuple[str, int]] = set()
    proposed = missing = 0
    for link in links:
        origin, destination = plan.by_file_code[link.origin], others.get(link.destination)
        if destination is None:
            missing += 1
        elif frozenset((origin.pk, destination.pk)) not in known and (link.origin, destination.pk) not in seen:
            seen.add((link.origin, destination.pk))
            proposed += 1
            if not dry_run:
                propose_link(
                    origin,
                    destination,
                    association=link.association,
                    note=link.note,
                    source=plan.framework.code,
                    now=now,
                )
    if missing:
        plan.notes.warn(
            "CFAssociations",
            _("Links to competencies that are not on this site, and are not kept: %(count)d.") % {"count": missing},
        )
    return proposed


# --- Files that wait for a person's yes ---------------------------------------------------------------------------


@transaction.atomic
def keep_upload(person: User, *, content: bytes, file_name: str, now: datetime | None = None) -> FrameworkUpload:
    """Keep a file until its person confirms it; it takes the place of an earlier one. Raises FrameworkFileError."""
    read_file(content, file_name=file_name, now=now)
    upload, _created = FrameworkUpload.objects.update_or_create(
        uploaded_by=person,
        defaults={"file_name": file_name[-200:], "content": content, "uploaded_at": now or timezone.now()},
    )
    return upload


def upload_of(person: User) -> FrameworkUpload | None:
    """The file that waits for this person's yes."""
    return FrameworkUpload.objects.filter(uploaded_by=person).first()


def drop_upload(person: User) -> None:
    """Throw away the file that waits. Twice is once."""
    FrameworkUpload.objects.filter(uploaded_by=person).delete()
