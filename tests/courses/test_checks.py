"""What keeps a course from going live, as a table: one fault at a time in a course that is otherwise sound."""

from dataclasses import replace
from uuid import UUID

import pytest

from courses.checks import CourseFacts, LessonFacts, ModuleFacts, QuizFacts, problems_of


def lesson(number, **changes):
    values = {
        "page_id": 100 + number,
        "key": UUID(int=number),
        "title": f"L{number}",
        "minutes": 5,
        "blocks": (("text", "a"),),
    }
    return LessonFacts(**{**values, **changes})


def course(*lessons, shares=None, language="English", page_id=1):
    lessons = lessons or (lesson(1), lesson(2))
    minutes = sum(found.minutes for found in lessons)
    if shares is None:
        shares = (("MA-CHW", "MA-1", minutes),)
    module = ModuleFacts(page_id=10, key=UUID(int=900), title="M", lessons=tuple(lessons), shares=shares)
    return CourseFacts(page_id=page_id, key=UUID(int=999), title="C", language=language, modules=(module,))


def found(facts, *twins):
    return [(problem.page_id, problem.text) for problem in problems_of(facts, twins)]


def test_sound_course_has_no_problem():
    assert found(course()) == []


@pytest.mark.parametrize(
    ("facts", "problem"),
    [
        (replace(course(), modules=()), (1, "This course has no module yet.")),
        (
            CourseFacts(1, UUID(int=1), "C", "English", (ModuleFacts(10, UUID(int=2), "M", ()),)),
            (10, "The module “M” has no lesson yet."),
        ),
        (course(shares=()), (10, "The module “M” does not say which competencies its minutes count for.")),
        (
            course(shares=(("MA-CHW", "MA-1", 9),)),
            (
                10,
                "The module “M” has lessons of 10 minutes, but its competencies (MA-CHW) add up to 9 minutes.",
            ),
        ),
        (
            course(shares=(("MA-CHW", "MA-1", 10), ("C3-ROLES", "R1", 11))),
            (
                10,
                "The module “M” has lessons of 10 minutes, but its competencies (C3-ROLES) add up to 11 minutes.",
            ),
        ),
        (course(lesson(1, minutes=0), lesson(2)), (101, "The lesson “L1” has no minutes.")),
        (course(lesson(1, blocks=()), lesson(2)), (101, "The lesson “L1” is empty.")),
        (
            course(lesson(1, quiz=QuizFacts("Q", items=4, asked=5), quiz_id=1), lesson(2)),
            (101, "The quiz of “L1” asks 5 questions and has 4."),
        ),
        (
            course(lesson(1, quiz=QuizFacts("Q", items=0, asked=None), quiz_id=1), lesson(2)),
            (101, "The quiz of “L1” asks 1 questions and has 0."),
        ),
        (
            course(lesson(1, pictures_without_text=1), lesson(2)),
            (101, "A picture in “L1” has no description."),
        ),
        (
            course(lesson(1, videos_without_captions=2), lesson(2)),
            (101, "2 videos in “L1” have no captions."),
        ),
    ],
)
def test_each_fault_is_named_with_its_page(facts, problem):
    assert found(facts) == [problem]


@pytest.mark.parametrize(
    "facts",
    [
        course(shares=(("MA-CHW", "MA-1", 4), ("MA-CHW", "MA-2", 6), ("C3-ROLES", "R1", 10))),
        course(lesson(1, quiz=QuizFacts("Q", items=5, asked=5), quiz_id=1, blocks=()), lesson(2)),
    ],
)
def test_what_just_fits_passes(facts):
    assert found(facts) == []


@pytest.mark.parametrize(
    ("twin", "problem"),
    [
        (course(lesson(1), language="Español"), (102, "The lesson “L2” is missing in Español.")),
        (
            course(lesson(1), lesson(2), lesson(3), language="Español", shares=(("MA-CHW", "MA-1", 10),)),
            (1, "The lesson “L3” exists in Español only."),
        ),
        (
            course(lesson(1), lesson(2, minutes=6), language="Español", shares=(("MA-CHW", "MA-1", 10),)),
            (102, "The lesson “L2” has 5 minutes here and 6 in Español."),
        ),
        (
            course(lesson(1), lesson(2, quiz_id=7), language="Español"),
            (102, "The lesson “L2” has another quiz in Español."),
        ),
        (
            course(lesson(2), lesson(1), language="Español"),
            (1, "The lessons are in another order in Español."),
        ),
        (
            course(language="Español", shares=(("MA-CHW", "MA-2", 10),)),
            (10, "The minutes of the module “M” are split in another way in Español."),
        ),
    ],
)
def test_languages_must_agree(twin, problem):
    expected = [problem]
    if problem[1].endswith("missing in Español."):
        expected.append((10, "The minutes of the module “M” are split in another way in Español."))

    assert found(course(), twin) == expected


def test_no_twin_is_no_problem():
    assert found(course(), course(language="Español")) == []
