"""Percent of other programs as millionths of a mark, and back. Decimal arithmetic: nothing here is a float."""

from decimal import ROUND_HALF_UP, Decimal

from quizzes.items.base import WHOLE

_PER_PERCENT = WHOLE // 100
# Files round thirds, sixths, sevenths and ninths to as many places as they please.
_KNOWN = sorted(
    {Decimal(100 * part) / parts for parts in (3, 6, 7, 9) for part in range(1, parts) if 100 * part % parts}
)


def millionths(percent: Decimal) -> int:
    """A weight in percent as millionths; 33.3, 33.33333 and their like are the third that was meant.

    The places that are written count, zeros too: 33.30000 is no third.
    """
    size = abs(percent)
    exponent = size.as_tuple().exponent
    places = -exponent if isinstance(exponent, int) else 0
    if places > 0:
        step = Decimal(1).scaleb(-places)
        for known in _KNOWN:
            if abs(size - known) < step:
                size = known
                break
    whole = int((size * _PER_PERCENT).to_integral_value(ROUND_HALF_UP))
    return -whole if percent < 0 else whole


def percent(weight: int) -> str:
    """Millionths as percent, in digits that `millionths` reads as the same weight."""
    exact = (Decimal(weight) / _PER_PERCENT).normalize()
    known = min(_KNOWN, key=lambda part: abs(part - abs(exact))).copy_sign(exact)
    places = Decimal("0.00001")
    # A third and its like in the digits that Moodle knows it by; else as short as it can be.
    for text in (f"{known.quantize(places, ROUND_HALF_UP):f}", f"{exact:f}"):
        if millionths(Decimal(text)) == weight:
            return text
    return f"{exact.quantize(places):f}"


def scaled_to_whole(weights: list[int], *, is_multiple: bool) -> list[int]:
    """Weights whose right ones make up the whole mark (`is_multiple`), or whose best one does, in the same ratio.

    Weights that already do are left alone; so are those among which nothing is right.
    """
    right = [weight for weight in weights if weight > 0]
    total = (sum(right) if is_multiple else max(right)) if right else 0
    slack = len(right) if is_multiple else 0
    if not total or abs(total - WHOLE) <= slack:
        return weights
    scaled = [round_half_up(weight * WHOLE, total) for weight in weights]
    # What was taken away weighs no more than the whole.
    return [max(-WHOLE, min(WHOLE, weight)) for weight in scaled]


def round_half_up(number: int, divisor: int) -> int:
    """The quotient to the nearest whole number, halves away from zero."""
    quotient = (abs(number) * 2 + divisor) // (2 * divisor)
    return -quotient if number < 0 else quotient
