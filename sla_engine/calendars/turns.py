"""Turns of one length that follow each other on the clock on the wall: a week is a week, in summer time too.

A turn that begins at 09:00 begins at 09:00 on either side of a change of the clocks, so that one of a week has 167 or
169 hours then. Before the first, turns go on backwards, so that no instant is without one.
"""

from datetime import datetime, timedelta

from attrs import frozen

from sla_engine.calendars.wall import instant_to_wall, wall_to_instant
from sla_engine.model.instant import Instant
from sla_engine.model.zone import Zone

_STEP = timedelta(microseconds=1)


@frozen
class Turns:
    """Turns of a zone's wall clock; number 0 is the one that begins at ``first``.

    Attributes:
        first: when one begins, as a naive datetime.
        length: of each in microseconds of wall time, at least as long as clocks ever skip.
    """

    first: datetime
    length: int
    zone: Zone

    def number(self, at: Instant) -> int:
        """The turn that an instant belongs to."""
        number = (instant_to_wall(at, self.zone) - self.first) // _STEP // self.length
        # In an hour that the clocks show twice, what they show does not tell whether a turn has begun.
        while self.start(number) > at:
            number -= 1
        while self.start(number + 1) <= at:
            number += 1
        return number

    def start(self, number: int) -> Instant:
        """When a turn begins."""
        return wall_to_instant(self.first + number * self.length * _STEP, self.zone)
