"""Pure: seed and pool to items and order of choices.

Every key gets a rank: a hash of seed, purpose and key. Sorting by rank shuffles the same way on every machine and
every Python, whatever the order of the pool (the algorithms of `random` may change between versions of Python).
"""

from collections.abc import Collection, Sequence
from hashlib import blake2b


def _rank(seed: int | str, purpose: str, key: str) -> bytes:
    return blake2b(f"{seed}/{purpose}/{key}".encode(), digest_size=16).digest()


def shuffled(seed: int | str, purpose: str, keys: Collection[str]) -> list[str]:
    """`keys` in the order that the seed gives them for this purpose."""
    return sorted(keys, key=lambda key: _rank(seed, purpose, key))


def draw_items(
    seed: int, pool: Sequence[str], *, count: int | None, shuffle: bool, seen: Collection[str] = frozenset()
) -> list[str]:
    """Which items are asked, in which order: `count` of the pool (None: all), those not `seen` before the others."""
    by_lot = shuffled(seed, "draw", pool)
    by_lot.sort(key=lambda key: key in seen)  # stable: the lot decides among the unseen, then among the seen
    drawn = set(by_lot if count is None else by_lot[:count])
    if shuffle:
        return shuffled(seed, "order", drawn)
    return [key for key in pool if key in drawn]


def deal(
    seed: int, pools: Sequence[tuple[int, Sequence[str]]], *, seen: Collection[str] = frozenset()
) -> list[list[str]] | None:
    """For each pool (how many, of which keys) so many keys by lot, none of them twice; None where that cannot be.

    Where pools overlap, an earlier one gives way as long as it finds another key: a matching by augmenting paths, so
    that a way is found whenever there is one.
    """
    ranked = []
    for number, (_count, keys) in enumerate(pools):
        by_lot = shuffled(seed, f"draw {number}", keys)
        by_lot.sort(key=lambda key: key in seen)
        ranked.append(by_lot)
    owner: dict[str, int] = {}
    for number, (count, _keys) in enumerate(pools):
        for _slot in range(count):
            if not _give_one(number, ranked, owner):
                return None
    return [[key for key in keys if owner.get(key) == number] for number, keys in enumerate(ranked)]


def _give_one(to: int, ranked: Sequence[Sequence[str]], owner: dict[str, int]) -> bool:
    """One key more for pool `to`: a free one, or one whose owner can take another. Breadth first, over pools."""
    came_by: dict[int, tuple[int, str]] = {}  # pool → (who wants its key, that key)
    waiting = [to]
    for pool in waiting:  # grows as it goes
        for key in ranked[pool]:
            if key not in owner:
                owner[key] = pool
                while pool != to:
                    pool, key = came_by[pool]
                    owner[key] = pool
                return True
        for key in ranked[pool]:
            other = owner[key]
            if other != to and other not in came_by:
                came_by[other] = (pool, key)
                waiting.append(other)
    return False


def order_choices(seed: int, item_key: str, choice_keys: Sequence[str], *, shuffle: bool) -> list[int]:
    """Places of the choices, in the order in which they are shown."""
    places = {key: place for place, key in enumerate(choice_keys)}
    if not shuffle:
        return list(places.values())
    return [places[key] for key in shuffled(seed, f"choices of {item_key}", choice_keys)]
