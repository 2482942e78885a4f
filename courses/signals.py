"""Doorbells of courses. Payload: one id. Rung after commit only; the row is the letter."""

from django.dispatch import Signal

course_completed = Signal()  # completion_id: int
completion_reversed = Signal()  # completion_id: int
