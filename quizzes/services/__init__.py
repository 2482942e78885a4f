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
from quizzes.services.marking import (
    LONGEST_COMMENT,
    LONGEST_REASON,
    answer_again,
    answer_again_by_fields,
    return_answer,
    save_marking,
    take_back_return,
)
from quizzes.services.regrading import apply_regrade, plan_regrade, plan_undo, undo_regrade
from quizzes.services.reopening import reopen_attempt
from quizzes.services.uploads import save_upload, upload_again

__all__ = [
    "LARGEST_REVISION",
    "LONGEST_COMMENT",
    "LONGEST_REASON",
    "answer_again",
    "answer_again_by_fields",
    "apply_regrade",
    "archive_item",
    "category_parts",
    "close_expired_attempts",
    "close_if_over",
    "copy_item",
    "deadline_of",
    "item_spec",
    "pin_items",
    "plan_regrade",
    "plan_undo",
    "reopen_attempt",
    "restore_item",
    "return_answer",
    "save_fields",
    "save_marking",
    "save_response",
    "save_upload",
    "start_attempt",
    "submit_attempt",
    "take_back_return",
    "tries_left",
    "undo_regrade",
    "unpin_items",
    "upload_again",
    "void_attempt",
    "write_item",
]
