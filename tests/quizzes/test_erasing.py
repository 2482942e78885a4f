"""Own words of who is forgotten go, in closed attempts too; what was chosen and the marks stay; nothing else moves."""

from importlib import import_module

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import DatabaseError, connection, transaction

from people import holders
from people.services import erase_person
from quizzes import services
from quizzes.models import Accommodation, AnswerFile, Attempt, Response, ResponseCheck, ResponseEvent
from tests.factories.quizzes import ItemFactory, QuizFactory, keys

pytestmark = pytest.mark.django_db
WORDS = {"text": "I am Rosa from Worcester"}


def attempt_of(person, *, close: bool) -> Attempt:
    """One question with choices, one in own words, both answered."""
    chosen = ItemFactory()
    written = ItemFactory(kind="short_text", answers=[{"text": "listen"}])
    quiz = QuizFactory(items=[chosen, written], behaviour="adaptive")
    attempt = services.start_attempt(person, quiz)
    for row in attempt.attempt_items.select_related("version__item"):
        is_chosen = row.version.item_id == chosen.pk
        services.save_response(
            attempt, row.position, keys(chosen, "right") if is_chosen else WORDS, revision=1
        )  # fmt: skip
        if not is_chosen:  # said before, checked, and said once more
            services.check_response(attempt, row.position)
            services.save_response(attempt, row.position, {"text": "I am from Worcester"}, revision=2)
    return services.submit_attempt(attempt) if close else attempt


@pytest.mark.parametrize("close", [True, False])
def test_own_words_go_and_choices_and_marks_stay(learner, stranger, close):
    own, other = attempt_of(learner, close=close), attempt_of(stranger, close=close)
    Accommodation.objects.create(learner=learner, extra_time_percent=50, reason="Rosa reads slowly")
    marks = Attempt.objects.values_list("marks", flat=True).get(pk=own.pk)

    erase_person(learner.pk)

    values = [row.value for row in Response.objects.filter(attempt_item__attempt=own)]
    assert ({} in values, len([value for value in values if value])) == (True, 1)
    for model in (ResponseEvent, ResponseCheck):
        assert model.objects.get(attempt_item__attempt=own).value == {}
        assert model.objects.get(attempt_item__attempt=other).value == WORDS
    assert Attempt.objects.values_list("marks", flat=True).get(pk=own.pk) == marks
    assert not Accommodation.objects.exists()


@pytest.mark.parametrize("model", [ResponseEvent, ResponseCheck])
@pytest.mark.parametrize("change", [{"value": {"text": "x"}}, {"value": {}, "attempt_item": None}])
def test_database_still_refuses_every_other_change_of_what_was_said_before(learner, model, change):
    attempt_of(learner, close=True)
    change = {name: 0 if value is None else value for name, value in change.items()}

    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.update(**change)

    assert model.objects.get().value == WORDS


@pytest.mark.parametrize(
    "change", [{"value": ["another"]}, {"value": {}, "marks": 0}, {"value": {}, "revision": 9}, {"marks": 1}]
)
def test_database_still_refuses_every_other_change_of_a_closed_answer(learner, change):
    attempt_of(learner, close=True)
    before = list(Response.objects.order_by("pk").values())

    with pytest.raises(DatabaseError), transaction.atomic():
        Response.objects.update(**change)

    assert list(Response.objects.order_by("pk").values()) == before


def test_exceptions_are_written_once_however_often_the_migration_runs(learner):
    migration = import_module("quizzes.migrations.0040_answers_may_be_emptied")

    if connection.vendor == "sqlite":
        assert list(migration.statements(connection)) == []
    with connection.cursor() as cursor:
        for statement in list(migration.statements(connection)):
            cursor.execute(statement)

    attempt_of(learner, close=True)
    with pytest.raises(DatabaseError), transaction.atomic():
        Response.objects.update(value={"text": "x"})
    assert Response.objects.update(value={}) == 2


def test_sent_files_go_with_their_names_and_nothing_else_of_them_changes(
    learner, now, django_capture_on_commit_callbacks
):
    asked = attempt_of(learner, close=True).attempt_items.first()
    path = storages["answers"].save("zz/erase-me", ContentFile(b"Rosa's homework"))
    sent = AnswerFile.objects.create(
        attempt_item=asked, name="Rosa homework.pdf", type="application/pdf", size=15, sha256="0" * 64, path=path,
        sent_at=now,
    )  # fmt: skip
    for wrong in ({"name": "x.pdf"}, {"name": "", "sha256": "1" * 64}, {"path": "x"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            AnswerFile.objects.update(**wrong)
    assert dict(holders._holders["quizzes"].export(learner)[1]) == {
        f"answers/{sent.pk}-Rosa homework.pdf": b"Rosa's homework"
    }

    with django_capture_on_commit_callbacks(execute=True):
        erase_person(learner.pk)

    assert AnswerFile.objects.get().name == ""
    assert not storages["answers"].exists(path)


def test_export_has_what_she_answered(learner):
    attempt_of(learner, close=True)

    data, files = holders._holders["quizzes"].export(learner)

    assert [row["value"] for row in data["quiz_answers"]].count({"text": "I am from Worcester"}) == 1
    assert (len(data["quiz_attempts"]), list(files)) == (1, [])
