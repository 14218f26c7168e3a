"""Opening hours as they are written."""

from collections.abc import Mapping

from attrs import field, frozen

from sla_engine.model.zone import Zone
from sla_engine.policy.values import DateRange, Weekdays, Windows


@frozen
class CalendarTable:
    """Opening hours: weekly windows in a zone, less holidays and closed dates; or a sum of other calendars."""

    timezone: Zone | None = (
        None  # fixed offset such as GMT+1, or an IANA name; a composition's is that of its first member
    )
    hours: Mapping[Weekdays, Windows] = field(factory=dict)  # windows by day, as in hours.mon-fri = "08:00-17:00"
    holidays: tuple[str, ...] = ()  # regions whose public holidays are closed, such as FR or US-CA
    closed: tuple[DateRange, ...] = ()  # dates that are closed from 00:00 to 24:00
    open: Mapping[DateRange, Windows] = field(factory=dict)  # dates with windows of their own, even on a holiday
    confirmed: bool = False  # says that a long window across midnight is meant
    any_of: tuple[str, ...] = ()  # calendars of which one must be open
    all_of: tuple[str, ...] = ()  # calendars that must all be open
    except_: tuple[str, ...] = ()  # calendars whose open time is taken away
