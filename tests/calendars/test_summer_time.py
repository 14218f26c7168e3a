"""F16: what clocks that change do to open time and to months, against numbers that were worked out by hand.

Lisbon and New York change by an hour, Lord Howe by half an hour, Casablanca for Ramadan, and Apia left out a date.
"""

from datetime import date, datetime

import pytest

from sla_engine.calendars import Calendar, CalendarRule, compile_calendar, parse_window
from sla_engine.calendars.periods import period_named
from sla_engine.calendars.wall import read_moment
from sla_engine.model.duration import BusinessDays
from sla_engine.model.instant import HOUR, MINUTE, SECOND, format_instant
from sla_engine.model.period import CalendarPeriod
from sla_engine.model.zone import parse_zone

LISBON, NEW_YORK, LORD_HOWE = "Europe/Lisbon", "America/New_York", "Australia/Lord_Howe"
APIA, CASABLANCA = "Pacific/Apia", "Africa/Casablanca"


def daily(zone: str, *windows: str, days: int = 7) -> Calendar:
    week = (tuple(map(parse_window, windows)),) * days + ((),) * (7 - days)
    return compile_calendar("daily", CalendarRule(parse_zone(zone), week))


@pytest.mark.parametrize(
    ("zone", "month", "seconds", "budget"),
    [
        # 31 days, an hour less or more; 99.9 % of it allows a thousandth.
        (LISBON, "2026-03", 2_674_800, 2674.8),
        (LISBON, "2026-10", 2_682_000, 2682.0),
        (LISBON, "2026-07", 2_678_400, 2678.4),
        (NEW_YORK, "2026-03", 2_674_800, 2674.8),
        (NEW_YORK, "2026-11", 2_595_600, 2595.6),  # 30 days and an hour
        (LORD_HOWE, "2026-04", 2_593_800, 2593.8),  # 30 days and half an hour
        (LORD_HOWE, "2026-10", 2_676_600, 2676.6),  # 31 days less half an hour
        (APIA, "2011-12", 2_592_000, 2592.0),  # 31 dates less one
        (CASABLANCA, "2026-02", 2_422_800, 2422.8),  # 28 days and an hour: Ramadan begins on the 18th
        (CASABLANCA, "2026-03", 2_674_800, 2674.8),  # 31 days less an hour: it ends on the 20th
        (CASABLANCA, "2026-01", 2_678_400, 2678.4),
    ],
)
def test_a_month_is_as_long_as_its_clocks_make_it(zone: str, month: str, seconds: int, budget: float) -> None:
    period = period_named(month, CalendarPeriod("month"), parse_zone(zone))

    assert (period.end - period.start) / SECOND == seconds
    assert (period.end - period.start) / SECOND / 1000 == budget


