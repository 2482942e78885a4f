"""People and their answers for tests, as a table: a row of marks each. Nothing of the code under test is used."""

from quizzes.statistics import Sitting, packed


def sittings_of(rows, *, groups=None, worth=None):
    """A sitting for each row of marks (0 and 1, or hundredths where `worth` says what an item is worth)."""
    worth = worth or [100] * len(rows[0])
    scale = 100 if max(map(max, rows)) <= 1 else 1
    return [
        Sitting(
            learner=number,
            group=groups[number] if groups else "en",
            marks=sum(row) * scale,
            max_marks=sum(worth),
            cells=packed(
                (version, mark * scale, ["k"] if mark else ["w"]) for version, mark in enumerate(row, start=1)
            ),
        )
        for number, row in enumerate(rows)
    ]
