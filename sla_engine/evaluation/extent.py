"""A set of intervals that answers at once how much of it lies between two instants."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from attrs import frozen

from sla_engine.model.instant import Instant
from sla_engine.model.interval import Interval


@frozen
class Extent:
    """A set of intervals with running sums; made by `measured`.

    Attributes:
        intervals: sorted, without overlaps.
        starts: where each begins.
        before: microseconds covered before each of them, and at the end by all.
    """

    intervals: Sequence[Interval]
    starts: Sequence[Instant]
    before: Sequence[int]

    @property
    def length(self) -> int:
        """Microseconds covered."""
        return self.before[-1]

    def within(self, start: Instant, end: Instant) -> int:
        """Microseconds covered in ``[start, end)``."""
        if len(self.intervals) == 1:  # by far the most frequent case, as most agreed time is all the time
            opens, closes = self.intervals[0]
            length = (end if end < closes else closes) - (start if start > opens else opens)
            return length if length > 0 else 0
        return self._until(end) - self._until(start)

    def holds(self, at: Instant) -> bool:
        """Whether an instant is covered."""
        position = bisect_right(self.starts, at) - 1
        return position >= 0 and at < self.intervals[position].end

    def _until(self, at: Instant) -> int:
        position = bisect_right(self.starts, at) - 1
        if position < 0:
            return 0
        start, end = self.intervals[position]
        return self.before[position] + (at if at < end else end) - start


def measured(intervals: Sequence[Interval]) -> Extent:
    """The extent of a set of intervals, as `sla_engine.model.interval.merge` makes one."""
    before = accumulate((end - start for start, end in intervals), initial=0)
    return Extent(intervals, [start for start, _ in intervals], list(before))
