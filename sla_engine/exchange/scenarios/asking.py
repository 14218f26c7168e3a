"""When a check is asked in a scenario.

A check that is probed every so often is asked at the start of each stretch of its series and at each interval after it,
so that ``down 90s`` is ninety seconds of down, whatever the engine's own grid would be. A check that is probed by cron
is asked at the cron's instants, and only then.
"""

from collections.abc import Sequence
from typing import Protocol

from attrs import frozen

from sla_engine.calendars.cron import CronInstants
from sla_engine.model.instant import Instant
from sla_engine.model.schedule import Every, Schedule


class Asking(Protocol):
    """The instants at which a check has results."""

    def within(self, start: Instant, end: Instant) -> Sequence[Instant]:
        """Those of a stretch ``[start, end)``."""
        ...

    def end_of(self, start: Instant, count: int, until: Instant) -> Instant:
        """Where a stretch ends that has so many results, if that is before ``until``; else ``until`` or later."""
        ...

    def interval(self, at: Instant) -> int:
        """Microseconds from a result to the next."""
        ...


def asking(schedule: Schedule) -> Asking:
    """When checks of a schedule are asked."""
    if isinstance(schedule, Every):
        return _Steadily(schedule.interval.microseconds)
    return _ByCron(CronInstants(schedule.expression, schedule.zone))


@frozen
class _Steadily:
    length: int

    def within(self, start: Instant, end: Instant) -> Sequence[Instant]:
        return range(start, end, self.length)

    def end_of(self, start: Instant, count: int, _until: Instant) -> Instant:
        return start + count * self.length

    def interval(self, _at: Instant) -> int:
        return self.length


@frozen
class _ByCron:
    instants: CronInstants

    def within(self, start: Instant, end: Instant) -> Sequence[Instant]:
        found = []
        at = self.instants.after(start - 1)
        while at < end:
            found.append(at)
            at = self.instants.after(at)
        return found

    def end_of(self, start: Instant, count: int, until: Instant) -> Instant:
        at = start - 1
        for _ in range(count + 1):
            if at >= until:
                break
            at = self.instants.after(at)
        return at

    def interval(self, at: Instant) -> int:
        return self.instants.after(at) - at
