"""Errors of quizzes: sentences that a learner can read."""


class QuizError(Exception):
    """Something about a quiz cannot be done; the message says why and what to do."""


class QuizEmpty(QuizError):
    """The quiz has no question to ask."""


class AttemptLimitReached(QuizError):
    """Every try that the quiz allows was used."""


class AttemptClosed(QuizError):
    """The attempt takes no more answers: it was sent, or a named person voided it."""


class InvalidResponse(QuizError):
    """The answer does not fit what was asked."""


class VoidReasonMissing(QuizError):
    """An attempt is voided for a stated reason only."""


class ItemFileError(QuizError):
    """A file of items cannot be read at all. `line` is where, 0 where no line can be named."""

    def __init__(self, reason: str, *, line: int = 0) -> None:
        super().__init__(reason)
        self.line = line
