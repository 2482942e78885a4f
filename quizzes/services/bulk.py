"""The pen for many items at once: their places in the bank are changed and can be taken back."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from curriculum.models import Competency
from people.models import User
from quizzes.errors import QuizError
from quizzes.models import BulkEdit, Item

LARGEST = 2_000  # items at once
FIELDS = ("tags", "category", "difficulty", "cognitive_level", "competency_id", "review_state", "archived_at")
MOST_TAGS = 50


@dataclass(frozen=True, kw_only=True)
class ItemChanges:
    """What to change; None leaves it as it is, "" takes it away."""

    tags_added: tuple[str, ...] = ()
    tags_removed: tuple[str, ...] = ()
    category: str | None = None
    difficulty: str | None = None
    cognitive_level: str | None = None
    competency: Competency | None = None
    is_competency_removed: bool = False
    review_state: str | None = None
    is_archived: bool | None = None

    def of(self, item: Item, now: datetime) -> dict[str, Any]:
        """The fields of `item` that would change, with what would stand there."""
        after: dict[str, Any] = {}
        removed = set(self.tags_removed)
        after["tags"] = list(dict.fromkeys([*(tag for tag in item.tags if tag not in removed), *self.tags_added]))
        for name in ("category", "difficulty", "cognitive_level"):
            if getattr(self, name) is not None:
                after[name] = getattr(self, name)
        if self.review_state:
            after["review_state"] = self.review_state
        if self.is_competency_removed or self.competency is not None:
            after["competency_id"] = self.competency.pk if self.competency else None
        if self.is_archived is True and item.archived_at is None:
            after["archived_at"] = now
        elif self.is_archived is False:
            after["archived_at"] = None
        return {name: value for name, value in after.items() if getattr(item, name) != value}


def fingerprint(item: Item) -> str:
    """Tells whether the place of an item in the bank is as somebody saw it."""
    return hashlib.sha256(json.dumps(_state(item, FIELDS), sort_keys=True).encode()).hexdigest()[:16]


def change_items(
    seen: Mapping[int, str], changes: ItemChanges, *, actor: User, now: datetime | None = None
) -> tuple[BulkEdit | None, list[Item]]:
    """Change the items that are as they were `seen` (fingerprints by id), and write down what stood there before.

    Returns what was written, None where nothing had to change; and the items that somebody else changed meanwhile,
    which are left alone. What an item says, and who was asked it, is never touched. Raises QuizError for too many.
    """
    now = now or timezone.now()
    if len(seen) > LARGEST:
        raise QuizError(_("Please change no more than %(count)s items at once.") % {"count": LARGEST})
    with transaction.atomic():
        rows = list(Item.objects.select_for_update(of=("self",)).filter(pk__in=seen).order_by("code"))
        stale = [item for item in rows if fingerprint(item) != seen[item.pk]]
        if any(len(after["tags"]) > MOST_TAGS for item in rows if "tags" in (after := changes.of(item, now))):
            raise QuizError(_("An item has no more than %(count)s tags.") % {"count": MOST_TAGS})
        left_alone = {item.pk for item in stale}
        changed, record = [], {}
        for item in rows:
            after = changes.of(item, now) if item.pk not in left_alone else {}
            if not after:
                continue
            before = _state(item, after)
            _set(item, after)
            record[str(item.pk)] = {"before": before, "after": _state(item, after)}
            changed.append(item)
        if not changed:
            return None, stale
        Item.objects.bulk_update(changed, FIELDS, batch_size=200)
        return BulkEdit.objects.create(made_by=actor, made_at=now, changes=record), stale


def undo_change(edit: BulkEdit, *, now: datetime | None = None) -> tuple[int, list[Item]]:
    """Put back what stood there before, where nobody changed it since; say how many items, and which were left alone.

    Done once: whoever comes second changes nothing.
    """
    now = now or timezone.now()
    with transaction.atomic():
        if not BulkEdit.objects.filter(pk=edit.pk, undone_at=None).update(undone_at=now):
            return 0, []
        rows = list(Item.objects.select_for_update(of=("self",)).filter(pk__in=edit.changes).order_by("code"))
        back, stale = [], []
        for item in rows:
            change = edit.changes[str(item.pk)]
            if _state(item, change["after"]) == change["after"]:
                _set(item, change["before"])
                back.append(item)
            else:
                stale.append(item)
        Item.objects.bulk_update(back, FIELDS, batch_size=200)
        return len(back), stale


def _state(item: Item, names: Iterable[str]) -> dict[str, Any]:
    """Fields of an item as JSON has them."""
    values = {name: getattr(item, name) for name in names}
    moment = values.get("archived_at")
    return values | ({"archived_at": moment.isoformat()} if moment else {})


def _set(item: Item, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        is_moment = name == "archived_at" and isinstance(value, str)
        setattr(item, name, datetime.fromisoformat(value) if is_moment else value)
