"""The pen of files that learners send as answers. A file that is refused is not kept, and neither are those with it."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from quizzes.errors import InvalidUpload
from quizzes.formats.answers import ENDINGS, answer_type, picture_alone
from quizzes.formats.media import safe_name
from quizzes.models import AnswerFile, Attempt, AttemptItem, Response
from quizzes.services import answering, attempts, marking

MEGABYTE = 1_000_000
WANTED = {
    "image": gettext_lazy("This question takes a picture: JPEG, PNG, WebP or GIF."),
    "audio": gettext_lazy("This question takes a recording: MP3, M4A, OGG, WAV, WebM, AAC, AMR, 3GP or FLAC."),
    "document": gettext_lazy("This question takes a document: PDF, Word (.docx) or OpenDocument (.odt)."),
}


def save_upload(
    attempt: Attempt,
    position: int,
    *,
    keep: Sequence[str] = (),
    files: Sequence[UploadedFile] = (),
    now: datetime | None = None,
) -> Response:
    """Keep files as the answer to the question at `position`, besides those sent before whose tokens are in `keep`.

    Where only one file is asked for, a new one takes the place of the one before; no file is ever removed, the answer
    only says which count. Raises InvalidUpload, InvalidResponse and AttemptClosed; then nothing was stored.
    """
    now = now or timezone.now()
    attempts.close_if_over(attempt, now=now)
    stored: list[AnswerFile] = []
    try:
        with transaction.atomic():
            locked = Attempt.objects.select_for_update(of=("self",)).get(pk=attempt.pk)
            row = AttemptItem.objects.filter(attempt=locked, position=position).select_related("version").first()
            if row is None:
                raise InvalidUpload(_("This quiz has no question with that number."))
            if not locked.is_open:
                raise attempts.closed(locked)
            value = _value(row, keep, files, now, stored)
            before = Response.objects.filter(attempt_item=row).values_list("revision", flat=True).first() or 0
            return answering.save_response(attempt, position, value, revision=before + 1, now=now)
    except BaseException:
        _forget(stored)
        raise


def upload_again(
    attempt: Attempt,
    position: int,
    *,
    keep: Sequence[str] = (),
    files: Sequence[UploadedFile] = (),
    now: datetime | None = None,
) -> Response:
    """`save_upload` for an answer that was returned for revision."""
    now = now or timezone.now()
    stored: list[AnswerFile] = []
    try:
        return marking.answer_again(attempt, position, lambda row: _value(row, keep, files, now, stored), now=now)
    except BaseException:
        _forget(stored)
        raise


def _forget(stored: list[AnswerFile]) -> None:
    """The rows went with their transaction; their files go here."""
    for answer in stored:
        storages["answers"].delete(answer.path)


def _value(
    row: AttemptItem, keep: Sequence[str], files: Sequence[UploadedFile], now: datetime, stored: list[AnswerFile]
) -> dict[str, Any]:
    question = row.version.question
    if question["kind"] != "upload":
        raise InvalidUpload(_("This question takes no file."))
    known = list(AnswerFile.objects.filter(attempt_item=row, token__in=list(keep)).values_list("token", flat=True))
    if files and question["max_files"] == 1:
        known = []
    if len(known) + len(files) > question["max_files"]:
        raise InvalidUpload(
            ngettext(
                "This question takes one file only.",
                "This question takes at most %(count)s files. Please untick one that you sent before.",
                question["max_files"],
            )
            % {"count": question["max_files"]}
        )
    checked = [(file, *_checked(file, question)) for file in files]
    for file, content, type in checked:
        answer = AnswerFile(
            attempt_item=row,
            name=_name(file.name or "", type),
            type=type,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            sent_at=now,
        )
        # Two letters of folder, so that no folder grows without end.
        answer.path = storages["answers"].save(f"{answer.token[1:3]}/{answer.token}", ContentFile(content))
        stored.append(answer)
        answer.save()
    tokens = [*known, *(answer.token for answer in stored)]
    return {"files": tokens} if tokens else {}


def _checked(file: UploadedFile, question: dict[str, Any]) -> tuple[bytes, str]:
    """The bytes of a file and what they are. Raises InvalidUpload."""
    name = {"name": file.name}
    if (file.size or 0) > question["max_megabytes"] * MEGABYTE:
        raise InvalidUpload(
            _("“%(name)s” is too large: this question takes files up to %(limit)s MB. Nothing was kept.")
            % (name | {"limit": question["max_megabytes"]})
        )
    content = file.read()
    if not content:
        raise InvalidUpload(_("“%(name)s” is empty. Please choose the file again.") % name)
    type = answer_type(content, question["accept"])
    if type is not None and question["accept"] == "image":
        alone = picture_alone(content, type)
        content, type = (content, None) if alone is None else (alone, type)
    if type is None:
        raise InvalidUpload(
            _("“%(name)s” is not what its name says, or of a kind that cannot be taken. %(wanted)s Nothing was kept.")
            % (name | {"wanted": WANTED[question["accept"]]})
        )
    return content, type


def _name(name: str, type: str) -> str:
    """The name to show and to save under: without folders, with the ending that fits the bytes."""
    stem = PurePosixPath(safe_name(name, "application/pdf")).stem
    return f"{stem[:200]}{ENDINGS[type]}"
