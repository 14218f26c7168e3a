"""Percentages, exact: a target of 99.95 % is the fraction 1999/2000, never a float."""

import re
from decimal import Decimal
from fractions import Fraction

from attrs import frozen

_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,12})?)\s?%", re.ASCII)
_SHOWN_DIGITS = 6


@frozen(order=True)
class Percent:
    """A share of a whole.

    Attributes:
        ratio: the share as a fraction, 1 for 100 %.
    """

    ratio: Fraction

    def __str__(self) -> str:
        return f"{format_percent(self.ratio)}%"


def parse_percent(text: str) -> Percent:
    """Read ``99.95%``.

    Raises:
        ValueError: the text is no percentage with a ``%`` sign and a decimal point.
    """
    found = _PERCENT.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is not a percentage: write a number and a percent sign, as in 99.9%")
    return Percent(Fraction(Decimal(found[1])) / 100)


def format_percent(ratio: Fraction) -> str:
    """A ratio in per cent, with at most six decimals, always rounded down, trailing zeros dropped.

    Rounding down is for display only, so that 98.9999999 % is never shown as 99 %.
    """
    return format_ratio(ratio * 100)


def format_ratio(ratio: Fraction) -> str:
    """A number with at most six decimals, by the same rule."""
    scaled = ratio * 10**_SHOWN_DIGITS
    units = scaled.numerator // scaled.denominator
    sign = "-" if units < 0 else ""
    whole, decimals = divmod(abs(units), 10**_SHOWN_DIGITS)
    return f"{sign}{whole}.{decimals:0{_SHOWN_DIGITS}d}".rstrip("0").rstrip(".")
