"""Percentiles by the nearest rank: of n checks in the order of their latencies, the one that stands at p times n.

No value lies between two that were measured, so anybody can find the very check that a percentile is. What failed
stands last. So the 95th percentile is under a bound exactly where 95 % of the checks were, and a percentile whose rank
falls upon a failed check has no value.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from operator import attrgetter
from typing import TYPE_CHECKING

from sla_engine.evaluation.samples import FAILED
from sla_engine.model.percent import Percent
from sla_engine.model.verdict import Percentile

if TYPE_CHECKING:
    from sla_engine.evaluation.samples import Latencies

USUAL = tuple(Percent(Fraction(percent, 100)) for percent in (50, 90, 95, 99))

_BITS_WITHIN = 17
"""Of the 23 behind the point of a 32-bit floating-point number, those that its class leaves open."""


def percentiles(latencies: "Latencies", shares: Iterable[Percent]) -> tuple[Percentile, ...]:
    """The percentiles at some shares, ascending; of no latencies there are none."""
    if not len(latencies):
        return ()
    ranks = {share: nearest_rank(share, len(latencies)) for share in sorted(set(shares), key=attrgetter("ratio"))}
    found = _standing_at(latencies, sorted(set(ranks.values())))
    return tuple(Percentile(share, rank, _value(found[rank])) for share, rank in ranks.items())


def slowest(latencies: "Latencies") -> int | None:
    """The longest that any answer took, or None where none came."""
    answered = latencies[latencies != FAILED]
    return int(answered.max()) if len(answered) else None


def nearest_rank(share: Percent, count: int) -> int:
    """The place of a percentile among so many, counted from one."""
    return max(1, -(-share.ratio.numerator * count // share.ratio.denominator))


def pooled(pieces: "Sequence[Latencies]") -> "Latencies":
    """Latencies of several checks, places and stretches of time as one."""
    import numpy as np

    if len(pieces) == 1:
        return pieces[0]
    return np.concatenate(pieces) if pieces else np.empty(0, dtype=np.uint32)


def _standing_at(latencies: "Latencies", ranks: Iterable[int]) -> Mapping[int, int]:
    """Which latency stands at each rank, without putting all of them in order.

    The bits of a floating-point number order as the number does. So its leading ones are classes, each of one part in
    64 of a power of two: how many latencies lie in each tells in which class a rank falls, and only that is looked at.
    """
    import numpy as np

    classes = latencies.astype(np.float32).view(np.uint32)
    classes >>= _BITS_WITHIN
    up_to = np.bincount(classes).cumsum()
    found = {}
    for rank in ranks:
        own = int(up_to.searchsorted(rank))
        place = rank - 1 - int(up_to[own])  # from the end of its class
        found[rank] = int(np.partition(latencies[classes == own], place)[place])
    return found


def _value(latency: int) -> int | None:
    return None if latency == FAILED else latency
