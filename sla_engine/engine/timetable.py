"""When a check is due: at each point of a grid of its own, or at the instants of a cron expression.

Grids of one interval are shifted against each other by a hash of the check's id, so that ten thousand checks a minute
are spread over the minute, the same way after every start and on every machine.
"""

import hashlib
from typing import Protocol

from attrs import frozen

from sla_engine.calendars.cron import CronInstants
from sla_engine.model.instant import Instant
from sla_engine.model.schedule import Every, Schedule

_HASH_BYTES = 8


class Timetable(Protocol):
    """The instants at which a check is due."""

    def after(self, at: Instant) -> Instant:
        """The first one strictly after ``at``."""
        ...


@frozen
class Grid:
    """Every ``interval`` microseconds since the epoch, shifted by ``offset``."""

    interval: int
    offset: int

    def after(self, at: Instant) -> Instant:
        """The first point strictly after ``at``."""
        return at + self.interval - (at - self.offset) % self.interval


def timetable(schedule: Schedule, check_id: str) -> Timetable:
    """The timetable of a check that is probed by this schedule."""
    if isinstance(schedule, Every):
        interval = schedule.interval.microseconds
        return Grid(interval, int(spread(check_id) * interval))
    return CronInstants(schedule.expression, schedule.zone)


def spread(check_id: str) -> float:
    """A number from 0 up to 1, evenly distributed over ids and always the same for one."""
    digest = hashlib.blake2b(check_id.encode(), digest_size=_HASH_BYTES).digest()
    return float(int.from_bytes(digest, "big")) / 2.0 ** (8 * _HASH_BYTES)
