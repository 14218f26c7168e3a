from datetime import date, datetime

import pytest

from sla_engine.calendars import CalendarError
from sla_engine.calendars.periods import period_at, period_named
from sla_engine.model.duration import parse_duration
from sla_engine.model.instant import MINUTE, SECOND, format_instant, parse_instant
from sla_engine.model.period import CalendarPeriod, RollingPeriod, Unit
from sla_engine.model.zone import parse_zone

NOON = datetime(2004, 1, 2, 12)
BILLING = date(2014, 10, 16)
LAST = date(2026, 1, 31)


@pytest.mark.parametrize(
    ("unit", "anchor", "zone", "at", "start", "end"),
    [
        # SLO-28
        ("quarter", NOON, "America/New_York", "2006-01-04T15:04:05Z", "2006-01-02T17:00:00Z", "2006-04-02T16:00:00Z"),
        # SLO-30
        ("week", NOON, "America/New_York", "2006-01-04T15:04:05Z", "2005-12-30T17:00:00Z", "2006-01-06T17:00:00Z"),
        # SLO-32
        ("month", BILLING, "Europe/Madrid", "2016-03-20T12:00:00Z", "2016-03-15T23:00:00Z", "2016-04-15T22:00:00Z"),
        ("month", LAST, "UTC", "2026-02-28T12:00:00Z", "2026-02-28T00:00:00Z", "2026-03-31T00:00:00Z"),
    ],
)
def test_periods_begin_at_their_anchor_on_the_zones_clocks(
    unit: Unit, anchor: date, zone: str, at: str, start: str, end: str
) -> None:
    period = period_at(parse_instant(at), CalendarPeriod(unit, anchor), parse_zone(zone))

    assert (format_instant(period.start), format_instant(period.end)) == (start, end)


@pytest.mark.parametrize(("name", "minutes"), [("2026-03", 44_580), ("2026-10", 44_700), ("2026-04", 43_200)])
def test_a_month_of_rome_has_its_real_length(name: str, minutes: int) -> None:
    month = period_named(name, CalendarPeriod("month"), parse_zone("Europe/Rome"))

    assert (month.end - month.start) // MINUTE == minutes


@pytest.mark.parametrize(("name", "seconds"), [("2026-03", 2_674_800), ("2026-10", 2_682_000)])
def test_a_month_of_lisbon_has_its_real_length(name: str, seconds: int) -> None:
    month = period_named(name, CalendarPeriod("month"), parse_zone("Europe/Lisbon"))

    assert (month.end - month.start) // SECOND == seconds


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        ("2026-10", "2026-09-30T23:00:00Z", "2026-10-31T23:00:00Z"),
        ("2026", "2025-12-31T23:00:00Z", "2026-12-31T23:00:00Z"),
        ("2026-Q4", "2026-09-30T23:00:00Z", "2026-12-31T23:00:00Z"),
        ("2026-W41", "2026-10-04T23:00:00Z", "2026-10-11T23:00:00Z"),
        ("2026-10-16", "2026-09-30T23:00:00Z", "2026-10-31T23:00:00Z"),
    ],
)
def test_periods_have_names(name: str, start: str, end: str) -> None:
    period = period_named(name, CalendarPeriod("month"), parse_zone("GMT+1"))

    assert (format_instant(period.start), format_instant(period.end)) == (start, end)


def test_a_billing_month_is_named_by_the_month_in_which_it_begins() -> None:
    billing = CalendarPeriod("month", date(2026, 1, 16))

    assert period_named("2026-10", billing, parse_zone("UTC")).label == "2026-10-16"


def test_a_rolling_period_ends_now() -> None:
    now = parse_instant("2026-10-31T12:00:00Z")

    period = period_at(now, RollingPeriod(parse_duration("30d")), parse_zone("UTC"))

    assert (format_instant(period.start), period.end) == ("2026-10-01T12:00:00Z", now)


@pytest.mark.parametrize("name", ["", "october", "2026-13", "2026-Q5", "2026-W54", "2026-02-30", "20261"])
def test_what_names_no_period_is_refused(name: str) -> None:
    with pytest.raises(CalendarError, match="names no period"):
        period_named(name, CalendarPeriod("month"), parse_zone("UTC"))
