"""What learners see and send: pages in both languages, doors, strangers, and how many queries it takes."""

import gzip
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils.translation import override

from courses import services
from courses.models import CourseCompletion, Enrollment, LessonCompletion, Place
from quizzes.models import Attempt, Quiz
from quizzes.services import submit_attempt
from tests.factories.courses import make_competency, make_course


def path_of(course, number=0, language="en"):
    return services.outline(course.key).lessons[number].paths[language]


def course_path(course, language="en"):
    return services.outline(course.key).paths[language]


# --- Pages ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "words"), [("en", "See courses"), ("es", "Ver los cursos")])
def test_home_page_shows_what_this_is(client, course, language, words):
    response = client.get(f"/{language}/")

    assert response.status_code == 200
    assert words in response.content.decode()
    assert course_path(course, language) in response.content.decode()
    with override(language):
        assert reverse("certificates:verify") in response.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_catalogue_takes_the_same_queries(client, indexes, count, django_assert_num_queries):
    for number in range(count):
        make_course(indexes, code=f"c{number}")
    client.get("/en/courses/")

    with django_assert_num_queries(4):
        response = client.get("/en/courses/")

    assert [card["title"] for card in response.context["courses"]] == [f"Course c{n}" for n in reversed(range(count))]


@pytest.fixture
def library(indexes):
    only_spanish = {"es": indexes["es"]}
    return {
        "compassion": make_course(
            indexes, code="compassion", title={"en": "Compassion resilience", "es": "Compasión y resiliencia"}
        ),
        "long": make_course(
            indexes,
            code="long",
            title={"en": "Early years", "es": "Primeros años"},
            minutes=40,
            competency=make_competency("T-2"),
        ),
        "spanish": make_course(only_spanish, code="solo", title={"es": "Solo en español"}),
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Solo en español", "Early years", "Compassion resilience"]),
        ("q=compasion", ["Compassion resilience"]),
        ("q=COMPASIÓN", ["Compassion resilience"]),
        ("q=anos", ["Early years"]),
        ("q=nothing-like-it", []),
        ("language=en", ["Early years", "Compassion resilience"]),
        ("length=short", ["Solo en español", "Compassion resilience"]),
        ("length=long", ["Early years"]),
        ("length=medium", []),
        ("competency=T-2", ["Early years"]),
        ("order=title", ["Compassion resilience", "Early years", "Solo en español"]),
        ("topic=unknown&length=nonsense", ["Solo en español", "Early years", "Compassion resilience"]),
    ],
)
def test_catalogue_searches_and_filters(client, library, query, found):
    response = client.get(f"/en/courses/?{query}")

    assert [card["title"] for card in response.context["courses"]] == found


def test_catalogue_says_which_course_is_in_another_language_only(client, library):
    cards = {card["title"]: card for card in client.get("/en/courses/").context["courses"]}

    assert cards["Solo en español"]["only_in"] == "Español"
    assert cards["Early years"]["only_in"] == ""
    assert "This course is in Español only." in client.get("/en/courses/").content.decode()


def test_catalogue_pages(client, indexes, monkeypatch):
    monkeypatch.setattr("courses.views.COURSES_A_PAGE", 1)
    make_course(indexes, code="first")
    make_course(indexes, code="second")

    response = client.get("/en/courses/?page=2")

    assert [card["title"] for card in response.context["courses"]] == ["Course first"]


def test_course_page_shows_each_stage(client, course, learner, now):
    page = client.get(course_path(course)).content.decode()
    assert "Sign in to enroll" in page

    client.force_login(learner)
    assert reverse("courses:enroll", args=[course.key]) in client.get(course_path(course)).content.decode()

    enrollment = services.enroll(learner, course.key, now=now)
    assert "Start: lesson 1, Lesson 1.1 en (5 min)" in client.get(course_path(course)).content.decode()

    services.complete_lesson(enrollment, course.lesson_keys[0], language="en", now=now)
    assert "Continue: lesson 2, Lesson 1.2 en (5 min)" in client.get(course_path(course)).content.decode()

    for key in course.lesson_keys[1:]:
        services.complete_lesson(enrollment, key, language="en", now=now)
    page = client.get(course_path(course)).content.decode()
    assert "You finished this course" in page
    assert "The bridge stands." in page


@pytest.mark.parametrize("lessons", [3, 30])
def test_course_page_takes_the_same_queries(client, indexes, learner, now, lessons, django_assert_num_queries):
    course = make_course(indexes, modules=1, lessons=lessons)
    services.enroll(learner, course.key, now=now)
    client.force_login(learner)
    path = course_path(course)
    client.get(path)

    with django_assert_num_queries(6):
        client.get(path)


@pytest.mark.parametrize("lessons", [3, 30])
def test_lesson_page_takes_the_same_queries_and_is_lean(
    client, indexes, learner, now, lessons, django_assert_num_queries
):
    course = make_course(indexes, modules=1, lessons=lessons)
    services.enroll(learner, course.key, now=now)
    client.force_login(learner)
    path = path_of(course)
    client.get(path)

    with django_assert_num_queries(6):
        response = client.get(path)

    assert "Body in en" in response.content.decode()
    assert len(gzip.compress(response.content)) < 14_000


