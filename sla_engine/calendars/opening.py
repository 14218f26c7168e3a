"""Works out when a calendar's rule is open: from weekly windows and dates to intervals of instants."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from itertools import chain
from operator import itemgetter

from sla_engine.calendars.public_holidays import holidays_of
from sla_engine.calendars.rule import MINUTES_A_DAY, CalendarRule, Window
from sla_engine.calendars.wall import WallClock
from sla_engine.model.instant import Instant, to_datetime
from sla_engine.model.interval import Interval, intersect, merge, subtract

_start, _end = itemgetter(0), itemgetter(1)


def open_intervals_of(rule: CalendarRule, since: Instant, until: Instant) -> list[Interval]:
    """The set of intervals within ``[since, until)`` in which a rule is open."""
    # A window reaches into the date after its own, and no clock is more than a date away from UTC.
    first, last = to_datetime(since).toordinal() - 2, to_datetime(until).toordinal() + 1
    clock = WallClock(rule.zone, first, last)
    overrides = {day.toordinal(): windows for day, windows in rule.open if first <= day.toordinal() <= last}
    removed = _removed_dates(rule, first, last)
    opened = merge(_spans(clock, _weekly_windows(rule, first, last, overrides)))
    if rule.is_composition:
        opened = _composed(rule, opened, since, until)
        removed |= overrides.keys()
    if removed:
        opened = subtract(opened, merge(_spans(clock, ((day, (0, MINUTES_A_DAY)) for day in removed))))
    if overrides:
        put_back = ((day, window) for day, windows in overrides.items() for window in windows)
        opened = merge(chain(opened, _spans(clock, put_back)))
    return _cut(opened, since, until)


def _weekly_windows(
    rule: CalendarRule, first: int, last: int, overrides: Collection[int]
) -> Iterator[tuple[int, Window]]:
    for ordinal in range(first, last + 1):
        # Ordinal 1 was a Monday.
        windows = rule.hours[(ordinal - 1) % 7]
        if windows and ordinal not in overrides:
            for window in windows:
                yield ordinal, window


def _removed_dates(rule: CalendarRule, first: int, last: int) -> set[int]:
    removed = {day.toordinal() for day in rule.closed}
    if rule.holidays:
        years = range(date.fromordinal(first).year, date.fromordinal(last).year + 1)
        removed.update(day.toordinal() for region in rule.holidays for day in holidays_of(region, years))
    return {ordinal for ordinal in removed if first <= ordinal <= last}


def _spans(clock: WallClock, windows: Iterable[tuple[int, Window]]) -> Iterator[tuple[Instant, Instant]]:
    for ordinal, (opens, closes) in windows:
        if clock.skips(ordinal):
            continue
        end = closes if closes > opens else closes + MINUTES_A_DAY
        yield clock.instant(ordinal, opens), clock.instant(ordinal, end)


def _cut(intervals: list[Interval], since: Instant, until: Instant) -> list[Interval]:
    first = bisect_right(intervals, since, key=_end)
    last = bisect_left(intervals, until, key=_start)
    cut = intervals[first:last]
    if cut:
        cut[0] = Interval(max(since, cut[0].start), cut[0].end)
        cut[-1] = Interval(cut[-1].start, min(until, cut[-1].end))
    return cut


def _composed(rule: CalendarRule, own: list[Interval], since: Instant, until: Instant) -> list[Interval]:
    opened = own
    if rule.any_of:
        opened = merge(chain(own, *(open_intervals_of(member, since, until) for member in rule.any_of)))
    elif not any(rule.hours):
        opened = [Interval(since, until)]
    for member in rule.all_of:
        opened = intersect(opened, open_intervals_of(member, since, until))
    for member in rule.except_:
        opened = subtract(opened, open_intervals_of(member, since, until))
    return opened
