"""What quizzes keeps about a person, for `people.holders`.

Free words are emptied, in closed attempts too: the triggers let an answer become empty and nothing else. What was
chosen, and the marks, stay without a name: they show how hours were earned.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.core.files.storage import storages
from django.db.models import Q
from django.utils.translation import gettext as _

from people.holders import Holding, rows
from people.models import User
from quizzes.models import (
    Accommodation,
    AnswerFile,
    AnswerReturn,
    Attempt,
    Item,
    Response,
    ResponseCheck,
    ResponseEvent,
)

IN_OWN_WORDS = (Item.Kind.SHORT_TEXT, Item.Kind.CLOZE, Item.Kind.ESSAY, Item.Kind.UPLOAD)


class QuizzesHolder:
    """Attempts and answers; extra time and why."""

    def holdings(self, person: User, today: date) -> Sequence[Holding]:
        found = []
        if self._in_own_words(person).exists() or self._files(person).exists():
            found.append(Holding(_("What you wrote in your own words in quizzes, and the files that you sent")))
        if Accommodation.objects.filter(learner=person).exists():
            found.append(Holding(_("The extra time that you were given, and why")))
        if Attempt.objects.filter(learner=person).exists():
            found.append(
                Holding(
                    _("Which answers you chose in quizzes, and your marks, without your name"),
                    stays=True,
                    why=_("They show how the hours were earned."),
                )
            )
        return found

    def erase(self, person: User, now: datetime) -> None:
        Accommodation.objects.filter(learner=person).delete()
        self._in_own_words(person).update(value={})
        AnswerReturn.objects.filter(task__attempt_item__attempt__learner=person).exclude(earlier_value={}).update(
            earlier_value={}
        )
        for earlier in (ResponseEvent, ResponseCheck):
            earlier.objects.filter(self._own_words(person)).exclude(value={}).update(value={})
        self._files(person).exclude(name="").update(name="")

    def clean(self, person: User) -> None:
        for path in self._files(person).values_list("path", flat=True):
            storages["answers"].delete(path)

    def export(self, person: User) -> tuple[dict[str, Any], Iterable[tuple[str, bytes]]]:
        answers = Response.objects.filter(attempt_item__attempt__learner=person)
        return {
            "quiz_attempts": rows(
                Attempt.objects.filter(learner=person).order_by("pk"),
                "public_id", "quiz__code", "number", "state", "started_at", "submitted_at", "marks", "max_marks",
                "is_passed",
            ),
            "quiz_answers": rows(
                answers.order_by("attempt_item__attempt", "attempt_item__position"),
                "attempt_item__attempt__public_id", "attempt_item__position", "attempt_item__version__item__code",
                "value", "marks", "saved_at",
            ),
            "extra_time": rows(
                Accommodation.objects.filter(learner=person), "extra_time_percent", "is_untimed", "reason"
            ),
        }, self._sent(person)  # fmt: skip

    def _files(self, person: User):
        return AnswerFile.objects.filter(attempt_item__attempt__learner=person)

    def _sent(self, person: User) -> Iterable[tuple[str, bytes]]:
        for answer in self._files(person).order_by("pk"):
            with answer.open() as file:
                yield f"answers/{answer.pk}-{answer.name.replace('/', '_')}", file.read()

    def _own_words(self, person: User) -> Q:
        return Q(attempt_item__attempt__learner=person, attempt_item__version__item__kind__in=IN_OWN_WORDS)

    def _in_own_words(self, person: User):
        return Response.objects.filter(self._own_words(person)).exclude(value={})