def test_module_page_leads_to_its_place_in_the_course(client, course):
    module = course.modules["en"][1]

    response = client.get(f"{course_path(course)}module-2/")

    assert (response.status_code, response.url) == (302, f"{course_path(course)}#m-{module.translation_key}")


def test_lesson_page_signed_out_leads_to_the_sign_in_page(client, course):
    response = client.get(path_of(course))

    assert response.status_code == 302
    assert response.url.endswith(f"/account/login/?next={path_of(course)}")


def test_lesson_page_not_enrolled_leads_to_the_course(client, course, stranger):
    client.force_login(stranger)

    response = client.get(path_of(course), follow=True)

    assert response.redirect_chain == [(course_path(course), 302)]
    assert "Enroll in this course to open its lessons." in response.content.decode()
    assert "Body in en" not in response.content.decode()


def test_locked_lesson_is_refused_and_names_the_first_to_do(client, course, enrollment, learner):
    client.force_login(learner)

    response = client.get(path_of(course, 2))

    page = response.content.decode()
    assert response.status_code == 403
    assert f'href="{path_of(course, 0)}"' in page
    assert "Lesson 1.1 en" in page
    assert "Body in en" not in page


def test_lesson_keeps_its_tick_in_the_other_language(client, course, enrollment, learner, now):
    services.complete_lesson(enrollment, course.lesson_keys[0], language="en", now=now)
    client.force_login(learner)

    page = client.get(path_of(course, 0, "es")).content.decode()

    assert "Usted terminó esta lección" in page
    assert f'href="{path_of(course, 1, "es")}"' in page


def test_lesson_links_to_itself_in_the_other_language(client, course, enrollment, learner):
    client.force_login(learner)

    page = client.get(path_of(course)).content.decode()

    assert f'href="{path_of(course, 0, "es")}"' in page


def test_lesson_of_an_unpublished_course_is_not_found(client, course, enrollment, learner):
    path = path_of(course)
    for page in course.pages.values():
        page.unpublish()
    client.force_login(learner)

    assert client.get(path).status_code == 404


def test_opening_a_lesson_moves_the_bookmark(client, course, enrollment, learner):
    client.force_login(learner)

    client.get(path_of(course))

    assert Place.objects.get().lesson_key == course.lesson_keys[0]


def test_block_is_an_anchor_of_the_same_name_in_both_languages(client, course, enrollment, learner):
    client.force_login(learner)
    block = course.lessons["en"][0].body[0].id

    for language in ("en", "es"):
        assert f'id="b-{block}"' in client.get(path_of(course, 0, language)).content.decode()


def test_quiz_lesson_offers_the_quiz(client, quiz_course, learner, now):
    enrollment = services.enroll(learner, quiz_course.key, now=now)
    services.complete_lesson(enrollment, quiz_course.lesson_keys[0], language="en", now=now)
    client.force_login(learner)
    path = path_of(quiz_course, 1)
    assert "Start the quiz" in client.get(path).content.decode()

    response = client.post(reverse("courses:quiz", args=[quiz_course.lesson_keys[1]]))

    attempt = Attempt.objects.get()
    assert response.url == reverse("quizzes:attempt", args=[attempt.public_id])
    assert "Go on with the quiz" in client.get(path).content.decode()


@pytest.fixture
def before_the_quiz(client, quiz_course, learner, now):
    """Rosa is signed in and at the lesson with the quiz."""
    enrollment = services.enroll(learner, quiz_course.key, now=now)
    services.complete_lesson(enrollment, quiz_course.lesson_keys[0], language="en", now=now)
    client.force_login(learner)
    return reverse("courses:quiz", args=[quiz_course.lesson_keys[1]])


def test_quiz_with_something_to_say_says_it_before_the_clock_runs(client, before_the_quiz):
    Quiz.objects.update(time_limit_minutes=20)

    response = client.post(before_the_quiz, follow=True)

    assert response.redirect_chain == [(before_the_quiz, 302)]
    assert "You have 20 minutes from the start." in response.content.decode()
    assert not Attempt.objects.exists()
    started = client.post(before_the_quiz, {"begin": "1"})
    assert started.url == reverse("quizzes:attempt", args=[Attempt.objects.get().public_id])
    assert client.post(before_the_quiz).url == started.url  # who goes on is not told again


def test_quiz_is_not_started_by_looking(client, before_the_quiz, quiz_course):
    response = client.get(before_the_quiz)

    assert response.url == reverse("courses:lesson", args=[quiz_course.lesson_keys[1]])
    assert not Attempt.objects.exists()


def test_start_screen_of_a_stranger_is_not_found(client, quiz_course, stranger):
    Quiz.objects.update(time_limit_minutes=20)
    client.force_login(stranger)

    assert client.get(reverse("courses:quiz", args=[quiz_course.lesson_keys[1]])).status_code == 404


