"""The examples of the contract and of its rules, as a specification."""

from datetime import UTC, date, datetime, timedelta

import pytest

from sla_engine.calendars import ALWAYS, Calendar, CalendarError, CalendarRule, compile_calendar, compose, parse_window
from sla_engine.model.duration import BusinessDays
from sla_engine.model.instant import HOUR, parse_instant
from sla_engine.model.zone import parse_zone

MON_FRI = ("08:00-17:00",) * 5


def rule(zone: str, *days: str, **more: object) -> CalendarRule:
    hours = tuple((parse_window(day),) if day else () for day in (*days, *("",) * (7 - len(days))))
    return CalendarRule(parse_zone(zone), hours, **more)  # type: ignore[arg-type]


def calendar(zone: str, *days: str, **more: object) -> Calendar:
    return compile_calendar("test", rule(zone, *days, **more))


europe = calendar("GMT+1", *MON_FRI)
us = calendar("GMT-6", *("21:00-17:00",) * 5)


def test_a_window_across_midnight_belongs_to_the_day_on_which_it_opens() -> None:
    friday_night, saturday_noon = datetime(2026, 1, 9, 22), datetime(2026, 1, 10, 12)

    assert us.is_open(friday_night)
    assert us.is_open(saturday_noon)
    assert not us.is_open(datetime(2026, 1, 12, 12))  # Monday's window opens at 21:00


def test_four_hours_from_tuesday_afternoon_in_america_end_at_23_that_evening() -> None:
    assert us.add(datetime(2026, 1, 6, 15), "4h").isoformat() == "2026-01-06T23:00:00-06:00"


def test_a_week_of_the_american_hours_has_100_open_hours() -> None:
    assert us.between(datetime(2026, 1, 5), datetime(2026, 1, 12)) == timedelta(hours=100)


@pytest.mark.parametrize(
    ("first", "hours"), [("2026-03-28T20:00:00", 7), ("2026-10-24T20:00:00", 9), ("2026-06-27T20:00:00", 8)]
)
def test_a_night_over_the_change_of_clocks_is_an_hour_shorter_or_longer(first: str, hours: int) -> None:
    saturdays = calendar("Europe/Berlin", "", "", "", "", "", "22:00-06:00")
    start = datetime.fromisoformat(first)

    assert saturdays.between(start, start + timedelta(hours=14)) == timedelta(hours=hours)


def test_a_holiday_removes_its_local_date_so_that_the_night_before_ends_at_midnight() -> None:
    nights = calendar("UTC", *("22:00-06:00",) * 5, closed={date(2026, 1, 6)})

    assert nights.between(datetime(2026, 1, 5, 20), datetime(2026, 1, 6, 8)) == timedelta(hours=2)


def test_open_puts_a_closed_dates_own_windows_back() -> None:
    half_day = calendar(
        "UTC", *MON_FRI, closed={date(2026, 12, 24)}, open=((date(2026, 12, 24), (parse_window("08:00-12:00"),)),)
    )

    assert half_day.between(datetime(2026, 12, 24), datetime(2026, 12, 25)) == timedelta(hours=4)


def test_public_holidays_are_those_of_the_region() -> None:
    portugal = calendar("Europe/Lisbon", *MON_FRI, holidays=("PT",))

    assert not portugal.is_open(datetime(2026, 6, 10, 12))  # Portugal Day, a Wednesday
    assert portugal.is_open(datetime(2026, 6, 11 - 2, 12))


def test_landing_on_closing_time_is_the_deadline() -> None:
    assert europe.add(datetime(2026, 1, 5, 15), "2h") == datetime(2026, 1, 5, 16, tzinfo=UTC)


def test_going_back_from_a_deadline_mirrors_going_forward() -> None:
    assert europe.sub(datetime(2026, 1, 6, 9), "2h").isoformat() == "2026-01-05T16:00:00+01:00"


@pytest.mark.parametrize(
    ("start", "end_of_day", "due"),
    [
        ("2026-01-10T10:00:00", False, "2026-01-16T10:00:00+01:00"),
        ("2026-01-10T10:00:00", True, "2026-01-16T17:00:00+01:00"),
        ("2026-01-05T10:00:00", False, "2026-01-12T10:00:00+01:00"),
        ("2026-01-05T18:30:00", False, "2026-01-13T08:00:00+01:00"),
    ],
)
def test_five_business_days_end_at_the_same_wall_time_or_at_closing(start: str, end_of_day: bool, due: str) -> None:
    begin = datetime.fromisoformat(f"{start}+01:00")

    found = europe.due(parse_instant(begin.isoformat()), BusinessDays(5), end_of_day=end_of_day)

    assert found == parse_instant(due)


def test_a_fixed_offset_has_no_summer_time() -> None:
    rome = calendar("Europe/Rome", *MON_FRI)
    friday = datetime(2026, 3, 27, 14, tzinfo=UTC)

    assert europe.add(friday, "4h") == datetime(2026, 3, 30, 9, tzinfo=UTC)
    assert rome.add(friday, "4h") == datetime(2026, 3, 30, 8, tzinfo=UTC)


def test_the_union_of_both_continents_is_open_when_either_is() -> None:
    either = compile_calendar("support", compose(any_of=[europe.rule, us.rule]))

    assert either.is_open(datetime(2026, 1, 5, 8, 30))
    assert either.zone == europe.zone
    week = (datetime(2026, 1, 5), datetime(2026, 1, 12))
    assert either.between(*week) > max(europe.between(*week), us.between(*week))


def test_intersections_and_differences() -> None:
    both = compile_calendar("both", compose(all_of=[europe.rule, us.rule]))
    only = compile_calendar("only", compose(any_of=[europe.rule], except_=[us.rule]))
    week = (datetime(2026, 1, 5), datetime(2026, 1, 12))

    assert both.between(*week) + only.between(*week) == europe.between(*week)


def test_always_is_open_through_every_instant() -> None:
    assert ALWAYS.open_between(0, 24 * HOUR) == 24 * HOUR
    assert ALWAYS.add_open(5, HOUR) == HOUR + 5


def test_a_date_that_a_zone_skipped_has_no_open_time() -> None:
    apia = calendar("Pacific/Apia", *("00:00-24:00",) * 7)

    assert apia.between(datetime(2011, 12, 29), datetime(2012, 1, 1)) == timedelta(days=2)


def test_an_end_before_the_start_is_an_error() -> None:
    with pytest.raises(CalendarError):
        europe.between(datetime(2026, 1, 6), datetime(2026, 1, 5))


def test_a_calendar_that_never_opens_answers_with_an_error() -> None:
    with pytest.raises(CalendarError):
        calendar("UTC").add(datetime(2026, 1, 5), "1h")


@pytest.mark.parametrize("text", ["09:00-09:00", "9-17", "25:00-26:00", "08:00-24:30", "08:60-09:00"])
def test_a_window_that_no_clock_shows_is_refused(text: str) -> None:
    with pytest.raises(CalendarError):
        parse_window(text)
