"""Two devices, one attempt, any order of acts: the database agrees with a model that fits on a screen.

A thousand interleavings of starting, saving, checking, pausing, sending, voiding, rewriting the item and letting the
time pass. The quiz lets answers be checked as often as it takes (`adaptive`), and the learner is granted breaks.
"""

from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from quizzes import services
from quizzes.errors import (
    AttemptClosed,
    AttemptLimitReached,
    BreakRefused,
    CheckRefused,
    InvalidResponse,
    QuestionClosed,
)
from quizzes.items import WHOLE
from quizzes.models import Accommodation, Attempt, Item, Response, ResponseEvent
from quizzes.timing import GRACE
from tests.factories.people import UserFactory
from tests.factories.quizzes import ItemFactory, QuizFactory, in_both, rewrite

pytestmark = pytest.mark.slow

LIMIT = 3
MINUTES = 30
BREAKS = 5  # minutes
QUESTIONS = 3


class Sitting(RuleBasedStateMachine):
    """The model: for each attempt its state, and for each question the newest revision with its answer."""

    def __init__(self, *, learner, clerk, quiz, items):
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)
        # Objects of its own: what an example writes is taken back at its end, and they must not remember it.
        self.learner, self.clerk, self.quiz = (type(one).objects.get(pk=one.pk) for one in (learner, clerk, quiz))
        self.items = list(Item.objects.filter(pk__in=items).order_by("pk").select_related("bank", "current_version"))
        self.keys = {
            item.pk: [choice["key"] for choice in item.current_version.question["choices"]] for item in self.items
        }
        # attempt id → {"state", "started", "sent", "answers": {position: (revision, key or None)}, "earlier": how many
        # were replaced, "checks": {position: [keys]}, "breaks": seconds that have ended, "break": when it began}
        self.model = {}
        self.rights = {item.pk: self.keys[item.pk][0] for item in self.items}
        self.frozen = {}  # attempt id → {position: right key}

    def teardown(self):
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    # --- The model ------------------------------------------------------------------------------------------------

    @property
    def standing(self):
        return next((pk for pk, one in self.model.items() if one["state"] == "open"), None)

    def ends(self, pk):
        one = self.model[pk]
        running = (self.now - one["break"]).total_seconds() if one["break"] else 0
        stood_still = min(one["breaks"] + running, BREAKS * 60)
        return one["started"] + timedelta(minutes=MINUTES, seconds=stood_still)

    def go_on(self, pk):
        one = self.model[pk]
        if one["break"]:
            one["breaks"] = min(one["breaks"] + (self.now - one["break"]).total_seconds(), BREAKS * 60)
            one["break"] = None

    def is_finished(self, pk, position):
        return self.frozen[pk][position] in self.model[pk]["checks"].get(position, [])

    def close(self, pk):
        self.model[pk] |= {"state": "graded", "sent": min(self.now, self.ends(pk))}

    def is_over(self, pk):
        return self.now > self.ends(pk) + GRACE

    def marks(self, pk):
        one = self.model[pk]
        total = 0
        for position, (_rev, key) in one["answers"].items():
            checked = one["checks"].get(position, [])
            tries = checked if checked and checked[-1] == key else [*checked, key]
            rights = [before for before, tried in enumerate(tries) if tried == self.frozen[pk][position]]
            if rights:
                total += max(100 - 25 * rights[0], 0)
        return total

    # --- What people do -------------------------------------------------------------------------------------------

    @rule()
    def start(self):
        if self.standing is not None and self.is_over(self.standing):
            self.close(self.standing)
        used = sum(one["state"] == "graded" for one in self.model.values())
        if self.standing is None and used >= LIMIT:
            with pytest.raises(AttemptLimitReached):
                services.start_attempt(self.learner, self.quiz, now=self.now)
            return
        attempt = services.start_attempt(self.learner, self.quiz, now=self.now)
        if self.standing is not None:
            assert attempt.pk == self.standing
            return
        self.model[attempt.pk] = {
            "state": "open",
            "started": self.now,
            "sent": None,
            "answers": {},
            "earlier": 0,
            "checks": {},
            "breaks": 0,
            "break": None,
        }
        self.frozen[attempt.pk] = {
            row.position: self.rights[row.version.item_id] for row in attempt.attempt_items.select_related("version")
        }

    @precondition(lambda self: self.model)
    @rule(
        data=st.data(),
        position=st.integers(1, QUESTIONS),
        revision=st.integers(1, 6),
        choice=st.sampled_from([0, 1, None]),
    )
    def save(self, data, position, revision, choice):
        pk = data.draw(st.sampled_from(sorted(self.model)))
        attempt = Attempt.objects.get(pk=pk)
        row = attempt.attempt_items.select_related("version").get(position=position)
        key = None if choice is None else self.keys[row.version.item_id][choice]
        value = [key] if key else []
        one = self.model[pk]
        if one["state"] == "open" and self.is_over(pk):
            self.close(pk)
        if one["state"] != "open":
            with pytest.raises(AttemptClosed):
                services.save_response(attempt, position, value, revision=revision, now=self.now)
            return
        stood = one["answers"].get(position, (0, None))[0]
        if self.is_finished(pk, position) and revision > stood:
            with pytest.raises(QuestionClosed):
                services.save_response(attempt, position, value, revision=revision, now=self.now)
            return
        kept = services.save_response(attempt, position, value, revision=revision, now=self.now)
        self.go_on(pk)
        if revision > stood:
            one["answers"][position] = (revision, key)
            one["earlier"] += stood > 0
        assert (kept.revision, kept.value) == (
            one["answers"][position][0],
            [one["answers"][position][1]] if one["answers"][position][1] else [],
        )

    @precondition(lambda self: self.model)
    @rule(data=st.data(), position=st.integers(1, QUESTIONS))
    def check(self, data, position):
        pk = data.draw(st.sampled_from(sorted(self.model)))
        attempt = Attempt.objects.get(pk=pk)
        one = self.model[pk]
        if one["state"] == "open" and self.is_over(pk):
            self.close(pk)
        if one["state"] != "open":
            with pytest.raises(AttemptClosed):
                services.check_response(attempt, position, now=self.now)
            return
        checked = one["checks"].get(position, [])
        key = one["answers"].get(position, (0, None))[1]
        if not self.is_finished(pk, position) and key is None and not (checked and checked[-1] is None):
            with pytest.raises(CheckRefused):
                services.check_response(attempt, position, now=self.now)
            return
        state = services.check_response(attempt, position, now=self.now)
        if not self.is_finished(pk, position) and not (checked and checked[-1] == key):
            one["checks"][position] = [*checked, key]
            self.go_on(pk)
        assert state.is_finished is self.is_finished(pk, position)
        assert state.checks == len(one["checks"][position])

    @precondition(lambda self: self.standing is not None)
    @rule()
    def pause(self):
        one = self.model[self.standing]
        attempt = Attempt.objects.get(pk=self.standing)
        if one["break"] is None and one["breaks"] >= BREAKS * 60:
            with pytest.raises(BreakRefused):
                services.start_break(attempt, now=self.now)
            return
        services.start_break(attempt, now=self.now)
        one["break"] = one["break"] or self.now

    @precondition(lambda self: self.standing is not None)
    @rule()
    def come_back(self):
        services.end_break(Attempt.objects.get(pk=self.standing), now=self.now)
        self.go_on(self.standing)

    @precondition(lambda self: self.standing is not None)
    @rule(position=st.integers(1, QUESTIONS))
    def save_nonsense(self, position):
        if self.is_over(self.standing):
            return
        with pytest.raises(InvalidResponse):
            services.save_response(
                Attempt.objects.get(pk=self.standing), position, ["nobody"], revision=9, now=self.now
            )

    @precondition(lambda self: self.model)
    @rule(data=st.data())
    def send(self, data):
        pk = data.draw(st.sampled_from(sorted(self.model)))
        attempt = Attempt.objects.get(pk=pk)
        if self.model[pk]["state"] == "voided":
            with pytest.raises(AttemptClosed):
                services.submit_attempt(attempt, now=self.now)
            return
        services.submit_attempt(attempt, now=self.now)
        if self.model[pk]["state"] == "open":
            self.close(pk)

    @precondition(lambda self: self.model)
    @rule(data=st.data())
    def void(self, data):
        pk = data.draw(st.sampled_from(sorted(self.model)))
        services.void_attempt(Attempt.objects.get(pk=pk), actor=self.clerk, reason="Power cut", now=self.now)
        self.model[pk]["state"] = "voided"

    @rule(at=st.integers(0, QUESTIONS - 1))
    def rewrite_item(self, at):
        """The author turns right and wrong around: nobody's attempt may notice."""
        item = self.items[at]
        item.refresh_from_db()
        right, other = self.keys[item.pk]
        self.rights[item.pk] = other if self.rights[item.pk] == right else right
        choices = [
            {"key": key, "text": in_both(key), "weight": WHOLE if key == self.rights[item.pk] else 0}
            for key in (right, other)
        ]
        rewrite(item, choices=choices)

    @rule(seconds=st.sampled_from([1, 600, MINUTES * 60, MINUTES * 60 + 31]))
    def wait(self, seconds):
        self.now += timedelta(seconds=seconds)

    @rule()
    def sweep(self):
        services.close_expired_attempts(now=self.now)
        if self.standing is not None and self.is_over(self.standing):
            self.close(self.standing)

    # --- What must hold -------------------------------------------------------------------------------------------

    @invariant()
    def the_database_agrees(self):
        attempts = Attempt.objects.filter(learner=self.learner)
        answers, earlier = {pk: {} for pk in self.model}, Counter()
        if self.model:
            events = ResponseEvent.objects.filter(attempt_item__attempt__in=self.model)
            earlier.update(events.values_list("attempt_item__attempt", flat=True))
            kept = Response.objects.filter(attempt_item__attempt__in=self.model)
            for pk, position, revision, value in kept.values_list(
                "attempt_item__attempt", "attempt_item__position", "revision", "value"
            ):
                answers[pk][position] = (revision, (value or [None])[0])
        found = {
            pk: (state, sent, breaks, marks, earlier[pk], answers[pk])
            for pk, state, sent, breaks, marks in attempts.values_list(
                "pk", "state", "submitted_at", "break_seconds", "marks"
            )
        }
        assert found == {
            pk: (
                one["state"],
                one["sent"],
                one["breaks"],
                None if one["sent"] is None else self.marks(pk),
                one["earlier"],
                one["answers"],
            )
            for pk, one in self.model.items()
        }


def test_a_thousand_interleavings_agree_with_the_model(db):
    items = [ItemFactory(choices=[("right", True), ("wrong", False)], penalty=WHOLE // 4) for _ in range(QUESTIONS)]
    quiz = QuizFactory(items=items, attempt_limit=LIMIT, time_limit_minutes=MINUTES, behaviour="adaptive")
    learner, clerk = UserFactory(), UserFactory()
    Accommodation.objects.create(learner=learner, breaks_minutes=BREAKS)

    run_state_machine_as_test(
        partial(Sitting, learner=learner, clerk=clerk, quiz=quiz, items=[item.pk for item in items]),
        settings=settings(
            max_examples=1_000, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
