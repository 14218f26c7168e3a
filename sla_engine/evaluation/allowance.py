"""How much downtime a target allows in a day, a week, a month, a quarter and a year.

"99.9 % of a month" is 43 min 12 s of 30 days, 43 min 49 s of a twelfth of a year, 40 min 19 s of a February. Both ways
of saying it are given: by the units of the calendar in which an instant lies, on the clocks of the contract's zone and
in its agreed time, which is what a verdict goes by; and by the round units that calculators such as uptime.is go by,
where a year has 365.25 days and a month is a twelfth of it.
"""

from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction
from typing import Literal

from attrs import frozen

from sla_engine.calendars.periods import period_at
from sla_engine.calendars.wall import day_start, instant_to_wall
from sla_engine.model.contract import BusinessTime
from sla_engine.model.instant import DAY, Instant
from sla_engine.model.percent import Percent
from sla_engine.model.period import CalendarPeriod, Unit
from sla_engine.model.zone import Zone

_UNITS: tuple[Unit, ...] = ("week", "month", "quarter", "year")
_YEAR = Fraction(36525, 100) * DAY
_ROUND = {"day": Fraction(DAY), "week": Fraction(7 * DAY), "month": _YEAR / 12, "quarter": _YEAR / 4, "year": _YEAR}


@frozen
class Allowance:
    """Downtime that a target allows in a unit of time, in whole microseconds, rounded down.

    Attributes:
        name: of the calendar's unit, as in 2026-10.
        by_calendar: of the agreed time in that very unit.
        by_convention: of a round unit, around the clock.
    """

    unit: Literal["day", "week", "month", "quarter", "year"]
    name: str
    by_calendar: int
    by_convention: int


def allowances(target: Percent, calendar: BusinessTime, zone: Zone, at: Instant) -> list[Allowance]:
    """The table of a target, for the units of time in which an instant lies."""
    return list(_allowances(target, calendar, zone, at))


def _allowances(target: Percent, calendar: BusinessTime, zone: Zone, at: Instant) -> Iterator[Allowance]:
    day = instant_to_wall(at, zone).date()
    whole_day = day_start(day, zone), day_start(day + timedelta(days=1), zone)
    yield _allowance("day", f"{day}", whole_day, target, calendar)
    for unit in _UNITS:
        period = period_at(at, CalendarPeriod(unit), zone)
        yield _allowance(unit, period.label, (period.start, period.end), target, calendar)


def _allowance(
    unit: Literal["day", "week", "month", "quarter", "year"],
    name: str,
    span: tuple[Instant, Instant],
    target: Percent,
    calendar: BusinessTime,
) -> Allowance:
    allowed = 1 - target.ratio
    return Allowance(unit, name, int(allowed * calendar.open_between(*span)), int(allowed * _ROUND[unit]))
