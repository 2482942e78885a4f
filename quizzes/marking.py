"""Pure: what two markers give together, and when a third person is asked. Hundredths of a point, whole numbers only."""


def mean_of(first: int, second: int) -> int:
    """The mean of two marks, rounded half up."""
    return (first + second + 1) // 2


def needs_third(first: int, second: int, *, maximum: int, difference_percent: int) -> bool:
    """Whether two marks differ by more than `difference_percent` of the maximum."""
    return abs(first - second) * 100 > difference_percent * maximum
