"""What holds for every item and every answer, on items and answers made up by chance."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.items import WHOLE, grade, merge, read_item, response_faults, split
from tests.quizzes.items.samples import EMPTY, t

points = st.integers(1, 1_000)
weights = st.integers(-WHOLE, WHOLE)


def keyed(texts, **more):
    return [{"key": f"k{at}", "text": t(text)} | more for at, text in enumerate(texts)]


@st.composite
def choice_items(draw):
    count = draw(st.integers(2, 8))
    kind = draw(st.sampled_from(["single_choice", "multiple_choice"]))
    value = {"kind": kind, "stem": t("?"), "points": draw(points), "choices": keyed("x" * count)}
    if kind == "single_choice":
        for choice in value["choices"]:
            choice["weight"] = draw(weights)
        value["choices"][draw(st.integers(0, count - 1))]["weight"] = WHOLE
        right = [next(choice["key"] for choice in value["choices"] if choice["weight"] == WHOLE)]
        return read_item(value), right
    value["scoring"] = draw(st.sampled_from(["all_or_nothing", "proportional", "with_penalty"]))
    right = draw(st.lists(st.integers(0, count - 1), min_size=1, unique=True))
    for at, choice in enumerate(value["choices"]):
        if at in right:
            choice["weight"] = WHOLE // len(right)
        elif value["scoring"] == "with_penalty":
            choice["weight"] = draw(st.integers(-WHOLE, 0))
    return read_item(value), [f"k{at}" for at in right]


@st.composite
def matching_items(draw):
    matches = keyed("x" * draw(st.integers(2, 6)))
    prompts = [
        {"key": f"p{at}", "text": t("?"), "match": draw(st.sampled_from(matches))["key"]}
        for at in range(draw(st.integers(1, 6)))
    ]
    value = {"kind": "matching", "stem": t("?"), "points": draw(points), "prompts": prompts, "matches": matches}
    return read_item(value), {prompt["key"]: prompt["match"] for prompt in prompts}


@st.composite
def ordering_items(draw):
    entries = keyed("x" * draw(st.integers(2, 7)))
    scoring = draw(st.sampled_from(["all_or_nothing", "places", "neighbours"]))
    value = {"kind": "ordering", "stem": t("?"), "points": draw(points), "entries": entries, "scoring": scoring}
    return read_item(value), [entry["key"] for entry in entries]


@st.composite
def cloze_items(draw):
    gaps, right = [], {}
    for at in range(draw(st.integers(1, 5))):
        gap = {"key": f"g{at}", "weight": draw(st.integers(1, 7))}
        match draw(st.sampled_from(["select", "short_text", "numeric"])):
            case "select":
                gap |= {"kind": "select", "choices": [*keyed("xy"), {"key": "ok", "text": t("z"), "weight": WHOLE}]}
                right[gap["key"]] = "ok"
            case "short_text":
                gap |= {
                    "kind": "short_text",
                    "answers": [{"text": "ok"}, {"text": "*", "is_pattern": True, "weight": 7}],
                }
                right[gap["key"]] = "OK"
            case _:
                number = draw(st.integers(-(10**6), 10**6))
                gap |= {"kind": "numeric", "answers": [{"value": f"{number}.5"}]}
                right[gap["key"]] = f"{number},5"
        gaps.append(gap)
    text = " ".join(f"[[{gap['key']}]]" for gap in gaps)
    return read_item({"kind": "cloze", "text": {"en": text}, "gaps": gaps, "points": draw(points)}), right


any_item = st.one_of(choice_items(), matching_items(), ordering_items(), cloze_items())


@given(any_item)
def test_all_right_is_the_whole_mark_and_nothing_is_nothing(item):
    spec, right = item

    assert response_faults(split(spec)[0], right) == []
    assert grade(spec, right).earned == grade(spec, right).maximum == spec.points * 100
    assert grade(spec, EMPTY.get(spec.kind, [])).earned == 0


@given(any_item)
def test_the_two_halves_grade_like_the_whole(item):
    spec, right = item

    assert merge(*split(spec)) == spec
    assert grade(split(spec), right) == grade(spec, right)


def answer_by_chance(spec, rng):
    match spec.kind:
        case "single_choice":
            return [rng.choice(spec.choices).key]
        case "multiple_choice":
            return rng.sample([choice.key for choice in spec.choices], rng.randint(0, len(spec.choices)))
        case "matching":
            return {prompt.key: rng.choice(spec.matches).key for prompt in spec.prompts if rng.random() < 0.8}
        case "ordering":
            keys = [entry.key for entry in spec.entries]
            rng.shuffle(keys)
            return [key if rng.random() < 0.8 else "" for key in keys]
        case _:
            return {gap.key: rng.choice(["ok", "1,5", ""]) for gap in spec.gaps if gap.kind != "select"}


@given(any_item, st.integers())
def test_marks_stay_between_nothing_and_the_whole(item, seed):
    spec, _right = item
    response = answer_by_chance(spec, random.Random(seed))

    marks = grade(spec, response)

    assert response_faults(split(spec)[0], response) == []
    assert 0 <= marks.earned <= marks.maximum
    assert isinstance(marks.earned, int)
    assert all(0 <= part.earned <= WHOLE for part in marks.parts)


@given(any_item, st.integers())
def test_the_order_of_the_parts_of_an_answer_does_not_matter(item, seed):
    spec, _right = item
    rng = random.Random(seed)
    response = answer_by_chance(spec, rng)
    if spec.kind == "ordering":
        return  # there it is the answer
    turned = dict(reversed(response.items())) if isinstance(response, dict) else response[::-1]

    assert grade(spec, turned) == grade(spec, response)


@given(choice_items(), st.integers())
def test_a_right_tick_more_never_costs_as_long_as_no_more_are_ticked_than_are_right(item, seed):
    spec, right = item
    if spec.kind != "multiple_choice" or spec.scoring == "all_or_nothing":
        return
    rng = random.Random(seed)
    taken = rng.sample(right, rng.randint(0, len(right) - 1))
    more = [*taken, next(key for key in right if key not in taken)]

    assert grade(spec, more).earned > grade(spec, taken).earned or spec.points == 0


@pytest.mark.parametrize("count", range(2, 12))
def test_ticking_everything_does_not_pay_where_half_is_wrong(count):
    right = count // 2
    value = keyed("x" * count)
    for choice in value[:right]:
        choice["weight"] = WHOLE // right
    spec = read_item({"kind": "multiple_choice", "stem": t("?"), "scoring": "proportional", "choices": value})

    assert grade(spec, [choice["key"] for choice in value]).earned == 0
