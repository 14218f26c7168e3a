"""Business days: ``5bd`` counts the dates of a calendar on which it is open at some time.

A date counts if any of its 24 hours is open, also where a window of the date before runs into it.
"""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from sla_engine.calendars.wall import date_at, day_start, instant_to_wall, wall_to_instant
from sla_engine.model.instant import Instant

if TYPE_CHECKING:
    from sla_engine.calendars.calendar import Calendar

_A_DAY = timedelta(days=1)


def same_time_after(calendar: "Calendar", start: Instant, days: int) -> Instant:
    """The same wall time on the so-many-th next date that opens, or the next opening if closed then."""
    if days == 0:
        return calendar.next_open_at(start)
    return calendar.next_open_at(_same_time(calendar, start, _date_after(calendar, start, days)))


def last_closing_after(calendar: "Calendar", start: Instant, days: int) -> Instant:
    """The last closing of the so-many-th next date that opens; open through midnight, it is that midnight."""
    day = _date_after(calendar, start, days) if days else date_at(calendar.next_open_at(start), calendar.zone)
    return calendar.previous_close_at(day_start(day + _A_DAY, calendar.zone))


def same_time_before(calendar: "Calendar", end: Instant, days: int) -> Instant:
    """The same wall time on the so-many-th date before that opens, or the closing before it if closed then."""
    at = end
    if days > 0:
        at = _same_time(calendar, end, _date_before(calendar, end, days))
    return at if calendar.open_at(at) else calendar.previous_close_at(at)


def _date_after(calendar: "Calendar", start: Instant, days: int) -> date:
    day = date_at(start, calendar.zone)
    for _ in range(days):
        # From opening to opening, so that a long closure costs one step.
        day = date_at(calendar.next_open_at(day_start(day + _A_DAY, calendar.zone)), calendar.zone)
    return day


def _date_before(calendar: "Calendar", end: Instant, days: int) -> date:
    day = date_at(end, calendar.zone)
    for _ in range(days):
        day = date_at(calendar.previous_close_at(day_start(day, calendar.zone)) - 1, calendar.zone)
    return day


def _same_time(calendar: "Calendar", at: Instant, day: date) -> Instant:
    return wall_to_instant(datetime.combine(day, instant_to_wall(at, calendar.zone).time()), calendar.zone)
