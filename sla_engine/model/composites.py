"""What may be promised of a whole, from what is promised of its parts: for the linter and for quotes.

These formulas take failures to be independent and say nothing of when they happen, so they are for promises alone. What
was measured is put together instant by instant, from timelines. Shares are exact and between 0 and 1.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import prod

_NEVER, _ALWAYS = Fraction(0), Fraction(1)


def series(shares: Iterable[Fraction]) -> Fraction:
    """The share of time in which all parts are up: the product. Three at 99 % are 97.0299 % together.

    Raises:
        ValueError: a share is not between 0 and 1.
    """
    return prod(_checked(shares), start=_ALWAYS)


def series_at_worst(shares: Iterable[Fraction]) -> Fraction:
    """The least share of time in which all parts can be up, whatever their outages have to do with each other.

    What the parts lack adds up, where they are never down together: two at 95 % may be 90 % (Fréchet's lower bound).

    Raises:
        ValueError: a share is not between 0 and 1.
    """
    return max(_NEVER, 1 - sum((1 - share for share in _checked(shares)), start=_NEVER))


def parallel(shares: Iterable[Fraction]) -> Fraction:
    """The share of time in which some part is up: 1 - the product of what each lacks.

    Raises:
        ValueError: a share is not between 0 and 1.
    """
    return 1 - prod((1 - share for share in _checked(shares)), start=_ALWAYS)


def at_least(count: int, shares: Iterable[Fraction]) -> Fraction:
    """The share of time in which at least ``count`` parts are up; of equal parts, the tail of the binomial.

    Args:
        count: from 1, which is `parallel`, to the number of parts, which is `series`.
        shares: of parts that need not be equal.

    Raises:
        ValueError: a share is not between 0 and 1, or there are not so many parts.
    """
    parts = _checked(shares)
    if not 1 <= count <= len(parts):
        raise ValueError(f"{count} of {len(parts)} parts cannot be asked for: write from 1 to {len(parts)}")
    exactly = [_ALWAYS]
    for share in parts:
        goes, stays = [_NEVER, *exactly], [*exactly, _NEVER]
        exactly = [share * up + (1 - share) * down for up, down in zip(goes, stays, strict=True)]
    return sum(exactly[count:], start=_NEVER)


def weighted(shares: Iterable[Fraction], weights: Sequence[int]) -> Fraction:
    """The mean of the parts by their weights, such as how many of the customers use which.

    Raises:
        ValueError: a share is not between 0 and 1, a weight is below 1, or there is not one weight for each part.
    """
    parts = _checked(shares)
    if not parts or len(parts) != len(weights) or min(weights) < 1:
        raise ValueError("each part has one weight: write a whole number from 1 for each")
    return sum((share * weight for share, weight in zip(parts, weights, strict=True)), start=_NEVER) / sum(weights)


def _checked(shares: Iterable[Fraction]) -> Sequence[Fraction]:
    parts = tuple(shares)
    for share in parts:
        if not 0 <= share <= 1:
            raise ValueError(f"{share} is no share of time: write a fraction from 0 to 1")
    return parts
