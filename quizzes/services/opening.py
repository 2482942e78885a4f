"""What is said before the first question. Reads."""

from collections.abc import Iterator
from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people.models import User
from quizzes import behaviours
from quizzes.data import Opening, OpeningSection, ShownQuestion
from quizzes.models import Accommodation, Attempt, ItemVersion, Quiz
from quizzes.reports import preview_of, shown
from quizzes.services.attempts import tries_left
from quizzes.services.composing import compose
from quizzes.timing import minutes_allowed


def opening_of(quiz: Quiz, learner: User | None, *, language: str) -> Opening | None:
    """What the learner should know before she starts; None where there is nothing to say, where she goes on with an
    attempt that runs, and where she has no try left. Without a learner: what anybody is told."""
    left = quiz.attempt_limit
    if learner is not None:
        left = tries_left(learner, quiz)
        under_way = [Attempt.State.OPEN, Attempt.State.SUBMITTED]
        running = Attempt.objects.filter(learner=learner, quiz=quiz, state__in=under_way)
        if left == 0 or running.exists():
            return None
    sections = [
        OpeningSection(shown(section.title, language), section.pass_mark_percent)
        for section in quiz.sections.order_by("sort_order", "pk")
        if section.title
    ]
    opening = Opening(
        title=shown(quiz.title, language),
        lines=tuple(_lines(quiz, learner, left)),
        sections=tuple(sections),
        aids=shown(quiz.aids_statement, language),
        honesty=shown(quiz.honesty_statement, language),
    )
    return opening if opening.says_anything else None


def _lines(quiz: Quiz, learner: User | None, left: int | None) -> Iterator[str]:
    yield from _lines_of_time(quiz, learner)
    if left is not None:
        yield ngettext("You have one try.", "You have %(count)s tries left.", left) % {"count": left}
    if left is None and quiz.counting == Quiz.Counting.LATEST:
        yield _("You can try again as often as you like. The latest try counts.")
    elif quiz.counting == Quiz.Counting.LATEST:
        yield _("The latest try counts.")
    elif quiz.counting == Quiz.Counting.FIRST and left != 1:
        yield _("Your first try counts. Later ones are for practice.")
    if quiz.navigation == Quiz.Navigation.SEQUENTIAL:
        yield _("The questions come one after another. You cannot go back, and you need a connection to go on.")
    if quiz.navigation == Quiz.Navigation.PAGE:
        yield _("All questions are on one page. Each answer is kept as you give it.")
    says = {
        behaviours.IMMEDIATE: _("You can check each answer once, and see at once how it went."),
        behaviours.SEVERAL_TRIES: _("You can check each answer. If it is wrong, you may get a hint and another try."),
        behaviours.ADAPTIVE: _("You can check each answer, and try again until it is right. Wrong tries cost points."),
        behaviours.CERTAINTY: _(
            "With each answer you say how sure you are. The surer you are, the more you earn when it is right, and the "
            "more you lose when it is wrong."
        ),
    }
    if quiz.behaviour in says:
        yield says[quiz.behaviour]


def _lines_of_time(quiz: Quiz, learner: User | None) -> Iterator[str]:
    if quiz.time_limit_minutes is None:
        return
    granted = (learner and Accommodation.objects.filter(learner=learner).first()) or Accommodation()
    if granted.is_untimed:
        yield _("There is no time limit for you.")
        return
    minutes = minutes_allowed(quiz.time_limit_minutes, granted.extra_time_percent)
    yield ngettext(
        "You have one minute from the start. What you have answered by then is sent by itself.",
        "You have %(count)s minutes from the start. What you have answered by then is sent by itself.",
        minutes,
    ) % {"count": minutes}
    if granted.breaks_minutes:
        yield ngettext(
            "You may stop the clock for breaks: one minute in all.",
            "You may stop the clock for breaks: %(count)s minutes in all.",
            granted.breaks_minutes,
        ) % {"count": granted.breaks_minutes}


def preview_quiz(quiz: Quiz, *, language: str, media_url: str) -> list[ShownQuestion]:
    """The questions of one draw as a learner would get them; nothing is kept. Raises QuizEmpty."""
    asked = [one for part in compose(quiz, seed=quiz.pk) for one in part.asked]
    versions = ItemVersion.objects.select_related("item__current_version").in_bulk([one.version_id for one in asked])
    shown_items = []
    for position, one in enumerate(asked, start=1):
        item = versions[one.version_id].item
        item.current_version = versions[one.version_id]
        question = preview_of(item, language=language, media_url=media_url)
        if question is not None:
            shown_items.append(replace(question, position=position, total=len(asked)))
    return shown_items
