import pytest

from sla_engine.calendars.cron import CronInstants
from sla_engine.model.instant import format_instant, parse_instant
from sla_engine.model.zone import parse_zone


def instants(expression: str, zone: str, after: str, count: int) -> list[str]:
    cron, at, found = CronInstants(expression, parse_zone(zone)), parse_instant(after), []
    for _ in range(count):
        at = cron.after(at)
        found.append(format_instant(at))
    return found


def test_a_time_that_the_clock_shows_twice_fires_once_the_first_time() -> None:
    assert instants("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 2) == [
        "2026-10-25T00:30:00Z",
        "2026-10-26T01:30:00Z",
    ]


def test_a_time_that_the_clock_skips_fires_at_the_end_of_the_gap() -> None:
    assert instants("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 2) == [
        "2026-03-29T01:00:00Z",
        "2026-03-30T00:30:00Z",
    ]


def test_within_the_repeated_hour_the_next_instant_comes_after_it() -> None:
    assert instants("*/30 2 * * *", "Europe/Berlin", "2026-10-25T01:10:00Z", 1) == ["2026-10-26T01:00:00Z"]


def test_working_hours_every_five_minutes() -> None:
    assert instants("*/5 8-17 * * mon-fri", "GMT+1", "2026-10-02T16:50:00Z", 3) == [
        "2026-10-02T16:55:00Z",
        "2026-10-05T07:00:00Z",
        "2026-10-05T07:05:00Z",
    ]


def test_the_instant_asked_about_is_not_the_answer() -> None:
    assert instants("0 * * * *", "UTC", "2026-10-02T16:00:00Z", 1) == ["2026-10-02T17:00:00Z"]


def test_what_is_no_expression_is_refused() -> None:
    with pytest.raises(ValueError, match="columns"):
        CronInstants("nonsense", parse_zone("UTC"))
