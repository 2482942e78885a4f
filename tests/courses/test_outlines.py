"""Outlines: what is live, in the leading language, read in few queries and never stale."""

import pytest
from django.core.cache import cache

from courses.outlines import live_course_keys, outline_of, outlines_of
from tests.factories.courses import make_course


def test_outline_holds_order_times_and_both_languages(course):
    plan = outline_of(course.key)

    assert [lesson.key for lesson in plan.lessons] == course.lesson_keys
    assert plan.minutes == 20
    assert [module.minutes for module in plan.modules] == [10, 10]
    assert dict(plan.titles) == {"en": "Course kindness", "es": "Curso kindness"}
    assert plan.lessons[0].paths == {
        "en": "/en/courses/kindness-en/module-1/lesson-1/",
        "es": "/es/cursos/kindness-es/module-1/lesson-1/",
    }
    assert plan.adds_up
    assert [(share.code, share.minutes) for share in plan.shares] == [("T-1", 20)]


@pytest.mark.parametrize("courses", [1, 3])
def test_outlines_cold_take_the_same_queries(indexes, courses, django_assert_num_queries):
    keys = [make_course(indexes, code=f"c{number}").key for number in range(courses)]
    cache.clear()

    with django_assert_num_queries(7):
        found = outlines_of(keys)

    assert list(found) == keys
    with django_assert_num_queries(0):
        outlines_of(keys)


def test_outline_of_a_draft_is_none(indexes):
    draft = make_course(indexes, is_live=False)

    assert outline_of(draft.key) is None
    assert live_course_keys() == []


@pytest.mark.parametrize("change", ["publish", "unpublish", "move", "delete"])
def test_outline_follows_every_change(course, change):
    before = [lesson.key for lesson in outline_of(course.key).lessons]
    lesson = course.lessons["en"][0]
    lesson.refresh_from_db()

    if change == "publish":
        lesson.minutes = 9
        lesson.save_revision().publish()
    elif change == "unpublish":
        lesson.unpublish()
    elif change == "move":
        lesson.move(course.modules["en"][0], pos="last-child")
    else:
        lesson.delete()

    after = outline_of(course.key)
    keys = [found.key for found in after.lessons]
    assert {
        "publish": after.minutes == 24 and keys == before,
        "unpublish": keys == before[1:],
        "move": keys == [before[1], before[0], *before[2:]],
        "delete": keys == before[1:],
    }[change]


def test_outline_after_the_leading_language_is_gone_is_the_other(course):
    course.pages["en"].unpublish()

    plan = outline_of(course.key)

    assert plan.paths == {"es": "/es/cursos/kindness-es/"}
    assert dict(plan.titles) == {"es": "Curso kindness"}
