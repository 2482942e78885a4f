"""Files of items that wait for a person's yes. One each: a new one takes the place of an earlier one.

They are kept where other files are, under a name that nobody can guess, and never served.
"""

import json
from dataclasses import asdict, dataclass

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.crypto import salted_hmac

from people.models import User


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file with what its person said of it. `bank` is a code or a name."""

    file_name: str
    format: str
    bank: str
    language: str


def _place(person: User) -> str:
    return f"quiz-uploads/{salted_hmac('quizzes.item_uploads', str(person.pk), algorithm='sha256').hexdigest()}"


def keep_upload(person: User, upload: Upload, content: bytes) -> None:
    """Keep a file until its person confirms it."""
    drop_upload(person)
    head = json.dumps(asdict(upload)).encode()
    default_storage.save(_place(person), ContentFile(head + b"\n" + content))


def upload_of(person: User) -> tuple[Upload, bytes] | None:
    """The file that waits for this person's yes, and its bytes."""
    try:
        with default_storage.open(_place(person), "rb") as opened:
            head, _line, content = opened.read().partition(b"\n")
    except FileNotFoundError:
        return None
    return Upload(**json.loads(head)), content


def drop_upload(person: User) -> None:
    """Throw away the file that waits. Twice is once."""
    default_storage.delete(_place(person))
