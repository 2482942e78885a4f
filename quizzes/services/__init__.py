"""The only pens of quizzes: of attempts, and of the items that they ask."""

from quizzes.services.attempts import (
    LARGEST_REVISION,
    save_fields,
    save_response,
    start_attempt,
    submit_attempt,
    tries_left,
    void_attempt,
)
from quizzes.services.items import archive_item, category_parts, copy_item, item_spec, restore_item, write_item

__all__ = [
    "LARGEST_REVISION",
    "archive_item",
    "category_parts",
    "copy_item",
    "item_spec",
    "restore_item",
    "save_fields",
    "save_response",
    "start_attempt",
    "submit_attempt",
    "tries_left",
    "void_attempt",
    "write_item",
]
