"""The periods over which contracts are judged: months and the like on a zone's clocks, anchored anywhere, or rolling.

A period of the calendar begins at a wall time, so in UTC its ends move with summer time. The grid of periods runs from
its anchor in both directions; an anchor on the 31st falls on the last day of shorter months.
"""

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from attrs import frozen

from sla_engine.calendars.error import CalendarError
from sla_engine.calendars.wall import day_start, instant_to_wall, wall_to_instant
from sla_engine.model.instant import Instant, format_instant
from sla_engine.model.period import CalendarPeriod, PeriodRule, RollingPeriod, Unit
from sla_engine.model.zone import Zone

_MONTHS: dict[Unit, int] = {"month": 1, "quarter": 3, "year": 12}
_A_WEEK = timedelta(days=7)
_A_DAY = timedelta(days=1)
_FIRST_DAYS: dict[Unit, date] = {
    "week": date(2001, 1, 1),  # a Monday
    "month": date(2001, 1, 1),
    "quarter": date(2001, 1, 1),
    "year": date(2001, 1, 1),
}


@frozen
class Period:
    """One stretch of time to judge, ``[start, end)``.

    Attributes:
        start, end: instants.
        zone: on whose clocks it begins and ends.
        label: its name, ``2026-10``, ``2026-Q4``, ``2026-W41``, ``2026``; the first date of one that is anchored
            elsewhere; ``start/end`` of a rolling one.
    """

    start: Instant
    end: Instant
    zone: Zone
    label: str


def period_at(at: Instant, rule: PeriodRule, zone: Zone) -> Period:
    """The period in which an instant lies; of a rolling rule, the one that ends at it."""
    if isinstance(rule, RollingPeriod):
        return _rolling(at, rule, zone)
    index = _index_near(instant_to_wall(at, zone), rule)
    start, end = _start(index, rule, zone), _start(index + 1, rule, zone)
    # The guess counts months and weeks by their dates; times of day and skipped hours may shift it by one.
    while start > at:
        index -= 1
        start, end = _start(index, rule, zone), start
    while end <= at:
        index += 1
        start, end = end, _start(index + 1, rule, zone)
    return Period(start, end, zone, _label(instant_to_wall(start, zone), rule))


def period_named(name: str, rule: PeriodRule, zone: Zone) -> Period:
    """The period that a name means to a contract with that rule.

    ``2026``, ``2026-Q4``, ``2026-10`` and ``2026-W41`` are the rule's own period that begins in that year, quarter,
    month or week where its unit is the same, else the plain one. ``2026-10-16`` is the rule's period that begins on
    that date, else the one in which the date begins; of a rolling rule, the one that ends with that date.

    Raises:
        CalendarError: the text names no period.
    """
    try:
        return _named(name, rule, zone)
    except (ValueError, OverflowError):
        raise CalendarError(
            f"{name!r} names no period: write 2026, 2026-Q4, 2026-10, 2026-W41, or a date such as 2026-10-16"
        ) from None


def _named(name: str, rule: PeriodRule, zone: Zone) -> Period:
    for pattern, unit, first_day in _NAMES:
        if found := re.fullmatch(pattern, name, re.ASCII):
            begins = first_day(*map(int, found.groups()))
            named = CalendarPeriod(unit)
            own = rule if isinstance(rule, CalendarPeriod) and rule.unit == unit else named
            around = period_at(day_start(begins, zone), named, zone)
            return _first_within(around.start, around.end, own, zone)
    day = date.fromisoformat(name) if re.fullmatch(r"\d{4}-\d\d-\d\d", name, re.ASCII) else _no_date(name)
    start, end = day_start(day, zone), day_start(day + _A_DAY, zone)
    if isinstance(rule, RollingPeriod):
        return _rolling(end, rule, zone)
    return _first_within(start, end, rule, zone)


def _no_date(name: str) -> date:
    raise CalendarError(name)


_NAMES: tuple[tuple[str, Unit, Callable[..., date]], ...] = (
    (r"(\d{4})", "year", lambda year: date(year, 1, 1)),
    (r"(\d{4})-Q([1-4])", "quarter", lambda year, quarter: date(year, 3 * quarter - 2, 1)),
    (r"(\d{4})-(\d{2})", "month", lambda year, month: date(year, month, 1)),
    (r"(\d{4})-W(\d{2})", "week", lambda year, week: date.fromisocalendar(year, week, 1)),
)


def _rolling(end: Instant, rule: RollingPeriod, zone: Zone) -> Period:
    start = end - rule.length.microseconds
    return Period(start, end, zone, f"{format_instant(start)}/{format_instant(end)}")


def _first_within(start: Instant, end: Instant, rule: CalendarPeriod, zone: Zone) -> Period:
    """The period of the rule that begins in ``[start, end)``, else the one in which ``start`` lies."""
    around = period_at(start, rule, zone)
    if around.start < start:
        following = period_at(around.end, rule, zone)
        return following if following.start < end else around
    return around


def _start(index: int, rule: CalendarPeriod, zone: Zone) -> Instant:
    """Where the period of that number begins; number 0 begins at the anchor."""
    first = _anchor(rule)
    if rule.unit == "week":
        return wall_to_instant(first + index * _A_WEEK, zone)
    months = first.year * 12 + first.month - 1 + index * _MONTHS[rule.unit]
    year, month = divmod(months, 12)
    day = min(first.day, monthrange(year, month + 1)[1])
    return wall_to_instant(first.replace(year=year, month=month + 1, day=day), zone)


def _index_near(wall: datetime, rule: CalendarPeriod) -> int:
    first = _anchor(rule)
    if rule.unit == "week":
        return (wall - first) // _A_WEEK
    return ((wall.year - first.year) * 12 + wall.month - first.month) // _MONTHS[rule.unit]


def _anchor(rule: CalendarPeriod) -> datetime:
    """The wall time at which a period begins; a date begins at midnight."""
    anchor = rule.anchor or _FIRST_DAYS[rule.unit]
    return anchor if isinstance(anchor, datetime) else datetime.combine(anchor, time.min)


def _label(begins: datetime, rule: CalendarPeriod) -> str:
    on_grid = begins.time() == time.min and (begins.weekday() == 0 if rule.unit == "week" else begins.day == 1)
    if on_grid and rule.unit == "week":
        year, week, _ = begins.isocalendar()
        return f"{year}-W{week:02d}"
    if on_grid and rule.unit == "month":
        return f"{begins:%Y-%m}"
    if on_grid and rule.unit == "quarter" and begins.month % 3 == 1:
        return f"{begins.year}-Q{(begins.month + 2) // 3}"
    if on_grid and rule.unit == "year" and begins.month == 1:
        return f"{begins.year}"
    return f"{begins.date()}"
