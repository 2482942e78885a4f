"""The only pens of quizzes: of attempts, and of the items that they ask."""

from quizzes.services.attempts import (
    LARGEST_REVISION,
    close_expired_attempts,
    close_if_over,
    deadline_of,
    save_fields,
    save_response,
    start_attempt,
    submit_attempt,
    tries_left,
    void_attempt,
)
from quizzes.services.bulk import ItemChanges, change_items, fingerprint, undo_change
from quizzes.services.items import (
    archive_item,
    category_parts,
    copy_item,
    item_spec,
    pin_items,
    restore_item,
    unpin_items,
    write_item,
)
from quizzes.services.tallies import tally_attempts

__all__ = [
    "LARGEST_REVISION",
    "ItemChanges",
    "archive_item",
    "category_parts",
    "change_items",
    "close_expired_attempts",
    "close_if_over",
    "copy_item",
    "deadline_of",
    "fingerprint",
    "item_spec",
    "pin_items",
    "restore_item",
    "save_fields",
    "save_response",
    "start_attempt",
    "submit_attempt",
    "tally_attempts",
    "tries_left",
    "undo_change",
    "unpin_items",
    "void_attempt",
    "write_item",
]
