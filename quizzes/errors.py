"""Errors of quizzes: sentences that a learner can read."""


class QuizError(Exception):
    """Something about a quiz cannot be done; the message says why and what to do."""


class QuizEmpty(QuizError):
    """The quiz has no question to ask."""


class AttemptLimitReached(QuizError):
    """Every try that the quiz allows was used."""


class QuizNotOpen(QuizError):
    """The quiz cannot be started yet, or no more."""


class AttemptClosed(QuizError):
    """The attempt takes no more answers: it was sent, or a named person voided it."""


class QuestionClosed(QuizError):
    """The question takes no more answers: it was checked for good, or left behind."""


class CheckRefused(QuizError):
    """The answer cannot be checked."""


class PromiseMissing(QuizError):
    """The promise was not ticked in the words that it has now."""


class AnswersMissing(QuizError):
    """More answers are missing than the learner was shown when she sent them."""


class BreakRefused(QuizError):
    """There is no break to take."""


class AttemptWaits(QuizError):
    """A try that was sent waits for a person: the next one cannot be started yet."""


class InvalidResponse(QuizError):
    """The answer does not fit what was asked."""


class InvalidItem(QuizError):
    """The item cannot be written as it is."""


class VoidReasonMissing(QuizError):
    """An attempt is voided for a stated reason only."""


class InvalidMarking(QuizError):
    """A mark does not fit the question, or this person may not give it."""


class AnswerMoved(QuizError):
    """Somebody else marked, returned or changed the answer meanwhile."""


class InvalidRegrade(QuizError):
    """Attempts cannot be graded again in this way."""


class InvalidUpload(QuizError):
    """A file cannot be taken as an answer."""


class ReopenRefused(QuizError):
    """The attempt cannot be given back to its learner."""


class GradingRefused(QuizError):
    """A file for grading cannot be used; `lines` say why, one a fault."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


class ItemFileError(QuizError):
    """A file of items cannot be read at all. `line` is where, 0 where no line can be named."""

    def __init__(self, reason: str, *, line: int = 0) -> None:
        super().__init__(reason)
        self.line = line
