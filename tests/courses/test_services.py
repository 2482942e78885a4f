"""What learners' acts write: each called twice, each refusal in words, every doorbell rung after commit."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import call_command

from courses import services
from courses.errors import CourseUnknown, LessonLocked, NoQuiz, NotEnrolled, QuizDecides
from courses.models import CompletionShare, CourseCompletion, Enrollment, LessonAttempt, LessonCompletion, Place
from courses.signals import completion_reversed, course_completed
from quizzes.items import right_response
from quizzes.models import Attempt, ItemVersion, Quiz
from quizzes.services import save_response, submit_attempt, void_attempt
from tests.factories.courses import make_competency, make_course
from tests.factories.people import UserFactory


@pytest.fixture
def rung():
    """Payloads of both doorbells, in order."""
    heard = []

    def on_completed(sender, completion_id, **kwargs):
        heard.append(("completed", completion_id))

    def on_reversed(sender, completion_id, **kwargs):
        heard.append(("reversed", completion_id))

    course_completed.connect(on_completed)
    completion_reversed.connect(on_reversed)
    yield heard
    course_completed.disconnect(on_completed)
    completion_reversed.disconnect(on_reversed)


def complete_all(enrollment, course, now, keys=None):
    for key in keys or course.lesson_keys:
        services.complete_lesson(enrollment, key, language="es", now=now)


def answer(attempt, *, right: bool, now):
    for item in attempt.attempt_items.order_by("position"):
        version = ItemVersion.objects.get(pk=item.version_id)
        correct = right_response(version.spec)
        wrong = [choice["key"] for choice in version.question["choices"] if choice["key"] not in correct]
        save_response(attempt, item.position, correct if right else wrong, revision=1, now=now)
    return submit_attempt(attempt, now=now)


def take_quiz(enrollment, key, *, right=True, now):
    attempt = services.start_lesson_attempt(enrollment, key, now=now)
    answer(attempt, right=right, now=now)
    return attempt


def test_enroll_twice_is_one_enrollment(course, learner, now):
    first = services.enroll(learner, course.key, now=now)
    second = services.enroll(learner, course.key, now=now + timedelta(days=1))

    assert second == first
    assert second.enrolled_at == now


def test_enroll_in_a_draft_is_refused(indexes, learner):
    draft = make_course(indexes, is_live=False)

    with pytest.raises(CourseUnknown, match="not open"):
        services.enroll(learner, draft.key)


def test_withdraw_twice_ends_once(enrollment, now):
    services.withdraw(enrollment, now=now)
    again = services.withdraw(enrollment, now=now + timedelta(days=1))

    assert (again.state, again.ended_at) == (Enrollment.State.WITHDRAWN, now)


def test_withdraw_after_finishing_is_refused(enrollment, course, now):
    complete_all(enrollment, course, now)

    with pytest.raises(NotEnrolled, match="finished this course"):
        services.withdraw(enrollment, now=now)

    enrollment.refresh_from_db()
    assert enrollment.state == Enrollment.State.COMPLETED


def test_enroll_after_withdrawing_starts_anew(enrollment, course, learner, now):
    services.complete_lesson(enrollment, course.lesson_keys[0], language="en", now=now)
    services.withdraw(enrollment, now=now)

    anew = services.enroll(learner, course.key, now=now)

    assert anew != enrollment
    assert services.done_lessons(anew) == frozenset()


def test_enroll_after_finishing_gives_the_finished_enrollment(enrollment, course, learner, now):
    for key in course.lesson_keys:
        services.complete_lesson(enrollment, key, language="en", now=now)

    again = services.enroll(learner, course.key, now=now)

    assert again == enrollment
    assert Enrollment.objects.count() == 1


def test_complete_lesson_twice_is_one_completion(enrollment, course, now):
    first = services.complete_lesson(enrollment, course.lesson_keys[0], language="en", now=now)
    second = services.complete_lesson(enrollment, course.lesson_keys[0], language="es", now=now + timedelta(hours=1))

    assert (second, second.completed_at) == (first, now)


def test_complete_lesson_that_is_locked_names_the_first_to_do(enrollment, course, now):
    with pytest.raises(LessonLocked, match=r"Lesson 1\.1") as refusal:
        services.complete_lesson(enrollment, course.lesson_keys[2], language="en", now=now)

    assert refusal.value.first_key == course.lesson_keys[0]
    assert not LessonCompletion.objects.exists()


def test_complete_lesson_out_of_order_where_order_is_free(indexes, learner, now):
    course = make_course(indexes, is_sequential=False)
    enrollment = services.enroll(learner, course.key, now=now)

    services.complete_lesson(enrollment, course.lesson_keys[3], language="en", now=now)

    assert services.done_lessons(enrollment) == {course.lesson_keys[3]}


def test_complete_lesson_of_another_course_is_unknown(enrollment, indexes, now):
    other = make_course(indexes, code="other")

    with pytest.raises(CourseUnknown, match="no longer part"):
        services.complete_lesson(enrollment, other.lesson_keys[0], language="en", now=now)


def test_complete_lesson_after_withdrawing_is_refused(enrollment, course, now):
    services.withdraw(enrollment, now=now)

    with pytest.raises(NotEnrolled, match="not enrolled"):
        services.complete_lesson(enrollment, course.lesson_keys[0], language="en", now=now)


def test_complete_lesson_with_a_quiz_is_refused(quiz_course, learner, now):
    enrollment = services.enroll(learner, quiz_course.key, now=now)
    services.complete_lesson(enrollment, quiz_course.lesson_keys[0], language="en", now=now)

    with pytest.raises(QuizDecides, match="pass the quiz"):
        services.complete_lesson(enrollment, quiz_course.lesson_keys[1], language="en", now=now)


def test_last_lesson_completes_the_course_with_everything_copied(
    enrollment, course, learner, now, rung, django_capture_on_commit_callbacks
):
    complete_all(enrollment, course, now, course.lesson_keys[:-1])
    assert not CourseCompletion.objects.exists()

    with django_capture_on_commit_callbacks(execute=True):
        services.complete_lesson(enrollment, course.lesson_keys[-1], language="es", now=now + timedelta(hours=2))

    completion = CourseCompletion.objects.get()
    assert completion.learner == learner
    assert completion.completed_at == now + timedelta(hours=2)
    assert completion.course_title == {"en": "Course kindness", "es": "Curso kindness"}
    revisions = {code: page.live_revision_id for code, page in course.pages.items()}
    assert completion.course_revision == f"en:{revisions['en']} es:{revisions['es']}"
    assert (completion.language, completion.contact_minutes) == ("es", 20)
    assert [(share.competency.code, share.minutes) for share in completion.shares.all()] == [("T-1", 20)]
    assert rung == [("completed", completion.pk)]
    enrollment.refresh_from_db()
    assert (enrollment.state, enrollment.ended_at) == (Enrollment.State.COMPLETED, completion.completed_at)


def test_completing_again_after_the_course_is_done_adds_nothing(
    enrollment, course, now, rung, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        complete_all(enrollment, course, now)
        complete_all(enrollment, course, now + timedelta(days=1))

    assert CourseCompletion.objects.count() == 1
    assert len(rung) == 1
    assert services.sweep_course_completions() == 0


def test_course_whose_minutes_do_not_add_up_keeps_the_lesson_and_waits_for_the_sweep(
    enrollment, course, now, caplog, rung, django_capture_on_commit_callbacks
):
    module = course.modules["en"][0]
    module.refresh_from_db()
    share = module.competencies.get()
    share.minutes = 1
    module.competencies = [share]
    module.save_revision().publish()

    complete_all(enrollment, course, now)

    assert len(services.done_lessons(enrollment)) == 4
    assert not CourseCompletion.objects.exists()
    assert "do not add up" in caplog.text

    share.minutes = 10
    module.competencies = [share]
    module.save_revision().publish()
    with django_capture_on_commit_callbacks(execute=True):
        call_command("sweep_course_completions")
        call_command("sweep_course_completions")

    assert CourseCompletion.objects.get().completed_at == now
    assert len(rung) == 1


def test_lesson_added_later_never_undoes_a_completion(enrollment, course, now):
    complete_all(enrollment, course, now)
    from courses.models import LessonPage  # noqa: PLC0415 - beside its one use

    new = LessonPage(title="New", slug="new", minutes=5, locale=course.pages["en"].locale, live=True)
    course.modules["en"][0].add_child(instance=new)
    new.save_revision().publish()

    enrollment.refresh_from_db()
    assert len(services.outline(course.key).lessons) == 5
    assert enrollment.state == Enrollment.State.COMPLETED
    assert CourseCompletion.objects.get().reversed_at is None


def test_lesson_taken_out_no_longer_counts(enrollment, course, now):
    complete_all(enrollment, course, now, course.lesson_keys[:3])
    last = course.lessons["en"][3]
    last.refresh_from_db()
    last.unpublish()
    module = course.modules["en"][1]
    module.refresh_from_db()
    share = module.competencies.get()
    share.minutes = 5
    module.competencies = [share]
    module.save_revision().publish()

    assert services.sweep_course_completions() == 1
    assert CourseCompletion.objects.get().contact_minutes == 15


def test_quiz_not_passed_changes_nothing(quiz_course, learner, now, django_capture_on_commit_callbacks):
    enrollment = services.enroll(learner, quiz_course.key, now=now)
    services.complete_lesson(enrollment, quiz_course.lesson_keys[0], language="en", now=now)

    with django_capture_on_commit_callbacks(execute=True):
        attempt = take_quiz(enrollment, quiz_course.lesson_keys[1], right=False, now=now)

    assert services.record_attempt_result(attempt.pk) is None
    assert services.done_lessons(enrollment) == {quiz_course.lesson_keys[0]}


def test_quiz_passed_finishes_lesson_and_course(quiz_course, learner, now, rung, django_capture_on_commit_callbacks):
    enrollment = services.enroll(learner, quiz_course.key, now=now)
    first, second, third, fourth = quiz_course.lesson_keys

    with django_capture_on_commit_callbacks(execute=True):
        services.complete_lesson(enrollment, first, language="en", now=now)
        take_quiz(enrollment, second, now=now)
    with django_capture_on_commit_callbacks(execute=True):
        services.complete_lesson(enrollment, third, language="en", now=now)
        attempt = services.start_lesson_attempt(enrollment, fourth, language="es", now=now)
        answer(attempt, right=True, now=now + timedelta(minutes=7))

    assert services.done_lessons(enrollment) == {first, second, third, fourth}
    completion = CourseCompletion.objects.get()
    assert (completion.language, completion.completed_at) == ("es", now + timedelta(minutes=7))
    assert rung == [("completed", completion.pk)]


def test_start_lesson_attempt_twice_is_the_open_one(quiz_course, learner, now):
    enrollment = services.enroll(learner, quiz_course.key, now=now)
    services.complete_lesson(enrollment, quiz_course.lesson_keys[0], language="en", now=now)

    first = services.start_lesson_attempt(enrollment, quiz_course.lesson_keys[1], now=now)
    second = services.start_lesson_attempt(enrollment, quiz_course.lesson_keys[1], now=now)

    assert second == first
    assert LessonAttempt.objects.count() == 1


def test_start_lesson_attempt_refusals(quiz_course, learner, now):
    enrollment = services.enroll(learner, quiz_course.key, now=now)

    with pytest.raises(NoQuiz, match="no quiz"):
        services.start_lesson_attempt(enrollment, quiz_course.lesson_keys[0], now=now)
    with pytest.raises(LessonLocked, match="opens when"):
        services.start_lesson_attempt(enrollment, quiz_course.lesson_keys[1], now=now)
    services.withdraw(enrollment, now=now)
    with pytest.raises(NotEnrolled, match="Enroll again"):
        services.start_lesson_attempt(enrollment, quiz_course.lesson_keys[1], now=now)
    assert not Attempt.objects.exists()


def test_open_attempt_follows_the_learner_into_a_new_enrollment(
    quiz_course, learner, now, django_capture_on_commit_callbacks
):
    old = services.enroll(learner, quiz_course.key, now=now)
    first, second, *_rest = quiz_course.lesson_keys
    services.complete_lesson(old, first, language="en", now=now)
    left_open = services.start_lesson_attempt(old, second, now=now)
    services.withdraw(old, now=now)
    new = services.enroll(learner, quiz_course.key, now=now)
    services.complete_lesson(new, first, language="en", now=now)

    with django_capture_on_commit_callbacks(execute=True):
        attempt = take_quiz(new, second, now=now)

    assert attempt == left_open
    assert services.done_lessons(new) == {first, second}
    assert services.done_lessons(old) == {first}


def test_never_rung_doorbell_is_found_by_the_sweep(quiz_course, learner, now):
    enrollment = services.enroll(learner, quiz_course.key, now=now)
    first, second, *_rest = quiz_course.lesson_keys
    services.complete_lesson(enrollment, first, language="en", now=now)
    take_quiz(enrollment, second, now=now)  # on_commit never runs here
    assert services.done_lessons(enrollment) == {first}

    call_command("sweep_attempt_results")
    call_command("sweep_attempt_results")

    assert services.done_lessons(enrollment) == {first, second}
    assert LessonCompletion.objects.get(lesson_key=second).completed_at == now


def test_result_of_an_attempt_outside_any_lesson_is_left_alone(learner, quiz_course):
    assert services.record_attempt_result(10**9) is None
    assert services.reverse_completion(10**9) is None


@pytest.fixture
def finished_by_quiz(quiz_course, learner, now, django_capture_on_commit_callbacks):
    enrollment = services.enroll(learner, quiz_course.key, now=now)
    first, second, third, fourth = quiz_course.lesson_keys
    with django_capture_on_commit_callbacks(execute=True):
        services.complete_lesson(enrollment, first, language="en", now=now)
        attempt = take_quiz(enrollment, second, now=now)
    with django_capture_on_commit_callbacks(execute=True):
        services.complete_lesson(enrollment, third, language="en", now=now)
        take_quiz(enrollment, fourth, now=now)
    assert CourseCompletion.objects.filter(reversed_at=None).count() == 1
    return enrollment, attempt


def test_voided_attempt_takes_lesson_and_course_back(
    finished_by_quiz, quiz_course, now, rung, django_capture_on_commit_callbacks
):
    enrollment, attempt = finished_by_quiz
    support = UserFactory()
    rung.clear()

    with django_capture_on_commit_callbacks(execute=True):
        void_attempt(attempt, actor=support, reason="Taken by someone else.", now=now + timedelta(days=1))

    completion = CourseCompletion.objects.get()
    lesson = LessonCompletion.objects.get(lesson_key=quiz_course.lesson_keys[1])
    for row in (completion, lesson):
        assert (row.reversed_at, row.reversed_by, row.reversal_reason) == (
            now + timedelta(days=1),
            support,
            "Taken by someone else.",
        )
    assert rung == [("reversed", completion.pk)]
    enrollment.refresh_from_db()
    assert (enrollment.state, enrollment.ended_at) == (Enrollment.State.ACTIVE, None)

    with django_capture_on_commit_callbacks(execute=True):
        assert services.reverse_completion(attempt.pk) is None
    assert len(rung) == 1


def test_quiz_taken_anew_after_voiding_completes_the_course_again(
    finished_by_quiz, quiz_course, now, django_capture_on_commit_callbacks
):
    enrollment, attempt = finished_by_quiz
    with django_capture_on_commit_callbacks(execute=True):
        void_attempt(attempt, actor=UserFactory(), reason="Wrong person.", now=now)

    with django_capture_on_commit_callbacks(execute=True):
        take_quiz(enrollment, quiz_course.lesson_keys[1], now=now + timedelta(days=2))

    assert CourseCompletion.objects.filter(reversed_at=None).get().completed_at == now + timedelta(days=2)
    assert CourseCompletion.objects.count() == 2


def test_voiding_unheard_is_found_by_the_sweep(finished_by_quiz, now):
    _enrollment, attempt = finished_by_quiz
    void_attempt(attempt, actor=UserFactory(), reason="Wrong person.", now=now)
    assert CourseCompletion.objects.filter(reversed_at=None).exists()

    assert services.sweep_attempt_results() == 1
    assert services.sweep_attempt_results() == 0
    assert not CourseCompletion.objects.filter(reversed_at=None).exists()


def test_voiding_when_the_course_was_begun_anew_ends_the_old_enrollment(
    finished_by_quiz, quiz_course, learner, now, django_capture_on_commit_callbacks
):
    old, attempt = finished_by_quiz
    # Not by enroll: it gives the finished one. Two requests at once still could, and a later renewal will.
    new = Enrollment.objects.create(learner=learner, course_key=quiz_course.key, enrolled_at=now)

    with django_capture_on_commit_callbacks(execute=True):
        void_attempt(attempt, actor=UserFactory(), reason="Wrong person.", now=now)

    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.state, new.state) == (Enrollment.State.WITHDRAWN, Enrollment.State.ACTIVE)


def test_save_place_moves_one_bookmark(enrollment, course, now):
    services.save_place(enrollment, course.lesson_keys[0], "b-1f0c", now=now)
    services.save_place(enrollment, course.lesson_keys[1], "b-2f0c", now=now)

    place = Place.objects.get()
    assert (place.lesson_key, place.block_id) == (course.lesson_keys[1], "2f0c")


@pytest.mark.parametrize("block_id", ["", "<script>", "x" * 200, "a b"])
def test_save_place_leaves_out_a_strange_block(enrollment, course, block_id):
    services.save_place(enrollment, course.lesson_keys[0], block_id)

    assert Place.objects.get().block_id == ""


def test_save_place_in_an_unknown_lesson_is_refused(enrollment):
    with pytest.raises(CourseUnknown):
        services.save_place(enrollment, uuid4(), "")


def test_resume_leads_to_lesson_and_block_then_to_the_next(enrollment, course, learner, now):
    services.save_place(enrollment, course.lesson_keys[0], "abc", now=now)
    lesson = services.outline(course.key).lessons[0]
    assert services.resume_path(learner, course.key) == f"{lesson.paths['en']}#b-abc"

    services.complete_lesson(enrollment, course.lesson_keys[0], language="en", now=now)
    assert services.resume_path(learner, course.key) == services.outline(course.key).lessons[1].paths["en"]


def test_shares_of_two_frameworks_are_all_copied(indexes, learner, now):
    from courses.models import ModuleCompetency  # noqa: PLC0415 - beside its one use

    course = make_course(indexes, modules=1, lessons=1)
    for pages in course.modules.values():
        pages[0].refresh_from_db()
        pages[0].competencies = [
            ModuleCompetency(competency=make_competency("T-1"), minutes=5),
            ModuleCompetency(competency=make_competency("R1", "OTHER"), minutes=2),
            ModuleCompetency(competency=make_competency("R2", "OTHER"), minutes=3),
        ]
        pages[0].save_revision().publish()
    enrollment = services.enroll(learner, course.key, now=now)

    complete_all(enrollment, course, now)

    shares = CompletionShare.objects.values_list("competency__code", "minutes").order_by("competency__code")
    assert list(shares) == [("R1", 2), ("R2", 3), ("T-1", 5)]


@pytest.mark.parametrize("count", [1, 3])
def test_courses_of_takes_the_same_queries(indexes, learner, now, count, django_assert_num_queries):
    for number in range(count):
        course = make_course(indexes, code=f"c{number}")
        enrollment = services.enroll(learner, course.key, now=now + timedelta(days=number))
        services.complete_lesson(enrollment, course.lesson_keys[0], language="en", now=now)

    with django_assert_num_queries(3):
        lines = services.courses_of(learner)

    assert [line.title for line in lines] == [f"Course c{number}" for number in reversed(range(count))]
    assert {(line.done, line.total, line.minutes_left, line.next_number) for line in lines} == {(1, 4, 15, 2)}


def test_courses_of_keeps_a_finished_course_that_is_gone(enrollment, course, learner, now):
    complete_all(enrollment, course, now)
    for page in course.pages.values():
        page.unpublish()

    (line,) = services.courses_of(learner)

    assert (line.title, line.state, line.path, line.completed_at) == ("Course kindness", "completed", "", now)


def test_courses_of_nobody_is_empty(learner):
    assert services.courses_of(learner) == []


# --- Which try counts ----------------------------------------------------------------------------------------------


@pytest.fixture
def trying(quiz_course, learner, now):
    """Try the quiz of the second lesson so often, right or wrong; by its setting, one of the tries counts."""
    enrollment = services.enroll(learner, quiz_course.key, now=now)
    services.complete_lesson(enrollment, quiz_course.lesson_keys[0], language="en", now=now)

    def try_in_turn(counting, *rights):
        Quiz.objects.update(counting=counting)
        attempts = []
        for right in rights:
            attempt = services.start_lesson_attempt(enrollment, quiz_course.lesson_keys[1], now=now)
            attempts.append(answer(attempt, right=right, now=now))
            services.record_attempt_result(attempt.pk)
        return attempts

    return try_in_turn


def is_done(quiz_course):
    return LessonCompletion.objects.filter(lesson_key=quiz_course.lesson_keys[1], reversed_at=None).exists()


@pytest.mark.parametrize(
    ("counting", "rights", "done"),
    [
        ("highest", (False, True), True),
        ("highest", (True, False), True),
        ("latest", (False, True), True),
        ("latest", (True, False), True),  # what was earned once stays
        ("first", (True, False), True),
        ("first", (False, True), False),
    ],
)
def test_lesson_is_done_by_a_try_that_counts(trying, quiz_course, counting, rights, done):
    trying(counting, *rights)

    services.sweep_attempt_results()

    assert is_done(quiz_course) is done


def test_pass_that_does_not_count_keeps_no_lesson(trying, quiz_course):
    first, _second = trying("first", True, True)
    void_attempt(first, actor=UserFactory(), reason="Wrong person.")

    services.reverse_completion(first.pk)

    assert is_done(quiz_course)  # the second is the first that stands now


def test_first_try_that_was_voided_leaves_its_place_to_the_next(trying, quiz_course):
    first, _second = trying("first", False, True)
    assert not is_done(quiz_course)
    void_attempt(first, actor=UserFactory(), reason="The power went out.")

    services.sweep_attempt_results()

    assert is_done(quiz_course)
