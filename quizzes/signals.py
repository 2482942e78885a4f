"""Doorbells of quizzes. Payload: one id. Rung after commit only; the row is the letter."""

from django.dispatch import Signal

attempt_graded = Signal()  # attempt_id: int
attempt_voided = Signal()  # attempt_id: int
attempt_reopened = Signal()  # attempt_id: int, of the new attempt
