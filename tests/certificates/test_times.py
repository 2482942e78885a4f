"""Measured, awarded, attended: three facts side by side, none of which becomes or overwrites another."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse

from certificates.errors import AlreadyDecided, InvalidAdjustment, NotAllowed
from certificates.models import Attendance, LedgerEntry
from certificates.services import correct_attendance, credit_completion, record_attendance
from certificates.times import times_by_enrollment, times_of
from courses.models import MeasuredTime
from tests.factories.certificates import completion_with_shares
from tests.factories.people import UserFactory, make_support, make_trainer

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 14)


@pytest.fixture
def trainer():
    return make_trainer(email="t@example.org", printed_name="Tomás Trainer")


def attended(learner, trainer, minutes=90, **fields) -> Attendance:
    return record_attendance(
        learner, **{"title": "Role play evening", "held_on": DAY, "minutes": minutes, "actor": trainer} | fields
    )


def figures(learner) -> list[tuple[str, int, int, int]]:
    return [(each.title, each.awarded, each.measured, each.attended) for each in times_of(learner)]


def test_three_facts_stand_side_by_side_and_none_changes_another(completion, issuer, learner, trainer, now):
    credit_completion(completion.pk, now=now)
    before = list(LedgerEntry.objects.values())

    attended(learner, trainer, course_key=completion.course_key)
    MeasuredTime.objects.create(
        enrollment=completion.enrollment, lesson_key=uuid4(), seconds=41 * 60 + 59, last_seen_at=now
    )

    assert figures(learner) == [("Compassion resilience", 150, 41, 90)]
    assert list(LedgerEntry.objects.values()) == before
    assert [(line.kind, line.minutes) for line in times_of(learner)[0].lines] == [("awarded", 150), ("attended", 90)]
    (row,) = times_by_enrollment()
    assert (row.awarded_minutes, row.measured_seconds // 60, row.attended_minutes) == (150, 41, 90)


def test_every_figure_is_the_sum_of_its_entries(completion, issuer, learner, trainer, now):
    credit_completion(completion.pk, now=now)
    attended(learner, trainer)
    taken_back = attended(learner, trainer, minutes=30)
    correct_attendance(taken_back, reason="Somebody else's.", actor=trainer)

    for each in times_of(learner):
        for kind, total in (("awarded", each.awarded), ("attended", each.attended)):
            assert sum(line.minutes for line in each.lines if line.kind == kind) == total
    assert figures(learner) == [("Compassion resilience", 150, 0, 0), ("Role play evening", 0, 0, 90)]


# --- Attendance ---------------------------------------------------------------------------------------------------


def test_attendance_is_entered_by_somebody_else_who_may(learner, stranger, trainer, now):
    for actor, person in ((stranger, learner), (trainer, trainer)):
        with pytest.raises(NotAllowed):
            attended(person, actor)
    for wrong in ({"title": " "}, {"minutes": 0}, {"minutes": 1441}):
        with pytest.raises(InvalidAdjustment):
            attended(learner, trainer, **wrong)
    with pytest.raises(InvalidAdjustment, match="still to come"):
        attended(learner, trainer, held_on=now.date() + timedelta(days=1), now=now)

    assert Attendance.objects.count() == 0


def test_attendance_is_taken_back_once_for_a_reason(learner, stranger, trainer):
    row = attended(learner, trainer)
    with pytest.raises(NotAllowed):
        correct_attendance(row, reason="x", actor=stranger)
    with pytest.raises(InvalidAdjustment):
        correct_attendance(row, reason=" ", actor=trainer)

    back = correct_attendance(row, reason="Wrong person.", actor=trainer)

    with pytest.raises(AlreadyDecided):
        correct_attendance(row, reason="Again.", actor=trainer)
    with pytest.raises(InvalidAdjustment):
        correct_attendance(back, reason="Back again.", actor=trainer)
    assert list(Attendance.objects.order_by("pk").values_list("minutes", flat=True)) == [90, -90]


def test_database_refuses_to_change_attendance(learner, trainer):
    row = attended(learner, trainer)

    for act in (lambda: Attendance.objects.update(minutes=9), lambda: Attendance.objects.all()._raw_delete("default")):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    for wrong in ({"minutes": -9}, {"minutes": 1441}, {"entered_by": learner}, {"minutes": -90, "corrects": row}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Attendance.objects.create(
                **{"learner": learner, "title": "x", "held_on": DAY, "minutes": 90, "entered_by": trainer} | wrong
            )
    assert Attendance.objects.get().minutes == 90


# --- Screens ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_report_of_times_asks_the_same_for_one_and_three(client, issuer, django_assert_num_queries, count):
    for number in range(count):
        credit_completion(completion_with_shares(UserFactory(printed_name=f"Ana {number}")).pk)
    client.force_login(make_trainer())
    client.get(reverse("times_report"))

    with django_assert_num_queries(11):
        text = client.get(reverse("times_report")).content.decode()

    assert all(f"Ana {number}" in text for number in range(count))
    assert text.count("2 hours 30 minutes") == count


def test_report_comes_as_a_table(client, completion, issuer, now):
    credit_completion(completion.pk, now=now)
    client.force_login(make_trainer())

    table = b"".join(client.get(reverse("times_report"), {"export": "csv"}).streaming_content).decode()

    assert table.splitlines()[1].startswith("Rosa María Núñez,")
    assert table.splitlines()[1].endswith(",150,0,0")


def test_learner_sees_her_three_figures_with_their_entries(client, completion, issuer, learner, trainer, now):
    credit_completion(completion.pk, now=now)
    attended(learner, trainer, course_key=completion.course_key)
    client.force_login(learner)

    text = client.get("/en/path/hours/").content.decode()

    assert "Three kinds of time" in text
    assert "1 hour 30 minutes" in text
    assert "Role play evening" in text


def test_trainer_enters_and_takes_back_at_the_desk(client, learner, trainer):
    client.force_login(trainer)
    data = {"email": "rosa@example.org", "title": "Role play", "course_key": "", "held_on": "2026-03-14", "minutes": 60}

    client.post(reverse("attendance:add"), data)
    row = Attendance.objects.get()
    assert (row.learner, row.entered_by, row.minutes) == (learner, trainer, 60)
    client.post(reverse("attendance:edit", args=[row.pk]), {"why": ""})
    client.post(reverse("attendance:edit", args=[row.pk]), {"why": "Wrong person."})
    client.post(reverse("attendance:edit", args=[row.pk]), {"why": "Again."})

    assert list(Attendance.objects.order_by("pk").values_list("minutes", "reason")) == [
        (60, ""), (-60, "Wrong person."),
    ]  # fmt: skip
    assert "Wrong person." in client.get(reverse("attendance:index")).content.decode()


def test_desk_is_closed_to_who_may_not(client, learner, stranger, trainer):
    row = attended(learner, trainer)
    data = {"email": "rosa@example.org", "title": "x", "held_on": "2026-03-14", "minutes": 60, "why": "x"}
    for person in (stranger, make_support()):
        client.force_login(person)
        for name, args in (("attendance:add", []), ("attendance:edit", [row.pk]), ("attendance:delete", [row.pk])):
            client.post(reverse(name, args=args), data)

    assert Attendance.objects.count() == 1
