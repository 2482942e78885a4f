"""Errors of quizzes: sentences that a learner can read."""


class QuizError(Exception):
    """Something about a quiz cannot be done; the message says why and what to do."""
