"""The pens of the bank: write, copy, archive and bring back items."""

import hashlib
import json
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from curriculum.models import Competency
from quizzes import items, reports
from quizzes.errors import InvalidItem
from quizzes.items import ItemSpec
from quizzes.models import Item, ItemBank, ItemMedia, ItemVersion, Quiz, QuizItem

LARGEST_MEDIA = 20_000_000  # bytes of one file


def write_item(
    spec: ItemSpec,
    *,
    bank: ItemBank,
    item: Item | None = None,
    code: str = "",
    files: Mapping[str, bytes] | None = None,
    competency: Competency | None = None,
    key: uuid.UUID | None = None,
    review_state: str = "",
) -> Item:
    """Write what `spec` says as a new item, or as the newest version of `item`; the same content makes no new version.

    `code` stands where the spec has none. `files` are the bytes of the media by their key; the files are kept under
    keys that cannot be guessed, which take the place of the keys in the spec. Media without bytes must be here
    already. A competency that is named by its code alone is looked up. A new item gets `key` as its identity, and is a
    draft unless `review_state` says otherwise. Raises InvalidItem.
    """
    if twins := items.twin_answers(spec):
        raise InvalidItem(
            _("“%(text)s” is accepted twice: what does not count makes two answers the same. Please leave one out.")
            % {"text": twins[0]}
        )
    with transaction.atomic():
        spec = _with_kept_media(spec, files or {})
        competency = competency or _competency(spec.competency)
        catalogue = {
            "bank": bank,
            "name": spec.name,
            "competency": competency,
            "category": "/".join(part.replace("/", "//") for part in spec.category),
            "tags": list(spec.tags),
            "cognitive_level": spec.cognitive_level or "",
            "difficulty": spec.difficulty or "",
            "kind": spec.kind,
            "stem": title_of(spec),
            "points": spec.points,
        }
        if item is None:
            identity = {"key": key} if key else {}
            state = review_state or Item.ReviewState.DRAFT
            item = Item.objects.create(code=spec.code or code, review_state=state, **identity, **catalogue)
        else:
            catalogue |= {"code": spec.code or code or item.code, "review_state": review_state or item.review_state}
            for name, value in catalogue.items():
                setattr(item, name, value)
        item.current_version = _version_of(item, spec)
        missing = reports.languages_missing(item)
        item.missing_languages = f",{','.join(missing)}," if missing else ""
        item.save()
        return item


def _version_of(item: Item, spec: ItemSpec) -> ItemVersion:
    question, answer_key = items.split(spec)
    content = json.dumps([question, answer_key], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    version, _created = ItemVersion.objects.get_or_create(
        item=item,
        content_hash=hashlib.sha256(content.encode()).hexdigest(),
        defaults={"question": question, "answer_key": answer_key},
    )
    return version


def title_of(spec: ItemSpec) -> dict[str, str]:
    """What lists call an item: its question or, of a text with gaps, the text with lines in their place."""
    texts = spec.stem or getattr(spec, "text", {})
    return {
        language: "".join(words + ("____" if gap else "") for words, gap in items.pieces_of(text))
        for language, text in texts.items()
    }


def _competency(code: str) -> Competency | None:
    if not code:
        return None
    found = Competency.objects.filter(code=code, archived_at=None).first()
    if found is None:
        raise InvalidItem(_("The competency %(code)s is not on this site.") % {"code": code})
    return found


def _with_kept_media(spec: ItemSpec, files: Mapping[str, bytes]) -> ItemSpec:
    """The spec with the keys of kept files in place of its own."""
    if not spec.media:
        return spec
    kept = set(ItemMedia.objects.filter(token__in=[media.key for media in spec.media]).values_list("token", flat=True))
    renamed: dict[str, str] = {}
    for media in spec.media:
        if media.key in files:
            renamed[media.key] = _kept(files[media.key], name=media.name, type=media.type).token
        elif media.key not in kept:
            raise InvalidItem(_("The file %(name)s is missing.") % {"name": media.name})
    return items.rename_media(spec, renamed)


def _kept(content: bytes, *, name: str, type: str) -> ItemMedia:
    """The row of a file, the one that is here where it is here already."""
    if len(content) > LARGEST_MEDIA:
        raise InvalidItem(_("The file %(name)s is larger than 20 MB.") % {"name": name})
    digest = hashlib.sha256(content).hexdigest()
    media = ItemMedia.objects.filter(sha256=digest, name=name, type=type).order_by("pk").first()
    if media is None:
        media = ItemMedia(name=name, type=type, sha256=digest)
        media.file.save(name, ContentFile(content), save=False)
        media.save()
    return media


def item_spec(item: Item) -> ItemSpec:
    """The item as it reads now, with its catalogue. Raises InvalidItem for an item without content."""
    if item.current_version is None:
        raise InvalidItem(_("This item has no content yet."))
    return items.with_catalogue(
        item.current_version.spec,
        code=item.code,
        name=item.name,
        tags=item.tags,
        category=category_parts(item.category),
        competency=item.competency.code if item.competency else "",
        cognitive_level=item.cognitive_level or None,
        difficulty=item.difficulty or None,
    )


def category_parts(path: str) -> list[str]:
    """The names in a path, in which a slash inside a name is doubled."""
    return [part.replace("\0", "/").strip() for part in path.replace("//", "\0").split("/") if part.strip()]


def copy_item(item: Item, *, code: str) -> Item:
    """Return a new item that says the same under another code. Raises InvalidItem for one without content."""
    spec: Any = items.with_catalogue(item_spec(item), code=code, competency="")
    return write_item(spec, bank=item.bank, competency=item.competency)


def archive_item(item: Item, *, now: datetime | None = None) -> Item:
    """Ask the item no more; attempts that asked it keep it. Archived once, it keeps its first moment."""
    Item.objects.filter(pk=item.pk, archived_at=None).update(archived_at=now or timezone.now())
    item.refresh_from_db()
    return item


def restore_item(item: Item) -> Item:
    """Let an archived item be asked again."""
    Item.objects.filter(pk=item.pk).update(archived_at=None)
    item.refresh_from_db()
    return item


def pin_items(quiz: Quiz, *, only: int | None = None) -> int:
    """Let the quiz keep asking its items as they read now, whatever becomes of them; return how many are new in it.
    `only`: the id of the one QuizItem that is meant."""
    return (
        _rows_of(quiz, only)
        .filter(pinned_version=None)
        .update(pinned_version=Subquery(Item.objects.filter(pk=OuterRef("item")).values("current_version")[:1]))
    )


def unpin_items(quiz: Quiz, *, only: int | None = None) -> int:
    """Let the quiz ask the newest version of every item again, or of the `only` one."""
    return _rows_of(quiz, only).exclude(pinned_version=None).update(pinned_version=None)


def _rows_of(quiz: Quiz, only: int | None) -> QuerySet[QuizItem]:
    rows = QuizItem.objects.filter(quiz=quiz)
    return rows if only is None else rows.filter(pk=only)
