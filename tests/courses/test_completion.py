"""Rules of completion as tables, and as properties over any course and any order of work."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses import completion
from courses.data import LessonOutline, ModuleOutline, Outline, Share


def key(number: int) -> UUID:
    return UUID(int=number)


def course(sizes=(2, 2), *, is_sequential=True, minutes=5, share=None) -> Outline:
    numbers = iter(range(1, sum(sizes) + 1))
    modules = []
    for index, size in enumerate(sizes):
        lessons = tuple(
            LessonOutline(key=key(number), titles={"en": f"L{number}"}, minutes=minutes, quiz_id=None, paths={})
            for number in (next(numbers) for _lesson in range(size))
        )
        total = share if share is not None else size * minutes
        shares = (Share(1, "MA-CHW", "MA-1", {"en": "One"}, total),) if total else ()
        modules.append(ModuleOutline(key(1000 + index), {}, {}, lessons, shares))
    return Outline(
        key=key(999),
        titles={"en": "Course"},
        summaries={},
        helps_with={},
        paths={},
        revision="",
        picture="",
        is_sequential=is_sequential,
        topics=(),
        published_at=None,
        modules=tuple(modules),
    )


def keys(*numbers):
    return {key(number) for number in numbers}


@pytest.mark.parametrize(
    ("done", "next_number", "states"),
    [
        ((), 1, ["current", "locked", "locked", "locked"]),
        ((1,), 2, ["done", "current", "locked", "locked"]),
        ((1, 2, 3), 4, ["done", "done", "done", "current"]),
        ((1, 2, 3, 4), None, ["done", "done", "done", "done"]),
        ((2, 3), 1, ["current", "done", "done", "locked"]),  # a lesson was put in front later
        ((77,), 1, ["current", "locked", "locked", "locked"]),  # done once, no longer in the course
    ],
)
def test_in_order(done, next_number, states):
    plan = course()

    upcoming = completion.next_lesson(plan, keys(*done))

    assert (upcoming.key if upcoming else None) == (key(next_number) if next_number else None)
    assert [state.state for state in completion.states(plan, keys(*done))] == states
    assert completion.is_complete(plan, keys(*done)) == (next_number is None)


@pytest.mark.parametrize(
    ("done", "states"),
    [((), ["current", "open", "open", "open"]), ((3,), ["current", "open", "done", "open"])],
)
def test_in_any_order(done, states):
    assert [state.state for state in completion.states(course(is_sequential=False), keys(*done))] == states


def test_before_enrolling_all_lies_ahead():
    assert {state.state for state in completion.states(course(), set(), is_enrolled=False)} == {"locked"}


@pytest.mark.parametrize(
    ("is_sequential", "done", "asked", "first"),
    [
        (True, (), 1, None),
        (True, (), 2, 1),
        (True, (1,), 2, None),
        (True, (1,), 4, 2),
        (True, (2,), 2, None),  # done stays open
        (False, (), 4, None),
    ],
)
def test_blocking_lesson(is_sequential, done, asked, first):
    found = completion.blocking_lesson(course(is_sequential=is_sequential), keys(*done), key(asked))

    assert (found.key if found else None) == (key(first) if first else None)


@pytest.mark.parametrize(
    ("asked", "done", "after"), [(1, (1,), 2), (1, (1, 2), 3), (4, (4,), 1), (4, (1, 2, 3, 4), None), (2, (), 3)]
)
def test_lesson_after(asked, done, after):
    found = completion.lesson_after(course(), key(asked), keys(*done))

    assert (found.key if found else None) == (key(after) if after else None)


def test_empty_course_is_never_complete():
    assert not completion.is_complete(course(sizes=()), set())


@pytest.mark.parametrize(("share", "adds_up"), [(None, True), (9, False), (11, False), (10, True), (0, False)])
def test_minutes_add_up_exactly(share, adds_up):
    assert course(share=share).adds_up is adds_up


courses = st.builds(course, st.lists(st.integers(1, 5), min_size=1, max_size=5).map(tuple), is_sequential=st.booleans())


@given(courses, st.sets(st.integers(1, 30)))
def test_states_agree_with_the_rules(plan, numbers):
    done = keys(*numbers)

    states = completion.states(plan, done)

    assert sum(state.state == "done" for state in states) == completion.done_count(plan, done)
    assert sum(state.state == "current" for state in states) == (0 if completion.is_complete(plan, done) else 1)
    for state in states:
        is_locked = completion.blocking_lesson(plan, done, state.lesson.key) is not None
        assert (state.state == "locked") == is_locked
    total = sum(state.lesson.minutes for state in states if state.state != "done")
    assert completion.minutes_left(plan, done) == total


@given(courses)
def test_following_next_finishes_every_course(plan):
    done = set()

    while upcoming := completion.next_lesson(plan, done):
        assert completion.blocking_lesson(plan, done, upcoming.key) is None
        done.add(upcoming.key)

    assert completion.is_complete(plan, done)
    assert len(done) == len(plan.lessons)


@given(courses, st.sets(st.integers(1, 30)), st.integers(1, 30))
def test_more_work_never_means_less_progress(plan, numbers, more):
    before, after = keys(*numbers), keys(*numbers, more)

    assert completion.done_count(plan, before) <= completion.done_count(plan, after)
    assert completion.minutes_left(plan, before) >= completion.minutes_left(plan, after)
