"""The only pens of quizzes: of attempts, and of the items that they ask."""

from quizzes.reports import marks_are_told
from quizzes.services.answering import LARGEST_REVISION, Sending, save_fields, save_response
from quizzes.services.attempts import (
    OwnAttempt,
    close_expired_attempts,
    close_if_over,
    deadline_of,
    start_attempt,
    submit_attempt,
    tries_left,
    void_attempt,
)
from quizzes.services.bulk import ItemChanges, change_items, fingerprint, undo_change
from quizzes.services.checking import check_response
from quizzes.services.composing import compose, deal, pool_of, suiting
from quizzes.services.going import counting_of, earns, go_on, promise_hash, ran_out, seconds_left, send_attempt
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
from quizzes.services.opening import opening_of, preview_quiz
from quizzes.services.pausing import break_seconds_left, end_break, start_break
from quizzes.services.regrading import apply_regrade, plan_regrade, plan_undo, undo_regrade
from quizzes.services.reopening import reopen_attempt
from quizzes.services.tallies import tally_attempts
from quizzes.services.together import SentAnswer, save_together
from quizzes.services.uploads import save_upload, upload_again

__all__ = [
    "LARGEST_REVISION",
    "LONGEST_COMMENT",
    "LONGEST_REASON",
    "ItemChanges",
    "OwnAttempt",
    "Sending",
    "SentAnswer",
    "answer_again",
    "answer_again_by_fields",
    "apply_regrade",
    "archive_item",
    "break_seconds_left",
    "category_parts",
    "change_items",
    "check_response",
    "close_expired_attempts",
    "close_if_over",
    "compose",
    "copy_item",
    "counting_of",
    "deadline_of",
    "deal",
    "earns",
    "end_break",
    "fingerprint",
    "go_on",
    "item_spec",
    "marks_are_told",
    "opening_of",
    "pin_items",
    "plan_regrade",
    "plan_undo",
    "pool_of",
    "preview_quiz",
    "promise_hash",
    "ran_out",
    "reopen_attempt",
    "restore_item",
    "return_answer",
    "save_fields",
    "save_marking",
    "save_response",
    "save_together",
    "save_upload",
    "seconds_left",
    "send_attempt",
    "start_attempt",
    "start_break",
    "submit_attempt",
    "suiting",
    "take_back_return",
    "tally_attempts",
    "tries_left",
    "undo_change",
    "undo_regrade",
    "unpin_items",
    "upload_again",
    "void_attempt",
    "write_item",
]
