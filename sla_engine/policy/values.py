"""The values that only policy files know, as they are written: windows, dates, lists of names, conditions."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NewType, TypeAlias

from attrs import frozen

from sla_engine.calendars.rule import Window, parse_window
from sla_engine.model.service import AtLeast, StaleAfter, UpWhen

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_MOST_DAYS = 3653
_INTERVALS = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,6})?x")
_ANY_DAY = datetime(2000, 1, 1)  # noqa: DTZ001 (wall time, on purpose)

Id = NewType("Id", str)
"""The id of a table: ``[a-z][a-z0-9-]*``."""

CronText = NewType("CronText", str)
"""A cron expression of five fields."""

WallTime = NewType("WallTime", datetime)
"""What clocks of a zone show at a moment; a moment with an offset of its own is read as it stands."""

ServiceList: TypeAlias = tuple[str, ...] | None
"""Services, or customers, by id, or None for all of them, written ``"all"``."""


@frozen
class Windows:
    """Opening hours, written as one window or a list of them."""

    windows: tuple[Window, ...]


@frozen
class Weekdays:
    """Days of the week, written ``mon``, ``mon-fri`` or ``all``; Monday is 0."""

    days: tuple[int, ...]


@frozen
class DateRange:
    """A date, or dates from one to another, both included."""

    first: date
    last: date


@frozen
class Unlimited:
    """The word ``none`` where a length could stand."""


@frozen
class Raw:
    """A table that a plugin's class will read."""

    table: Mapping[str, Any]


def read_windows(value: object) -> Windows:
    """Read ``"08:00-17:00"`` or a list of such windows."""
    texts = [text for text in (value if isinstance(value, list) else [value]) if isinstance(text, str)]
    if not texts or (isinstance(value, list) and len(texts) < len(value)):
        raise ValueError("expected a window such as 08:00-17:00, or a list of them")
    return Windows(tuple(parse_window(text) for text in texts))


def read_weekdays(text: str) -> Weekdays:
    """Read ``mon``, ``fri-mon`` (which passes the week's end) or ``all``."""
    if text == "all":
        return Weekdays(tuple(range(7)))
    first, dash, last = text.partition("-")
    try:
        begin, end = WEEKDAYS.index(first), WEEKDAYS.index(last if dash else first)
    except ValueError:
        raise ValueError(
            f"{text!r} is no day of the week: write mon, tue, wed, thu, fri, sat, sun, mon-fri or all"
        ) from None
    return Weekdays(tuple((begin + step) % 7 for step in range((end - begin) % 7 + 1)))


def read_date_range(value: object) -> DateRange:
    """Read ``2026-12-24`` or ``2026-12-28/2026-12-31``, as text or as a TOML date."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return DateRange(value, value)
    if not isinstance(value, str):
        raise ValueError("expected a date such as 2026-12-24, or a range such as 2026-12-28/2026-12-31")
    first, slash, last = value.partition("/")
    try:
        span = DateRange(date.fromisoformat(first), date.fromisoformat(last if slash else first))
    except ValueError:
        raise ValueError(f"{value!r} is no date: write 2026-12-24, or a range such as 2026-12-28/2026-12-31") from None
    if span.last < span.first:
        raise ValueError(f"{value!r} ends before it begins: write the earlier date first")
    if (span.last - span.first).days > _MOST_DAYS:
        raise ValueError(f"{value!r} is longer than ten years: write hours, which hold for all years")
    return span


def read_up_when(value: object) -> UpWhen:
    """Read ``"all"``, ``"any"`` or ``{ at_least = 2 }``."""
    if value == "all":
        return "all"
    if value == "any":
        return "any"
    if isinstance(value, dict) and set(value) == {"at_least"}:
        count = value["at_least"]
        if isinstance(count, int) and not isinstance(count, bool) and count > 0:
            return AtLeast(count)
    raise ValueError('expected "all", "any" or { at_least = 2 }')


def read_stale_after(value: object) -> StaleAfter:
    """Read ``"2x"``, how many intervals a result speaks for."""
    from fractions import Fraction

    if isinstance(value, str) and _INTERVALS.fullmatch(value):
        intervals = Fraction(value[:-1])
        if 1 <= intervals <= 1000:
            return StaleAfter(intervals)
    raise ValueError("expected a number of intervals from 1x to 1000x, such as 2x")


def read_cron(value: object) -> CronText:
    """Read a cron expression of five fields, which comes true some day."""
    from croniter import CroniterBadDateError, croniter

    if not isinstance(value, str) or len(value.split()) != 5 or not croniter.is_valid(value):
        raise ValueError("expected a cron expression of five fields, such as */5 8-17 * * mon-fri")
    try:
        croniter(value, _ANY_DAY).get_next()
    except CroniterBadDateError:
        raise ValueError(f"{value!r} never comes, as no month has that day: write a date that there is") from None
    return CronText(value)


def read_service_list(value: object) -> ServiceList:
    """Read ``"all"`` or a list of ids."""
    if value == "all":
        return None
    if isinstance(value, list) and all(isinstance(name, str) for name in value):
        return tuple(value)
    if isinstance(value, str):
        raise ValueError(f"a single id stands in brackets too: write [{value!r}]".replace("'", '"'))
    raise ValueError('expected "all" or a list of ids')
