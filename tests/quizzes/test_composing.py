"""Sections and random draws: what an attempt asks, and what passing it takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes import selection, services
from quizzes.errors import QuizEmpty
from quizzes.models import Attempt, Item, QuizDraw, QuizSection
from tests.factories.curriculum import CompetencyFactory
from tests.factories.quizzes import ItemBankFactory, ItemFactory, QuizFactory, add_items, in_both, plain_quiz


def bank_of(count, *, approved=True, bank=None, **fields):
    """`count` items in a bank."""
    bank = bank or ItemBankFactory()
    for _number in range(count):
        item = ItemFactory(bank=bank, competency=fields.get("competency"))
        state = Item.ReviewState.APPROVED if approved else Item.ReviewState.DRAFT
        Item.objects.filter(pk=item.pk).update(review_state=state, **fields)
    return bank


def codes(attempt):
    return list(attempt.attempt_items.order_by("position").values_list("version__item__code", flat=True))


def answer(attempt, *rights):
    """Answer right at these positions, wrong at all others."""
    for row in attempt.attempt_items.select_related("version"):
        choices = row.version.question["choices"]
        key = choices[0 if row.position in rights else 1]["key"]
        services.save_response(attempt, row.position, [key], revision=1)
    return services.submit_attempt(attempt)


# --- Dealing -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pools", "counts"),
    [
        ([], []),
        ([(0, ["a"])], [0]),
        ([(2, ["a", "b", "c"])], [2]),
        ([(1, ["a", "b"]), (1, ["a"])], [1, 1]),  # the first gives way
        ([(1, ["a", "b"]), (1, ["b", "c"]), (1, ["a"])], [1, 1, 1]),  # and makes the second give way
        ([(2, ["a", "b", "c"]), (1, ["a"]), (0, ["b"])], [2, 1, 0]),
        ([(1, ["a"]), (1, ["a"])], None),
        ([(2, ["a"])], None),
        ([(1, [])], None),
    ],
)
def test_deal_gives_each_pool_its_number_or_nothing(pools, counts):
    for seed in range(20):
        dealt = selection.deal(seed, pools)
        assert (dealt and [len(lot) for lot in dealt]) == (counts or (None if counts is None else []))


@given(
    st.integers(0, 2**63 - 1),
    st.lists(st.tuples(st.integers(0, 3), st.lists(st.sampled_from("abcdef"), unique=True)), max_size=4),
)
def test_deal_finds_a_way_exactly_when_there_is_one(seed, pools):
    dealt = selection.deal(seed, pools)

    if dealt is None:
        assert not possible(pools)
    else:
        flat = [key for lot in dealt for key in lot]
        assert len(flat) == len(set(flat))
        assert [len(lot) for lot in dealt] == [count for count, _keys in pools]
        assert all(set(lot) <= set(keys) for lot, (_count, keys) in zip(dealt, pools, strict=True))


def possible(pools):
    """Hall: every set of pools has together as many keys as its pools ask for."""
    for chosen in range(1, 2 ** len(pools)):
        picked = [pool for at, pool in enumerate(pools) if chosen >> at & 1]
        if len({key for _count, keys in picked for key in keys}) < sum(count for count, _keys in picked):
            return False
    return True


def test_deal_is_the_same_for_the_same_seed_and_takes_the_unseen_first():
    pool = [(3, list("abcdef"))]

    assert selection.deal(7, pool) == selection.deal(7, pool)
    assert {frozenset(selection.deal(seed, pool)[0]) for seed in range(30)} != {frozenset("abc")}
    assert set(selection.deal(7, pool, seen="abc")[0]) == set("def")


# --- Drawing -------------------------------------------------------------------------------------------------------


def test_section_asks_its_items_and_what_it_draws(learner):
    bank = bank_of(5)
    listed = ItemFactory(code="listed")
    quiz = QuizFactory(items=[listed])
    QuizDraw.objects.create(section=quiz.sections.get(), count=3, bank=bank)

    attempt = services.start_attempt(learner, quiz)

    asked = codes(attempt)
    assert len(asked) == len(set(asked)) == 4
    assert "listed" in asked
    assert attempt.max_marks == 400


@pytest.mark.parametrize(
    ("fits", "draw"),
    [
        ({"category": "Topic"}, {"category": "Topic"}),
        ({"category": "Topic/Sub"}, {"category": "Topic"}),
        ({"tags": ["one", "two"]}, {"tag": "two"}),
        ({"difficulty": "easy"}, {"difficulty": "easy"}),
    ],
)
def test_draw_takes_only_what_fits(learner, fits, draw):
    bank = bank_of(1, **fits)
    bank_of(2, bank=bank, category="Topical", tags=["twofold"], difficulty="hard")
    bank_of(1, bank=bank, category="Topic//Other")  # a name with a slash, of another category
    bank_of(2, bank=bank, approved=False, **fits)
    quiz = QuizFactory()
    QuizDraw.objects.create(section=quiz.sections.get(), count=1, bank=bank, **draw)

    [code] = codes(services.start_attempt(learner, quiz))

    assert Item.objects.get(code=code) in Item.objects.filter(review_state="approved", **fits)


def test_draw_of_a_competency_takes_its_items_of_every_bank(learner):
    competency = CompetencyFactory()
    bank_of(1, competency=competency)
    bank_of(1, competency=competency)
    bank_of(3)
    quiz = QuizFactory()
    QuizDraw.objects.create(section=quiz.sections.get(), count=2, competency=competency)

    asked = codes(services.start_attempt(learner, quiz))

    assert set(asked) == set(Item.objects.filter(competency=competency).values_list("code", flat=True))


def test_draw_never_takes_what_the_quiz_lists_or_draws_elsewhere(learner):
    bank = bank_of(4)
    listed = Item.objects.filter(bank=bank).first()
    quiz = QuizFactory(items=[listed])
    first, second = quiz.sections.get(), QuizSection.objects.create(quiz=quiz, sort_order=1)
    QuizDraw.objects.create(section=first, count=1, bank=bank)
    QuizDraw.objects.create(section=second, count=2, bank=bank)

    assert sorted(codes(services.start_attempt(learner, quiz))) == sorted(
        Item.objects.filter(bank=bank).values_list("code", flat=True)
    )


def test_draw_from_too_few_starts_nothing_and_asks_never_fewer(learner):
    bank = bank_of(2)
    quiz = QuizFactory(items=[ItemFactory()])
    QuizDraw.objects.create(section=quiz.sections.get(), count=2, bank=bank)
    services.archive_item(Item.objects.filter(bank=bank).first())

    with pytest.raises(QuizEmpty, match="does not have enough questions at the moment"):
        services.start_attempt(learner, quiz)

    assert Attempt.objects.count() == 0


def test_draw_of_a_retake_prefers_what_was_not_asked(learner):
    bank = bank_of(6)
    quiz = QuizFactory()
    QuizDraw.objects.create(section=quiz.sections.get(), count=3, bank=bank)
    first = services.submit_attempt(services.start_attempt(learner, quiz))

    second = services.start_attempt(learner, quiz)

    assert set(codes(first)) & set(codes(second)) == set()


def test_sections_follow_each_other_whatever_is_shuffled(learner):
    quiz = QuizFactory(items=[ItemFactory(code=f"a{n}") for n in range(4)])
    add_items(QuizSection.objects.create(quiz=quiz, sort_order=1), [ItemFactory(code=f"b{n}") for n in range(4)])

    orders = [codes(services.submit_attempt(services.start_attempt(learner, quiz))) for _try in range(6)]

    assert {tuple(code[0] for code in order) for order in orders} == {tuple("aaaabbbb")}
    assert len({tuple(order) for order in orders}) > 1


def test_order_of_a_section_is_kept_without_shuffling(learner):
    quiz = QuizFactory(items=[ItemFactory(code="z"), ItemFactory(code="a")], shuffle_items=False)

    assert codes(services.start_attempt(learner, quiz)) == ["z", "a"]


# --- Passing -------------------------------------------------------------------------------------------------------


@pytest.fixture
def two_parts(db):
    """Two sections of two items: of the second, all must be right; of the whole, half."""
    quiz = QuizFactory(items=[ItemFactory(), ItemFactory()], pass_mark_percent=50, shuffle_choices=False)
    quiz.sections.update(title=in_both("Listening"), shuffle_items=False)
    second = QuizSection.objects.create(
        quiz=quiz, title=in_both("Privacy"), pass_mark_percent=100, sort_order=1, shuffle_items=False
    )
    add_items(second, [ItemFactory(), ItemFactory()])
    return quiz


@pytest.mark.parametrize(("rights", "is_passed"), [((1, 2, 3), False), ((3, 4), True), ((1, 3), False), ((3,), False)])
def test_section_asks_for_its_own_pass_mark(learner, two_parts, rights, is_passed):
    attempt = answer(services.start_attempt(learner, two_parts), *rights)

    assert (attempt.marks, attempt.is_passed) == (len(rights) * 100, is_passed)


def test_rule_of_an_attempt_is_that_of_its_start(learner, two_parts):
    attempt = services.start_attempt(learner, two_parts)
    two_parts.sections.update(pass_mark_percent=None, title={})

    assert answer(attempt, 1, 2, 3).is_passed is False
    attempt.refresh_from_db()
    assert attempt.pass_rule == {
        "parts": [
            {"kind": "section", "title": in_both("Listening"), "percent": None, "positions": [1, 2]},
            {"kind": "section", "title": in_both("Privacy"), "percent": 100, "positions": [3, 4]},
        ]
    }


def test_plain_quiz_has_no_rule_of_its_parts(learner):
    assert services.start_attempt(learner, plain_quiz(2)).pass_rule is None


@pytest.mark.parametrize(("percent", "is_passed"), [(50, True), (51, False)])
def test_competency_asks_for_its_own_pass_mark(learner, percent, is_passed):
    outreach, ethics = CompetencyFactory(), CompetencyFactory()
    items = [ItemFactory(competency=competency) for competency in (outreach, outreach, ethics, None)]
    quiz = QuizFactory(
        items=items, pass_mark_percent=50, competency_percent=percent, shuffle_items=False, shuffle_choices=False
    )

    attempt = answer(services.start_attempt(learner, quiz), 1, 3)

    assert attempt.is_passed is is_passed
    assert [(part["kind"], part["positions"]) for part in attempt.pass_rule["parts"]] == [
        ("competency", [1, 2]),
        ("competency", [3]),
    ]
