"""The periods over which a contract is judged."""

from datetime import date
from typing import Literal, TypeAlias

from attrs import frozen

from sla_engine.model.duration import Duration

Unit: TypeAlias = Literal["week", "month", "quarter", "year"]


@frozen
class CalendarPeriod:
    """A unit of the calendar in the contract's zone, anchored on any day: a billing month from the 16th, say.

    Attributes:
        unit: week, month, quarter or year.
        anchor: a date on which one of the periods begins, or None for the unit's own first day (weeks: Monday).
    """

    unit: Unit
    anchor: date | None = None


@frozen
class RollingPeriod:
    """The length of time that ended just now."""

    length: Duration


PeriodRule: TypeAlias = CalendarPeriod | RollingPeriod
