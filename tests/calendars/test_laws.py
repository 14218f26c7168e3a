"""What must hold for every calendar, in zones with odd rules, and against an independent implementation."""

import random
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import workclock
from hypothesis import given, settings
from hypothesis import strategies as st

from sla_engine.calendars import Calendar, CalendarRule, compile_calendar
from sla_engine.model.instant import DAY, HOUR, MINUTE, SECOND, parse_instant, to_datetime
from sla_engine.model.zone import parse_zone

ZONES = (
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Africa/Casablanca",
    "America/Sao_Paulo",
    "Europe/Berlin",
    "Europe/Lisbon",
    "America/New_York",
    "GMT+1",
)
FIRST = parse_instant("2011-11-01T00:00:00Z")
SPAN = 8 * 365 * DAY


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    minutes = st.integers(0, 95).map(lambda quarter: quarter * 15)
    windows = st.tuples(minutes, st.integers(1, 96).map(lambda quarter: quarter * 15)).filter(lambda w: w[0] != w[1])
    week = tuple(tuple(draw(st.lists(windows, max_size=2))) for _ in range(7))
    if not any(week):
        week = (((480, 1020),), *week[1:])
    return compile_calendar("drawn", CalendarRule(parse_zone(draw(st.sampled_from(ZONES))), week))


instants = st.integers(0, SPAN // SECOND).map(lambda seconds: FIRST + seconds * SECOND)
lengths = st.integers(1, 200 * HOUR)


@settings(deadline=None)
@given(calendars(), instants, lengths)
def test_adding_and_taking_away_undo_each_other(calendar: Calendar, start: int, length: int) -> None:
    due = calendar.add_open(start, length)

    assert calendar.open_between(start, due) == length
    assert calendar.open_between(calendar.sub_open(due, length), due) == length
    assert calendar.open_between(start, due - 1) != length


@settings(deadline=None)
@given(calendars(), st.lists(instants, min_size=3, max_size=3))
def test_open_time_adds_up_and_never_shrinks(calendar: Calendar, at: list[int]) -> None:
    start, middle, end = sorted(at)

    whole = calendar.open_between(start, end)
    assert whole == calendar.open_between(start, middle) + calendar.open_between(middle, end)
    assert 0 <= whole <= end - start


@settings(deadline=None, max_examples=50)
@given(calendars(), instants, st.integers(0, 40))
def test_the_windows_are_what_is_counted(calendar: Calendar, start: int, days: int) -> None:
    end = start + days * DAY

    windows = calendar.open_intervals(start, end)

    assert sum(closes - opens for opens, closes in windows) == calendar.open_between(start, end)
    assert all(start <= opens < closes <= end for opens, closes in windows)
    assert all(calendar.open_at(opens) and not calendar.open_at(closes) for opens, closes in windows if closes < end)


@pytest.mark.parametrize("zone", ZONES[:-1])
def test_a_slow_walk_over_the_wall_clock_agrees(zone: str) -> None:
    """Minute by minute, as a person would: what does the clock on the wall show, and is that within a window?"""
    rng = random.Random(zone)
    tz = ZoneInfo(zone)
    weekly = {day: (rng.randrange(0, 12) * 60, rng.randrange(13, 24) * 60) for day in range(7) if rng.random() < 0.8}
    calendar = compile_calendar(
        "walked", CalendarRule(parse_zone(zone), tuple((weekly[day],) if day in weekly else () for day in range(7)))
    )

    for _ in range(6):
        start = FIRST + rng.randrange(SPAN // DAY) * DAY
        walked = 0
        for step in range(3 * 24 * 60):
            local = datetime.fromtimestamp((start + step * MINUTE) / SECOND, tz)
            opens, closes = weekly.get(local.weekday(), (0, 0))
            walked += opens <= local.hour * 60 + local.minute < closes
        assert calendar.open_between(start, start + 3 * DAY) == walked * MINUTE


@pytest.mark.parametrize("zone", ZONES[:-1])
def test_workclock_agrees_on_random_weeks(zone: str) -> None:
    rng = random.Random(f"workclock {zone}")
    for _ in range(10):
        hours = {day: (rng.randrange(24), rng.randrange(24)) for day in range(7) if rng.random() < 0.8}
        hours = {day: span for day, span in hours.items() if span[0] != span[1]} or {0: (8, 17)}
        ours = compile_calendar("ours", CalendarRule(parse_zone(zone), week_of(hours)))
        theirs = workclock.Schedule(
            [workclock.WorkDay(time(opens), time(closes), days=[day]) for day, (opens, closes) in hours.items()],
            time_zone=ZoneInfo(zone),
        )
        for _ in range(5):
            start = FIRST + rng.randrange(SPAN // MINUTE) * MINUTE
            end = start + rng.randrange(40 * DAY // MINUTE) * MINUTE
            expected = theirs.between(to_datetime(start), to_datetime(end))
            assert timedelta(microseconds=ours.open_between(start, end)) == expected, (hours, to_datetime(start))


def week_of(hours: dict[int, tuple[int, int]]) -> tuple[tuple[tuple[int, int], ...], ...]:
    return tuple(((hours[day][0] * 60, hours[day][1] * 60),) if day in hours else () for day in range(7))
