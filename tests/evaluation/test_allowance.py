"""The table of allowed downtime, beside the figures that the field's calculators show."""

from typing import Any

import pytest

from sla_engine.calendars import ALWAYS
from sla_engine.evaluation.allowance import allowances
from sla_engine.model.instant import SECOND
from sla_engine.model.percent import parse_percent
from sla_engine.model.zone import parse_zone


def whole_seconds(length: int) -> int:
    return length // SECOND


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        ("99%", (864, 6_048, 26_298, 78_894, 315_576)),
        ("99.9%", (86, 604, 2_629, 7_889, 31_557)),
        ("99.99%", (8, 60, 262, 788, 3_155)),
        ("100%", (0, 0, 0, 0, 0)),
    ],
)
def test_by_a_year_of_365_25_days(given: Any, target: str, shown: tuple[int, ...]) -> None:
    table = allowances(parse_percent(target), ALWAYS, parse_zone("UTC"), given.at("09-01T00:00"))

    assert tuple(whole_seconds(one.by_convention) for one in table) == shown


@pytest.mark.parametrize(
    ("at", "name", "minutes"),
    [
        ("2026-02-10T12:00:00Z", "2026-02", 403.2),
        ("2026-03-10T12:00:00Z", "2026-03", 445.8),
        ("2026-04-10T12:00:00Z", "2026-04", 432.0),
        ("2026-10-10T12:00:00Z", "2026-10", 447.0),
    ],
)
def test_by_the_calendar_a_month_is_as_long_as_it_is_in_rome(given: Any, at: str, name: str, minutes: float) -> None:
    [month] = [
        one
        for one in allowances(parse_percent("99%"), ALWAYS, parse_zone("Europe/Rome"), given.at(at))
        if one.unit == "month"
    ]

    assert month.name == name
    assert month.by_calendar == minutes * 60 * SECOND


def test_units_are_those_in_which_the_instant_lies_on_the_zones_clocks(given: Any) -> None:
    table = allowances(parse_percent("99%"), ALWAYS, parse_zone("GMT+1"), given.at("2026-12-31T23:30:00Z"))

    assert [(one.unit, one.name) for one in table] == [
        ("day", "2027-01-01"),
        ("week", "2026-W53"),
        ("month", "2027-01"),
        ("quarter", "2027-Q1"),
        ("year", "2027"),
    ]


def test_a_day_of_the_change_of_clocks_is_shorter_or_longer(given: Any) -> None:
    lisbon = parse_zone("Europe/Lisbon")

    days = [allowances(parse_percent("99%"), ALWAYS, lisbon, given.at(at))[0] for at in ("03-29T12:00", "10-25T12:00")]

    assert [whole_seconds(day.by_calendar) for day in days] == [23 * 36, 25 * 36]


def test_by_the_calendar_only_agreed_time_counts(given: Any) -> None:
    office = given.calendar("08:00-17:00")

    day, week, month, *_ = allowances(parse_percent("99%"), office, parse_zone("UTC"), given.at("09-05T12:00"))

    assert (day.by_calendar, whole_seconds(week.by_calendar), whole_seconds(month.by_calendar)) == (0, 1_620, 7_128)
    assert whole_seconds(day.by_convention) == 864
