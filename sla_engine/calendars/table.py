"""Open time laid out for a stretch of years: sorted openings and closings with running sums, so that a question costs
a bisection and not a walk through the days."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate

from attrs import frozen

from sla_engine.model.instant import Instant
from sla_engine.model.interval import Interval


@frozen
class Table:
    """Every open interval from ``since`` to ``until``.

    Attributes:
        since, until: between which instants the table knows everything.
        starts, ends: of each interval, sorted.
        before, through: the open microseconds from ``since`` to each interval's start, and to its end.
    """

    since: Instant
    until: Instant
    starts: tuple[Instant, ...]
    ends: tuple[Instant, ...]
    before: tuple[int, ...]
    through: tuple[int, ...]

    def open_until(self, at: Instant) -> int:
        """Open microseconds from ``since`` to an instant."""
        index = bisect_right(self.starts, at) - 1
        if index < 0:
            return 0
        end = self.ends[index]
        return self.before[index] + (at if at < end else end) - self.starts[index]

    def intervals(self, start: Instant, end: Instant) -> list[Interval]:
        """The open intervals, cut to ``[start, end)``."""
        if start >= end:
            return []
        first, last = bisect_right(self.ends, start), bisect_left(self.starts, end)
        cut = [
            Interval(opens, closes)
            for opens, closes in zip(self.starts[first:last], self.ends[first:last], strict=True)
        ]
        if cut:
            cut[0] = Interval(max(start, cut[0].start), cut[0].end)
            cut[-1] = Interval(cut[-1].start, min(end, cut[-1].end))
        return cut

    def earliest_after(self, start: Instant, length: int) -> Instant | None:
        """The earliest instant with that much open time (more than none) since ``start``; None if it lies beyond."""
        wanted = self.open_until(start) + length
        index = bisect_left(self.through, wanted)
        if index == len(self.through):
            return None
        return self.ends[index] - (self.through[index] - wanted)

    def latest_before(self, end: Instant, length: int) -> Instant | None:
        """The latest instant with that much open time (more than none) until ``end``; None if it lies before."""
        wanted = self.open_until(end) - length
        if wanted < 0:
            return None
        index = bisect_right(self.before, wanted) - 1
        return self.starts[index] + (wanted - self.before[index])

    def is_open(self, at: Instant) -> bool:
        """Whether an instant lies in an interval."""
        index = bisect_right(self.starts, at) - 1
        return index >= 0 and at < self.ends[index]

    def next_open(self, at: Instant) -> Instant | None:
        """The earliest open instant from ``at`` on; None if it lies beyond."""
        index = bisect_right(self.ends, at)
        return max(at, self.starts[index]) if index < len(self.starts) else None

    def previous_close(self, at: Instant) -> Instant | None:
        """The latest instant up to ``at`` that ends open time; None if it lies before."""
        index = bisect_left(self.starts, at) - 1
        return min(at, self.ends[index]) if index >= 0 else None


def make_table(since: Instant, until: Instant, intervals: Sequence[Interval]) -> Table:
    """A table of a set of intervals that lies within ``[since, until)``."""
    through = tuple(accumulate(end - start for start, end in intervals))
    return Table(
        since=since,
        until=until,
        starts=tuple(start for start, _ in intervals),
        ends=tuple(end for _, end in intervals),
        before=(0, *through[:-1]) if through else (),
        through=through,
    )
