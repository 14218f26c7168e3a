"""Percentiles by the nearest rank: of n checks in the order of their latencies, the one that stands at p times n.

No value lies between two that were measured, so anybody can find the very check that a percentile is. What failed
stands last. So the 95th percentile is under a bound exactly where 95 % of the checks were, and a percentile whose rank
falls upon a failed check has no value.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from sla_engine.evaluation.samples import FAILED
from sla_engine.model.percent import Percent
from sla_engine.model.verdict import Percentile

if TYPE_CHECKING:
    from sla_engine.evaluation.samples import Numbers

USUAL = tuple(Percent(Fraction(percent, 100)) for percent in (50, 90, 95, 99))


def percentiles(latencies: "Numbers", shares: Iterable[Percent]) -> tuple[Percentile, ...]:
    """The percentiles at some shares, ascending; of no latencies there are none."""
    import numpy as np

    if not len(latencies):
        return ()
    ranks = [(share, nearest_rank(share, len(latencies))) for share in sorted(set(shares))]
    ordered = np.partition(latencies, sorted({rank - 1 for _, rank in ranks}))
    return tuple(Percentile(share, rank, _value(int(ordered[rank - 1]))) for share, rank in ranks)


def slowest(latencies: "Numbers") -> int | None:
    """The longest that any answer took, or None where none came."""
    answered = latencies[latencies != FAILED]
    return int(answered.max()) if len(answered) else None


def nearest_rank(share: Percent, count: int) -> int:
    """The place of a percentile among so many, counted from one."""
    return max(1, -(-share.ratio.numerator * count // share.ratio.denominator))


def pooled(pieces: "Sequence[Numbers]") -> "Numbers":
    """Latencies of several checks, places and stretches of time as one."""
    import numpy as np

    return np.concatenate(pieces) if pieces else np.empty(0, dtype=np.int64)


def _value(latency: int) -> int | None:
    return None if latency == FAILED else latency
