"""Pure: texts that are likely the same question, written twice."""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import combinations

ALIKE = 0.85  # share of the words, and of the letters, that two texts have in common


def folded(text: str) -> str:
    """The text without capitals, accents, punctuation and runs of space."""
    letters = (one for one in unicodedata.normalize("NFKD", text.casefold()) if unicodedata.category(one) != "Mn")
    return " ".join("".join(one if one.isalnum() else " " for one in letters).split())


def likely_twins(texts: Iterable[tuple[int, str]]) -> list[tuple[int, int, int]]:
    """Pairs (first id, second id, percent alike), the likeliest first; 100 are the same but for what is folded away.

    Only pairs that share a rare word are compared (prefix filtering: Chaudhuri and others 2006), so that a bank of
    thousands takes seconds, not hours.
    """
    by_text: dict[str, list[int]] = defaultdict(list)
    for key, text in texts:
        if read := folded(text):
            by_text[read].append(key)
    best: dict[tuple[int, int], int] = {}
    for same in by_text.values():
        for pair in combinations(sorted(set(same)), 2):
            best[pair] = 100
    for one, other, percent in _near(list(by_text)):
        for first in by_text[one]:
            for second in by_text[other]:
                if first != second:
                    pair = (min(first, second), max(first, second))
                    best[pair] = max(best.get(pair, 0), percent)
    return sorted(((*pair, percent) for pair, percent in best.items()), key=lambda row: (-row[2], row))


def _near(texts: Sequence[str]) -> Iterator[tuple[str, str, int]]:
    words = [text.split() for text in texts]
    frequency = Counter(word for of_text in words for word in set(of_text))
    holders: Mapping[str, list[int]] = defaultdict(list)
    for place, of_text in enumerate(words):
        rare_first = sorted(set(of_text), key=lambda word: (frequency[word], word))
        prefix = rare_first[: len(rare_first) - int(ALIKE * len(rare_first) + 0.999) + 1]
        candidates = {other for word in prefix for other in holders[word]}
        for other in sorted(candidates):
            if percent := _alike(texts[other], texts[place], set(words[other]), set(of_text)):
                yield texts[other], texts[place], percent
        for word in prefix:
            holders[word].append(place)


def _alike(one: str, other: str, words: set[str], others: set[str]) -> int:
    """Percent alike; 0 where they are too different, or differ in a number, which makes another question of it."""
    if len(words & others) < ALIKE * len(words | others) or _numbers(words) != _numbers(others):
        return 0
    ratio = SequenceMatcher(None, one, other, autojunk=False).ratio()
    return min(99, int(ratio * 100)) if ratio >= ALIKE else 0


def _numbers(words: Iterable[str]) -> set[str]:
    return {word for word in words if any(one.isdigit() for one in word)}
