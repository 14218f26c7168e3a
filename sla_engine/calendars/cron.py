"""The instants of a cron expression on the wall clock of a zone, each once.

A wall time that a zone skips moves to the end of the gap; one that it has twice counts once, the first time.
croniter by itself would give the second too, so it is asked on the wall clock, without a zone, and the zone is
applied here.
"""

from datetime import datetime
from typing import Any

from attrs import define, field

from sla_engine.calendars.wall import end_of_gap, instant_to_wall, is_skipped, wall_to_instant
from sla_engine.model.instant import Instant
from sla_engine.model.zone import Zone


@define
class CronInstants:
    """The instants of a five-field cron expression; parsed once.

    Attributes:
        expression: minute, hour, day of month, month, day of week.
        zone: on whose wall clock.

    Raises:
        ValueError: the expression is none.
    """

    expression: str
    zone: Zone
    _walls: Any = field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        from croniter import croniter

        self._walls = croniter(self.expression, datetime(2000, 1, 1))  # noqa: DTZ001 (wall time, on purpose)

    def after(self, at: Instant) -> Instant:
        """The first instant strictly after ``at``."""
        wall = instant_to_wall(at, self.zone)
        found = at
        while found <= at:  # in the second pass of a repeated hour, until the wall times of the first are over
            wall = self._next_wall(wall)
            found = self._instant(wall)
        return found

    def _next_wall(self, wall: datetime) -> datetime:
        following: datetime = self._walls.get_next(datetime, start_time=wall)
        return following

    def _instant(self, wall: datetime) -> Instant:
        return end_of_gap(wall, self.zone) if is_skipped(wall, self.zone) else wall_to_instant(wall, self.zone)
