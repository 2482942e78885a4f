"""Items whose parts are put together: matching, ordering, choosing words for gaps, and conversations."""

import re
from typing import Annotated, Literal

from pydantic import Field, model_validator

from quizzes.items.base import (
    Flag,
    ItemSpec,
    Key,
    KeyOrNone,
    OrderTells,
    Part,
    Secret,
    Share,
    Text,
    Weight,
    Written,
    fault,
    one_each,
)

LARGEST_ENTRIES = 100


class Prompt(Part):
    """One side of a pair, with the key of the match that is right for it."""

    key: Key
    text: Written
    match: Annotated[Key, Secret]
    feedback: Annotated[Text, Secret] = Field(default_factory=dict)


class Option(Part):
    """Something that can be taken and is right or wrong only by where it is put."""

    key: Key
    text: Written


class Matching(ItemSpec):
    """Each prompt gets a match, each an equal share of the mark. There may be more matches than prompts."""

    kind: Literal["matching"] = "matching"
    prompts: Annotated[tuple[Prompt, ...], Field(min_length=1, max_length=LARGEST_ENTRIES)]
    matches: Annotated[tuple[Option, ...], Field(min_length=2, max_length=LARGEST_ENTRIES), OrderTells]
    shuffle: Flag = True

    @model_validator(mode="after")
    def _can_be_graded(self) -> "Matching":
        one_each("prompts", [prompt.key for prompt in self.prompts])
        one_each("matches", [match.key for match in self.matches])
        known = {match.key for match in self.matches}
        for prompt in self.prompts:
            if prompt.match not in known:
                raise fault("match_missing", "The match “{key}” is not among the matches.", key=prompt.match)
        return self


class Ordering(ItemSpec):
    """Entries are put in order; they stand here in the right one.

    `all_or_nothing`; `places`: each entry at its place is an equal share; `neighbours`: each entry that is followed
    by the right one is.
    """

    kind: Literal["ordering"] = "ordering"
    entries: Annotated[tuple[Option, ...], Field(min_length=2, max_length=LARGEST_ENTRIES), OrderTells]
    scoring: Literal["all_or_nothing", "places", "neighbours"] = "places"

    @model_validator(mode="after")
    def _can_be_graded(self) -> "Ordering":
        one_each("entries", [entry.key for entry in self.entries])
        return self


# --- Words for gaps -----------------------------------------------------------------------------------------------

_GAP = re.compile(r"\[\[([A-Za-z0-9][A-Za-z0-9_-]{0,63})\]\]")


def gaps_in(text: str) -> list[str]:
    """Keys of the gaps `[[key]]`, in the order of the text."""
    return _GAP.findall(text)


def pieces_of(text: str) -> list[tuple[str, str]]:
    """The text as (words, key of the gap that follows them); the last key is empty."""
    parts = _GAP.split(text)
    return list(zip(parts[::2], [*parts[1::2], ""], strict=True))


def check_gaps(texts: dict[str, str], keys: list[str]) -> None:
    """Raise unless every language has every gap once. Their order is the language's own."""
    one_each("gaps", keys)
    for language, text in texts.items():
        if not text.strip():
            continue
        named = gaps_in(text)
        if sorted(named) != sorted(keys):
            odd = sorted(set(named) ^ set(keys)) or sorted({key for key in named if named.count(key) > 1})
            raise fault(
                "gaps_differ",
                "The gap “{key}” is not once in the text and once in the list (language: {language}).",
                key=odd[0],
                language=language,
            )


class Group(Part):
    """Words that the gaps of a group share."""

    key: Key
    choices: Annotated[tuple[Option, ...], Field(min_length=2, max_length=LARGEST_ENTRIES), OrderTells]


class WordGap(Part):
    """A gap that takes a word of its group."""

    key: Key
    group: Key
    right: Annotated[Key, Secret]
    weight: Share = 1


class GapSelect(ItemSpec):
    """Words are chosen for the gaps `[[key]]` of a text. Unless `may_repeat`, a word is used once."""

    kind: Literal["gap_select"] = "gap_select"
    stem: Text = Field(default_factory=dict)  # type: ignore[assignment]
    text: Written
    groups: Annotated[tuple[Group, ...], Field(min_length=1, max_length=30)]
    gaps: Annotated[tuple[WordGap, ...], Field(min_length=1, max_length=LARGEST_ENTRIES)]
    may_repeat: Flag = True

    @model_validator(mode="after")
    def _can_be_graded(self) -> "GapSelect":
        one_each("groups", [group.key for group in self.groups])
        one_each("choices", [choice.key for group in self.groups for choice in group.choices])
        check_gaps(self.text, [gap.key for gap in self.gaps])
        offered = {group.key: {choice.key for choice in group.choices} for group in self.groups}
        for gap in self.gaps:
            if gap.right not in offered.get(gap.group, set()):
                raise fault("choice_missing", "The choice “{key}” is not in the gap's group.", key=gap.right)
        if not self.may_repeat and len({gap.right for gap in self.gaps}) < len(self.gaps):
            raise fault("choice_repeats", "A choice is right twice and may be used once.")
        return self


# --- Conversations ------------------------------------------------------------------------------------------------


class Reply(Part):
    """What the learner may say or do, and where the conversation goes from there (empty: it ends)."""

    key: Key
    text: Written
    next: KeyOrNone = ""
    weight: Annotated[Weight, Secret] = 0
    feedback: Annotated[Text, Secret] = Field(default_factory=dict)


class Node(Part):
    """What the learner meets at one moment of the conversation. Without replies it ends there."""

    key: Key
    speaker: Text = Field(default_factory=dict)
    text: Written
    choices: Annotated[tuple[Reply, ...], Field(max_length=20)] = ()


class Case(ItemSpec):
    """A conversation. The weights along the way are added up; the best way through earns the whole mark."""

    kind: Literal["case"] = "case"
    start: Key
    nodes: Annotated[tuple[Node, ...], Field(min_length=1, max_length=300)]
    shuffle: Flag = True

    @model_validator(mode="after")
    def _can_be_graded(self) -> "Case":
        one_each("nodes", [node.key for node in self.nodes])
        one_each("choices", [choice.key for node in self.nodes for choice in node.choices])
        nodes = {node.key: node for node in self.nodes}
        for key in (self.start, *(choice.next for node in self.nodes for choice in node.choices if choice.next)):
            if key not in nodes:
                raise fault("node_missing", "The conversation goes to “{key}”, which is not there.", key=key)
        if not nodes[self.start].choices:
            raise fault("case_empty", "The conversation has nothing to choose at its start.")
        if best_way(self) <= 0:
            raise fault("no_right_answer", "No way through the conversation earns a mark.")
        return self


def best_way(case: Case) -> int:
    """The most that the weights along one way add up to. Raises where the conversation can go round in a circle.

    Written without recursion: a conversation may be as long as its limit.
    """
    nodes = {node.key: node for node in case.nodes}
    best: dict[str, int] = {"": 0}
    stack = [case.start]
    while stack:
        key = stack[-1]
        waiting = [choice.next for choice in nodes[key].choices if choice.next not in best]
        if not waiting:
            best[key] = max((choice.weight + best[choice.next] for choice in nodes[key].choices), default=0)
            stack.pop()
        elif circle := sorted(set(stack).intersection(waiting)):
            raise fault("case_circle", "The conversation comes back to “{key}”.", key=circle[0])
        else:
            stack.append(waiting[0])
    return best[case.start]
