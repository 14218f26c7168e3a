"""Half-open intervals ``[start, end)`` of instants, and the set operations on sorted lists of them.

A *set of intervals* is a sequence that is sorted, with neither overlaps nor touching neighbours nor empty members;
`merge` makes one out of any intervals, and every function here takes and returns such sets.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sla_engine.model.instant import Instant


class Interval(NamedTuple):
    """The instants from ``start`` up to, but not including, ``end``."""

    start: Instant
    end: Instant

    @property
    def length(self) -> int:
        """Microseconds from start to end."""
        return self.end - self.start


def merge(intervals: Iterable[tuple[Instant, Instant]]) -> list[Interval]:
    """The set of all instants that lie in any of the intervals, given in any order; empty ones vanish."""
    merged: list[Interval] = []
    for start, end in sorted(intervals):
        if end <= start:
            continue
        if merged and start <= merged[-1].end:
            if end > merged[-1].end:
                merged[-1] = Interval(merged[-1].start, end)
        else:
            merged.append(Interval(start, end))
    return merged


def intersect(left: Sequence[Interval], right: Sequence[Interval]) -> list[Interval]:
    """The instants that lie in both sets."""
    common: list[Interval] = []
    i = j = 0
    while i < len(left) and j < len(right):
        start = max(left[i].start, right[j].start)
        end = min(left[i].end, right[j].end)
        if start < end:
            common.append(Interval(start, end))
        if left[i].end < right[j].end:
            i += 1
        else:
            j += 1
    return common


def subtract(left: Sequence[Interval], right: Sequence[Interval]) -> list[Interval]:
    """The instants of ``left`` that do not lie in ``right``."""
    kept: list[Interval] = []
    j = 0
    for start, end in left:
        while j < len(right) and right[j].end <= start:
            j += 1
        k = j
        while k < len(right) and right[k].start < end:
            if start < right[k].start:
                kept.append(Interval(start, right[k].start))
            start = max(start, right[k].end)
            k += 1
        if start < end:
            kept.append(Interval(start, end))
    return kept


def total(intervals: Iterable[Interval]) -> int:
    """Microseconds covered by a set of intervals."""
    return sum(end - start for start, end in intervals)
