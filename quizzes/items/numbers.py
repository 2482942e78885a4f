"""Numbers as people write them, and whether they are near enough. Decimal arithmetic only."""

import re
from decimal import Context, Decimal, localcontext

from quizzes.items.writing import AcceptedNumber, Numeric

# Enough for every number that a spec or an answer can hold, so that nothing is rounded on the way.
_CONTEXT = Context(prec=1_500, Emin=-999_999, Emax=999_999)

LONGEST_NUMBER = 60
_PLAIN = re.compile(r"[+-]?([0-9]+([.,][0-9]*)?|[.,][0-9]+)(e[+-]?[0-9]{1,2})?", re.IGNORECASE)
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?P<group>[.,'])[0-9]{3}((?P=group)[0-9]{3})*((?!(?P=group))[.,][0-9]+)?")
_POWER = re.compile(r"\s*[x×*]\s*10\s*(?:\^|\*\*)\s*([+-]?[0-9]{1,2})(?![0-9])", re.IGNORECASE)
_SPACES = re.compile(r"(?<=[0-9])[\s_'’](?=[0-9]{3}(?![0-9]))")


def readings(text: str) -> list[Decimal]:
    """What number `text` may mean; empty where it is none.

    Decimal point and decimal comma are both read. "1,000" may be one or a thousand, as the writer's country has it,
    so it has both readings, and the writer the benefit of the doubt.
    """
    text = _tidy(text)
    if not text or len(text) > LONGEST_NUMBER:
        return []
    found: list[Decimal] = []
    if _PLAIN.fullmatch(text):
        found.append(Decimal(text.replace(",", ".")))
    if grouped := _GROUPED.fullmatch(text):
        whole = text.replace(grouped["group"], "")
        value = Decimal(whole.replace(",", "."))
        is_natural = not text.lstrip("+-").startswith("0")  # "0,125" is no way to write 125
        if is_natural and value not in found:
            found.append(value)
    return found


def _tidy(text: str) -> str:
    text = _with_exponent(text.strip()).replace("−", "-").replace("–", "-").replace("’", "'")
    text = _SPACES.sub("", text)
    return re.sub(r"^([+-])\s+(?=[0-9.,])", r"\1", text)


def _with_exponent(text: str) -> str:
    """ "3x10^8" as "3e8"."""
    return _POWER.sub(r"e\1", text) if len(text) <= 200 else text


_NUMBER = r"(?P<number>[+\-−–]?\s*[0-9.,'’\s]*[0-9.,](?:e[+-]?[0-9]{1,2})?)"
_NUMBER_AND_UNIT = re.compile(rf"{_NUMBER}\s*(?P<unit>[^0-9].*)?", re.IGNORECASE)
# Money is written this way round in many countries.
_UNIT_AND_NUMBER = re.compile(rf"(?P<unit>[^0-9.,+\-−–\s][^0-9.,+\-−–]{{0,39}}){_NUMBER}", re.IGNORECASE)


def number_and_unit(text: str) -> tuple[str, str]:
    """`text` cut into a number and its unit, behind or in front of it: "3,5 kg" into "3,5" and "kg"."""
    text = _with_exponent(text.strip()[:200])
    found = _NUMBER_AND_UNIT.fullmatch(text) or _UNIT_AND_NUMBER.fullmatch(text)
    return (found["number"].strip(), (found["unit"] or "").strip()) if found else (text, "")


def is_near(number: Decimal, accepted: AcceptedNumber) -> bool:
    """Whether `number` is within the tolerance, its border included."""
    value, tolerance = Decimal(accepted.value), Decimal(accepted.tolerance)
    with localcontext(_CONTEXT):
        match accepted.tolerance_kind:
            case "any":
                return True
            case "absolute":
                return abs(number - value) <= tolerance
            case "relative":
                return abs(number - value) <= tolerance * abs(value)
            case "geometric":
                if number * value < 0:
                    return False
                # Multiplied on both sides, so that nothing is divided and rounded.
                return abs(value) <= abs(number) * (1 + tolerance) and abs(number) <= abs(value) * (1 + tolerance)
            case "range":
                return value <= number <= Decimal(accepted.upper or accepted.value)


def multiplier_of(unit: str, spec: Numeric) -> Decimal | None:
    """By what a number in `unit` is multiplied; None for a unit that is not known.

    Written exactly or, where only one unit comes into question, with other capitals.
    """
    exact = [known for known in spec.units if known.name.strip() == unit.strip()]
    alike = exact or [known for known in spec.units if known.name.strip().casefold() == unit.strip().casefold()]
    return Decimal(alike[0].multiplier) if len(alike) == 1 else None


def times(number: Decimal, multiplier: Decimal) -> Decimal:
    with localcontext(_CONTEXT):
        return number * multiplier
