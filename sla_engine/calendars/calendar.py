"""A calendar answers in open time: how much lies between two instants, and when something promised is due.

Inside the engine instants and lengths are integers of microseconds; people who write Python use the methods with
datetimes, where one without an offset is wall time of the calendar's zone.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from attrs import define, field, setters

from sla_engine.calendars.business_days import last_closing_after, same_time_after, same_time_before
from sla_engine.calendars.error import CalendarError
from sla_engine.calendars.public_holidays import holidays_of
from sla_engine.calendars.rule import MINUTES_A_DAY, CalendarRule
from sla_engine.calendars.table import Table
from sla_engine.calendars.wall import read_moment
from sla_engine.calendars.years import EARLIEST, FIRST_YEAR, LAST_YEAR, LATEST, NOTHING, widened
from sla_engine.model.duration import Duration, Within, parse_within
from sla_engine.model.instant import Instant, format_instant, to_datetime
from sla_engine.model.interval import Interval
from sla_engine.model.zone import Zone, parse_zone

_STEP = timedelta(microseconds=1)


@define(unsafe_hash=True, on_setattr=setters.frozen)
class Calendar:
    """A set of open instants in the years 1900 to 2199, made by `compile_calendar`.

    Every method raises `CalendarError` for instants outside those years.

    Attributes:
        id: the calendar's id in the policies.
        rule: what it was made from.
    """

    id: str
    rule: CalendarRule = field(repr=False)
    # What has been worked out so far. It only ever saves work: a table that another thread replaces meanwhile
    # stays right, so no lock is needed.
    _table: Table = field(default=NOTHING, init=False, eq=False, repr=False, on_setattr=setters.NO_OP)

    @property
    def zone(self) -> Zone:
        """The zone of its wall times and dates."""
        return self.rule.zone

    def open_between(self, start: Instant, end: Instant) -> int:
        """Open microseconds in ``[start, end)``.

        Raises:
            CalendarError: ``end`` is before ``start``.
        """
        table = self._table
        if not (table.since <= start <= end <= table.until):
            table = self._covering(start, end)
        return table.open_until(end) - table.open_until(start)

    def open_intervals(self, start: Instant, end: Instant) -> list[Interval]:
        """The open intervals in ``[start, end)``, cut to it.

        Raises:
            CalendarError: ``end`` is before ``start``.
        """
        return self._covering(start, end).intervals(start, end)

    def add_open(self, start: Instant, length: int) -> Instant:
        """The earliest instant that has ``length`` open microseconds between ``start`` and itself.

        Landing on closing time is the answer, not the next opening; no length at all leaves ``start`` as it is.

        Raises:
            CalendarError: the length is negative, or the calendar does not open for so long.
        """
        if length <= 0:
            return self._nothing_from(start, length)
        table = self._table
        if not (table.since <= start <= table.until):
            table = self._covering(start, start)
        at = table.earliest_after(start, length)
        return self._search_later(start, lambda later: later.earliest_after(start, length)) if at is None else at

    def sub_open(self, end: Instant, length: int) -> Instant:
        """The latest instant that has ``length`` open microseconds between itself and ``end``: mirrors `add_open`.

        Raises:
            CalendarError: the length is negative, or the calendar has not been open for so long.
        """
        if length <= 0:
            return self._nothing_from(end, length)
        table = self._table
        if not (table.since <= end <= table.until):
            table = self._covering(end, end)
        at = table.latest_before(end, length)
        return self._search_earlier(end, lambda earlier: earlier.latest_before(end, length)) if at is None else at

    def due(self, start: Instant, within: Within, *, end_of_day: bool = False) -> Instant:
        """The instant by which something promised at ``start`` is due.

        Business days end at the same wall time, moved to the next opening if closed then, or with ``end_of_day`` at
        that date's last closing.

        Raises:
            CalendarError: the calendar does not open for so long.
        """
        if isinstance(within, Duration):
            return self.add_open(start, within.microseconds)
        count = last_closing_after if end_of_day else same_time_after
        return count(self, start, within.days)

    def latest_start(self, end: Instant, within: Within) -> Instant:
        """The latest instant from which so much open time, or so many business days, end at ``end``.

        Raises:
            CalendarError: the calendar has not been open for so long.
        """
        if isinstance(within, Duration):
            return self.sub_open(end, within.microseconds)
        return same_time_before(self, end, within.days)

    def open_at(self, at: Instant) -> bool:
        """Whether the calendar is open at an instant; at closing time it is not."""
        return self._covering(at, at).is_open(at)

    def next_open_at(self, at: Instant) -> Instant:
        """The earliest open instant from ``at`` on, ``at`` itself if it is open.

        Raises:
            CalendarError: the calendar never opens again.
        """
        return self._search_later(at, lambda table: table.next_open(at))

    def previous_close_at(self, at: Instant) -> Instant:
        """The latest instant up to ``at`` that ends open time, ``at`` itself if it is open just before.

        Raises:
            CalendarError: the calendar has never been open.
        """
        return self._search_earlier(at, lambda table: table.previous_close(at))

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Open time in ``[start, end)``.

        Raises:
            CalendarError: ``end`` is before ``start``.
        """
        return self.open_between(self._instant(start), self._instant(end)) * _STEP

    def add(self, start: datetime, length: timedelta | Within | str) -> datetime:
        """When something promised within ``length`` (``4h``, ``5bd``) is due, in the calendar's zone.

        Raises:
            CalendarError: the length is negative, or the calendar does not open for so long.
            ValueError: the text is no duration.
        """
        at = self._instant(start)
        if isinstance(length, timedelta):
            return self._local(self.add_open(at, length // _STEP))
        return self._local(self.due(at, parse_within(length) if isinstance(length, str) else length))

    def sub(self, end: datetime, length: timedelta | Within | str) -> datetime:
        """By when to start so that ``length`` of open time, or so many business days, end at ``end``.

        Raises:
            CalendarError: the length is negative, or the calendar has not been open for so long.
            ValueError: the text is no duration.
        """
        at = self._instant(end)
        if isinstance(length, timedelta):
            return self._local(self.sub_open(at, length // _STEP))
        return self._local(self.latest_start(at, parse_within(length) if isinstance(length, str) else length))

    def windows(self, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
        """The open intervals in ``[start, end)``, cut to it, in the calendar's zone.

        Raises:
            CalendarError: ``end`` is before ``start``.
        """
        intervals = self.open_intervals(self._instant(start), self._instant(end))
        return [(self._local(opens), self._local(closes)) for opens, closes in intervals]

    def is_open(self, at: datetime) -> bool:
        """Whether the calendar is open at a moment; at closing time it is not."""
        return self.open_at(self._instant(at))

    def next_open(self, at: datetime) -> datetime:
        """The earliest open moment from ``at`` on, in the calendar's zone.

        Raises:
            CalendarError: the calendar never opens again.
        """
        return self._local(self.next_open_at(self._instant(at)))

    def _instant(self, moment: datetime) -> Instant:
        return read_moment(moment, self.rule.zone)

    def _local(self, at: Instant) -> datetime:
        return to_datetime(at, self.rule.zone.tz)

    def _nothing_from(self, at: Instant, length: int) -> Instant:
        if length < 0:
            raise CalendarError("a length of open time cannot be negative: use add for later and sub for earlier")
        self._covering(at, at)
        return at

    def _search_later(self, start: Instant, find: Callable[[Table], Instant | None]) -> Instant:
        table = self._covering(start, start)
        while (at := find(table)) is None:
            if table.until == LATEST:
                raise CalendarError(
                    f"calendar {self.id!r} does not open for so long after {format_instant(start)}: "
                    f"looked up to the year {LAST_YEAR}"
                )
            table = self._covering(table.since, min(LATEST, 2 * table.until - table.since))
        return at

    def _search_earlier(self, end: Instant, find: Callable[[Table], Instant | None]) -> Instant:
        table = self._covering(end, end)
        while (at := find(table)) is None:
            if table.since == EARLIEST:
                raise CalendarError(
                    f"calendar {self.id!r} has not been open for so long before {format_instant(end)}: "
                    f"looked back to the year {FIRST_YEAR}"
                )
            table = self._covering(max(EARLIEST, 2 * table.since - table.until), table.until)
        return at

    def _covering(self, start: Instant, end: Instant) -> Table:
        """A table that knows everything from ``start`` to ``end``, by whole years."""
        table = self._table
        if table.since <= start <= end <= table.until:
            return table
        self._table = table = widened(table, self.rule, start, end)
        return table

    def __reduce__(self) -> tuple[type["Calendar"], tuple[str, CalendarRule]]:
        # Copies and pickles work their years out again rather than carry them.
        return Calendar, (self.id, self.rule)


def compile_calendar(calendar_id: str, rule: CalendarRule) -> Calendar:
    """The calendar of a rule; its years are worked out when they are asked for.

    Raises:
        CalendarError: a region has no known holidays.
    """
    _check_regions(rule)
    return Calendar(calendar_id, rule)


def _check_regions(rule: CalendarRule) -> None:
    for region in rule.holidays:
        holidays_of(region, ())
    for member in (*rule.any_of, *rule.all_of, *rule.except_):
        _check_regions(member)


ALWAYS = compile_calendar("always", CalendarRule(zone=parse_zone("UTC"), hours=(((0, MINUTES_A_DAY),),) * 7))
"""The built-in calendar ``always``: every instant is open; its dates are those of UTC."""