def test_start_screen_of_a_locked_lesson_leads_to_the_first(client, quiz_course, learner, now):
    Quiz.objects.update(time_limit_minutes=20)
    services.enroll(learner, quiz_course.key, now=now)
    client.force_login(learner)

    response = client.get(reverse("courses:quiz", args=[quiz_course.lesson_keys[1]]))

    assert "20 minutes" not in response.content.decode()
    assert not Attempt.objects.exists()


@pytest.mark.parametrize(("tell_marks", "is_told"), [("at_once", True), ("never", False)])
def test_lesson_tells_marks_when_the_quiz_does(client, before_the_quiz, quiz_course, tell_marks, is_told):
    Quiz.objects.update(tell_marks=tell_marks)
    client.post(before_the_quiz)
    submit_attempt(Attempt.objects.get())

    html = client.get(path_of(quiz_course, 1)).content.decode()

    assert "Not passed yet" in html
    assert ("Your last result:" in html) is is_told


# --- Addresses by key -----------------------------------------------------------------------------------------------


def test_addresses_by_key_lead_to_the_active_language(client, course):
    with override("es"):
        course_url = reverse("courses:course", args=[course.key])
        lesson_url = reverse("courses:lesson", args=[course.lesson_keys[0]])

    assert client.get(course_url).url == course_path(course, "es")
    assert client.get(lesson_url).url == path_of(course, 0, "es")


def test_address_of_a_course_in_another_language_only(client, library):
    response = client.get(reverse("courses:course", args=[library["spanish"].key]))

    assert response.url == course_path(library["spanish"], "es")


@pytest.mark.parametrize("name", ["course", "lesson", "resume"])
def test_unknown_addresses_are_not_found(client, learner, indexes, name):
    client.force_login(learner)

    assert client.get(reverse(f"courses:{name}", args=[uuid4()])).status_code == 404


def test_resume_leads_to_the_block_on_another_device_and_in_another_language(client, course, enrollment, learner):
    client.force_login(learner)
    client.post(reverse("courses:place", args=[course.lesson_keys[0]]), {"block": "b-abc-1"})

    with override("es"):
        response = client.get(reverse("courses:resume", args=[course.key]))

    assert response.url == f"{path_of(course, 0, 'es')}#b-abc-1"


def test_resume_of_a_stranger_leads_to_the_course(client, course, stranger):
    client.force_login(stranger)

    assert client.get(reverse("courses:resume", args=[course.key])).url == course_path(course)


# --- Acts -----------------------------------------------------------------------------------------------------------


def test_enroll_complete_and_finish(client, course, learner):
    client.force_login(learner)
    assert client.post(reverse("courses:enroll", args=[course.key])).url == course_path(course)

    for number, key in enumerate(course.lesson_keys):
        response = client.post(reverse("courses:complete", args=[key]))
        expected = path_of(course, number + 1) if number < 3 else course_path(course)
        assert response.url == expected

    assert CourseCompletion.objects.get().learner == learner


def test_complete_locked_lesson_is_refused(client, course, enrollment, learner):
    client.force_login(learner)

    response = client.post(reverse("courses:complete", args=[course.lesson_keys[3]]))

    assert response.status_code == 403
    assert not LessonCompletion.objects.exists()


def test_withdraw(client, course, enrollment, learner):
    client.force_login(learner)

    response = client.post(reverse("courses:withdraw", args=[course.key]))

    assert response.url == course_path(course)
    enrollment.refresh_from_db()
    assert enrollment.state == Enrollment.State.WITHDRAWN


ACTS = ["withdraw", "complete", "quiz", "place"]


def address(name, course):
    return reverse(f"courses:{name}", args=[course.key if name in {"enroll", "withdraw"} else course.lesson_keys[0]])


@pytest.mark.parametrize("name", ACTS)
def test_stranger_cannot_act_on_a_course_that_is_not_theirs(client, course, enrollment, stranger, name):
    client.force_login(stranger)

    response = client.post(address(name, course))

    assert response.status_code == 404
    enrollment.refresh_from_db()
    assert enrollment.state == Enrollment.State.ACTIVE
    assert not LessonCompletion.objects.exists()
    assert not Place.objects.exists()


@pytest.mark.parametrize("name", ["enroll", *ACTS])
def test_acts_signed_out_lead_to_the_sign_in_page(client, course, enrollment, name):
    response = client.post(address(name, course))

    assert (response.status_code, "/account/login/" in response.url) == (302, True)


@pytest.mark.parametrize("name", ["enroll", "withdraw", "complete", "place"])
def test_acts_are_posts(client, course, enrollment, learner, name):
    client.force_login(learner)

    assert client.get(address(name, course)).status_code == 405


@pytest.mark.parametrize("name", ["enroll", "withdraw", "complete", "quiz", "place"])
def test_acts_on_nothing_are_not_found(client, learner, indexes, name):
    client.force_login(learner)

    assert client.post(reverse(f"courses:{name}", args=[uuid4()])).status_code == 404