@pytest.mark.parametrize(
    ("zone", "day", "window", "minutes"),
    [
        (LISBON, "2026-03-29", "00:00-24:00", 23 * 60),
        (LISBON, "2026-10-25", "00:00-24:00", 25 * 60),
        (LISBON, "2026-03-29", "00:30-03:00", 90),  # 01:00 to 02:00 was skipped
        (LISBON, "2026-03-29", "01:00-02:00", 0),
        (LISBON, "2026-03-29", "01:30-03:00", 30),  # it opens half an hour into the gap, so at 02:30
        (LISBON, "2026-03-29", "00:30-01:30", 60),  # it closes at 02:30, an hour after it opened
        (LISBON, "2026-10-25", "00:30-01:30", 60),  # it closes when the clock first shows 01:30
        (LISBON, "2026-10-25", "01:30-02:30", 120),  # it opens then, and the hour from 01:00 is lived twice
        (LISBON, "2026-10-25", "00:30-03:00", 210),
        (NEW_YORK, "2026-03-08", "00:00-24:00", 23 * 60),
        (NEW_YORK, "2026-11-01", "00:00-24:00", 25 * 60),
        (NEW_YORK, "2026-11-01", "01:30-09:00", 8 * 60 + 30),
        (LORD_HOWE, "2026-04-05", "00:00-24:00", 24 * 60 + 30),
        (LORD_HOWE, "2026-10-04", "00:00-24:00", 23 * 60 + 30),
        (LORD_HOWE, "2026-04-05", "01:45-08:00", 6 * 60 + 45),
        (LORD_HOWE, "2026-10-04", "02:00-02:30", 0),  # the half hour that was skipped
        (CASABLANCA, "2026-02-15", "00:00-24:00", 25 * 60),
        (CASABLANCA, "2026-03-22", "00:00-24:00", 23 * 60),
        (CASABLANCA, "2026-03-22", "09:00-17:00", 8 * 60),
        (APIA, "2011-12-29", "00:00-24:00", 24 * 60),
        (APIA, "2011-12-30", "00:00-24:00", 0),
        (APIA, "2011-12-31", "00:00-24:00", 24 * 60),
        (APIA, "2012-04-01", "00:00-24:00", 25 * 60),
    ],
)
def test_open_time_of_a_date_on_which_clocks_change(zone: str, day: str, window: str, minutes: int) -> None:
    only = date.fromisoformat(day)
    rule = CalendarRule(parse_zone(zone), open=((only, (parse_window(window),)),))
    calendar = compile_calendar("one date", rule)
    noon = read_moment(datetime.combine(only, datetime.min.time()), rule.zone) + 12 * HOUR

    assert calendar.open_between(noon - 72 * HOUR, noon + 72 * HOUR) / MINUTE == minutes


@pytest.mark.parametrize(
    ("zone", "start", "hours", "due"),
    [
        (LISBON, "2026-03-28T20:00:00", 8, "2026-03-29T04:00:00Z"),  # 05:00 in summer time
        (LISBON, "2026-10-24T20:00:00", 8, "2026-10-25T03:00:00Z"),  # 03:00 in winter time
        (NEW_YORK, "2026-03-07T20:00:00", 8, "2026-03-08T09:00:00Z"),
        (LORD_HOWE, "2026-04-04T20:00:00", 8, "2026-04-04T17:00:00Z"),  # 03:30, half an hour having come twice
        (CASABLANCA, "2026-02-14T20:00:00", 8, "2026-02-15T03:00:00Z"),
        (APIA, "2011-12-29T20:00:00", 8, "2011-12-30T14:00:00Z"),  # Saturday 04:00, as there was no Friday
    ],
)
def test_eight_hours_are_eight_hours_whatever_the_clock_shows(zone: str, start: str, hours: int, due: str) -> None:
    calendar = daily(zone, "00:00-24:00")

    assert (
        format_instant(calendar.add_open(read_moment(datetime.fromisoformat(start), calendar.zone), hours * HOUR))
        == due
    )


def test_nothing_opens_on_a_date_that_the_clocks_left_out() -> None:
    office = daily(APIA, "08:00-17:00", days=5)  # there was no Friday, 30 December 2011
    thursday, sunday = (read_moment(datetime(*day), office.zone) for day in ((2011, 12, 29), (2012, 1, 1)))

    assert office.open_between(thursday, sunday) == 9 * HOUR
    assert office.add_open(thursday, 10 * HOUR) == read_moment(datetime(2012, 1, 2, 9), office.zone)
    assert office.due(thursday + 10 * HOUR, BusinessDays(1)) == read_moment(datetime(2012, 1, 2, 10), office.zone)


def test_a_night_into_the_date_that_was_left_out_goes_on_in_the_next() -> None:
    nights = compile_calendar(
        "night", CalendarRule(parse_zone(APIA), open=((date(2011, 12, 29), (parse_window("22:00-06:00"),)),))
    )

    assert [format_instant(edge) for edge in nights.open_intervals(*eve_and_new_year())[0]] == [
        "2011-12-30T08:00:00Z",
        "2011-12-30T16:00:00Z",
    ]


def eve_and_new_year() -> tuple[int, int]:
    first, last = (read_moment(datetime(*day), parse_zone(APIA)) for day in ((2011, 12, 28), (2012, 1, 2)))
    return first, last
