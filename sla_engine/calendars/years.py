"""Works a calendar out by whole years, only as far as it is asked, and not beyond the years 1900 to 2200."""

from bisect import bisect_left, bisect_right
from datetime import UTC, datetime

from sla_engine.calendars.error import CalendarError
from sla_engine.calendars.opening import open_intervals_of
from sla_engine.calendars.rule import CalendarRule
from sla_engine.calendars.table import Table, make_table
from sla_engine.model.instant import Instant, format_instant, to_instant
from sla_engine.model.interval import Interval

FIRST_YEAR, LAST_YEAR = 1900, 2199
_NEW_YEARS = [to_instant(datetime(year, 1, 1, tzinfo=UTC)) for year in range(FIRST_YEAR, LAST_YEAR + 2)]
EARLIEST, LATEST = _NEW_YEARS[0], _NEW_YEARS[-1]

NOTHING = make_table(LATEST, EARLIEST, [])
"""The table that knows of no instant at all."""


def widened(table: Table, rule: CalendarRule, start: Instant, end: Instant) -> Table:
    """A table of the rule that knows whole years from ``start`` to ``end``, and what ``table`` knew.

    Raises:
        CalendarError: ``end`` is before ``start``, or one of them lies outside the years 1900 to 2199.
    """
    if end < start:
        raise CalendarError(f"the end, {format_instant(end)}, is before the start, {format_instant(start)}")
    if start < EARLIEST or end > LATEST:
        outside = start if start < EARLIEST else end
        raise CalendarError(
            f"{outside // 1_000_000} seconds since 1970 lies outside the years {FIRST_YEAR} to {LAST_YEAR}, "
            "for which calendars are worked out"
        )
    year = min(bisect_right(_NEW_YEARS, start), len(_NEW_YEARS) - 1) - 1
    since, until = _NEW_YEARS[year], _NEW_YEARS[max(bisect_left(_NEW_YEARS, end), year + 1)]
    if table.until < table.since:
        return make_table(since, until, open_intervals_of(rule, since, until))
    known = [Interval(opens, closes) for opens, closes in zip(table.starts, table.ends, strict=True)]
    if since < table.since:
        known = _joined(open_intervals_of(rule, since, table.since), known)
    if until > table.until:
        known = _joined(known, open_intervals_of(rule, table.until, until))
    return make_table(min(since, table.since), max(until, table.until), known)


def _joined(left: list[Interval], right: list[Interval]) -> list[Interval]:
    """Two sets of which one follows the other, as one: an interval that a new year cut in two is whole again."""
    if left and right and left[-1].end == right[0].start:
        return [*left[:-1], Interval(left[-1].start, right[0].end), *right[1:]]
    return left + right
