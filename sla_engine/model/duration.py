"""Lengths of time as contracts write them: ``90s``, ``1h30m``, ``5bd``."""

import re
from typing import TypeAlias

from attrs import frozen

from sla_engine.model.instant import DAY, HOUR, MILLISECOND, MINUTE, SECOND

_UNITS = {"d": DAY, "h": HOUR, "m": MINUTE, "s": SECOND, "ms": MILLISECOND}
_LONGEST_DAYS = 36_525
_PART = re.compile(r"(\d{1,15})(ms|bd|d|h|m|s)", re.ASCII)


@frozen(order=True)
class Duration:
    """A length of time, elapsed or open as its use says; ``1d`` is 24 hours of it.

    Attributes:
        microseconds: the length; never negative.
    """

    microseconds: int

    def __str__(self) -> str:
        rest, parts = self.microseconds, []
        for unit, size in _UNITS.items():
            count, rest = divmod(rest, size)
            if count:
                parts.append(f"{count}{unit}")
        return "".join(parts) or "0s"


@frozen(order=True)
class BusinessDays:
    """A number of dates on which a calendar opens, written ``5bd``."""

    days: int

    def __str__(self) -> str:
        return f"{self.days}bd"


Within: TypeAlias = Duration | BusinessDays
"""What a response may be promised in."""


def parse_duration(text: str) -> Duration:
    """Read ``250ms``, ``10s``, ``1h30m`` or ``2d``; parts add up.

    Raises:
        ValueError: the text is no duration, or one in business days.
    """
    within = parse_within(text)
    if isinstance(within, BusinessDays):
        raise ValueError(f"{text!r} is in business days, which have no length of their own here: write hours, as in 8h")
    return within


def parse_within(text: str) -> Within:
    """Read a duration or a number of business days; the two do not mix.

    Raises:
        ValueError: the text is neither.
    """
    parts = _PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise ValueError(
            f"{text!r} is not a duration: write whole numbers with ms, s, m, h, d or bd, as in 90s or 1h30m"
        )
    if any(unit == "bd" for _, unit in parts):
        if len(parts) > 1:
            raise ValueError(f"{text!r} mixes business days with other units: write one or the other")
        return BusinessDays(_at_most(int(parts[0][0]), _LONGEST_DAYS, text))
    return Duration(_at_most(sum(int(number) * _UNITS[unit] for number, unit in parts), _LONGEST_DAYS * DAY, text))


def _at_most(length: int, most: int, text: str) -> int:
    if length > most:
        raise ValueError(f"{text!r} is longer than a hundred years: write at most {_LONGEST_DAYS}d")
    return length
