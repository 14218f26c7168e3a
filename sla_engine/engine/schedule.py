"""Which checks are due now: one heap of due moments, whatever the clocks do in the meantime.

Waiting is counted on the monotonic clock. The instant that names a result is read off the wall clock, and for one check
it only ever grows: what the clock shows twice, because it was set back, counts once, the first time. What was missed
while the machine slept or the engine stood still is made up for by one run, and never by guessing.
"""

import heapq
from collections.abc import Iterable, Mapping

from attrs import define, field, frozen

from sla_engine.engine.timetable import Grid, Timetable, spread, timetable
from sla_engine.model.instant import DAY, MILLISECOND, SECOND, Instant
from sla_engine.model.service import Check, Service

_SHORTEST_START = 3 * SECOND
_START_PER_CHECK = 3 * MILLISECOND
_ON_TIME = 30 * SECOND


@frozen
class Moment:
    """The wall clock and the monotonic clock, read together, both in microseconds."""

    wall: Instant
    steady: int


@frozen
class Slot:
    """One run that is due.

    Attributes:
        at: the instant that names its result.
        interval: microseconds until the next instant, for which the result is meant to speak.
        due: when it should start, on the monotonic clock.
    """

    check: Check
    at: Instant
    interval: int
    due: int


@define(eq=False)
class _Entry:
    check: Check
    table: Timetable
    planned: Instant
    last_at: Instant | None
    is_put_off: bool = False


@define
class Schedule:
    """The checks and their next due moments.

    Attributes:
        window: microseconds over which the first runs, and those made up for, are spread.
    """

    window: int
    _heap: list[tuple[int, int, _Entry]] = field(repr=False)

    def pop_due(self, now: Moment) -> list[Slot]:
        """The runs that are due, each check once; the next of each is planned."""
        slots = []
        while self._heap and self._heap[0][0] <= now.steady:
            due, order, entry = self._heap[0]
            slot = _take(entry, due, now)
            entry.is_put_off = False
            if slot is not None:
                slots.append(slot)
            following = now.steady + max(entry.planned - now.wall, 1)
            heapq.heapreplace(self._heap, (following, order, entry))
        return slots

    @property
    def next_due(self) -> int | None:
        """When the next run is due, on the monotonic clock; None where there is no check."""
        return self._heap[0][0] if self._heap else None

    def realign(self, now: Moment) -> None:
        """Plan anew after a clock was set or the machine stood still: what was missed soon, but not all at once."""
        self._heap = [(self._realigned(due, entry, now), order, entry) for due, order, entry in self._heap]
        heapq.heapify(self._heap)

    def adopted(self, services: Iterable[Service], now: Moment) -> "Schedule":
        """The schedule of other services: a check that is due at the same instants as before keeps its next run."""
        kept = {entry.check.id: (due, entry) for due, _, entry in self._heap}
        latest = {name: entry.last_at for name, (_, entry) in kept.items() if entry.last_at is not None}
        following = make_schedule(services, latest, now)
        heap = []
        for due, order, entry in following._heap:
            old_due, old = kept.get(entry.check.id, (due, entry))
            if old.table == entry.table:
                entry.planned, entry.is_put_off = old.planned, old.is_put_off
                due = old_due
            heap.append((due, order, entry))
        heapq.heapify(heap)
        return Schedule(following.window, heap)

    def _realigned(self, due: int, entry: _Entry, now: Moment) -> int:
        if entry.planned <= now.wall or due <= now.steady:
            if entry.is_put_off and due <= now.steady:
                return due  # an engine that stalls again and again would otherwise put it off for ever
            soon = now.steady + int(spread(entry.check.id) * self.window)
            entry.is_put_off = due <= now.steady
            return soon if entry.is_put_off else min(due, soon)
        # An interval is counted on the monotonic clock, so that setting the wall clock does not stretch it.
        return due if isinstance(entry.table, Grid) else now.steady + entry.planned - now.wall


def make_schedule(services: Iterable[Service], latest: Mapping[str, Instant], now: Moment) -> Schedule:
    """The schedule of all checks that this engine runs itself.

    Each interval check has a first run soon, spread so that many checks do not start at once.

    Args:
        latest: the newest instant that the store has of a check, after which its further results must come.
    """
    pairs = [(service, check) for service in services if "" in service.locations for check in service.checks]
    window = max(_SHORTEST_START, len(pairs) * _START_PER_CHECK)
    heap = []
    for order, (service, check) in enumerate(pairs):
        table = timetable(service.schedule, check.id)
        if isinstance(table, Grid):
            first = now.wall + int(spread(check.id) * min(window, table.interval))
        else:
            first = table.after(now.wall)
        heap.append((now.steady + first - now.wall, order, _Entry(check, table, first, latest.get(check.id))))
    heapq.heapify(heap)
    return Schedule(window, heap)


def _take(entry: _Entry, due: int, now: Moment) -> Slot | None:
    """The slot that is due, or None where a cron instant is still to come because the clock was set back."""
    if isinstance(entry.table, Grid):
        return _take_of_grid(entry, entry.table, due, now)
    if entry.planned - now.wall > _ON_TIME:
        return None
    interval = entry.table.after(entry.planned) - entry.planned
    at = _next_free(entry, entry.planned if now.wall - entry.planned < min(interval, _ON_TIME) else now.wall, now)
    entry.last_at = at
    entry.planned = entry.table.after(max(at, now.wall))
    return Slot(entry.check, at, entry.planned - at, due)


def _take_of_grid(entry: _Entry, grid: Grid, due: int, now: Moment) -> Slot:
    off = now.wall - entry.planned
    is_on_time = -grid.interval < off < min(grid.interval, _ON_TIME)
    at = _next_free(entry, entry.planned if is_on_time else now.wall, now)
    entry.last_at = at
    # The next comes half an interval later at least: a first run may lie anywhere between two points of the grid.
    base = at if at - now.wall < grid.interval else now.wall
    entry.planned = grid.after(base + (grid.interval - 1) // 2)
    return Slot(entry.check, at, entry.planned - at if entry.planned > at else grid.interval, due)


def _next_free(entry: _Entry, at: Instant, now: Moment) -> Instant:
    """The instant, or the one after the newest, unless that was read off a clock that was wholly wrong."""
    last = entry.last_at
    return at if last is None or last - now.wall > DAY else max(at, last + 1)
