"""Where a burn leads, and what can still come without a breach."""

from fractions import Fraction
from typing import Any

import pytest

from sla_engine.evaluation.forecast import affordable, forecast, prospect
from sla_engine.evaluation.outlook import outlook
from sla_engine.model.accounting import Accounting
from sla_engine.model.duration import parse_duration
from sla_engine.model.instant import MINUTE
from sla_engine.model.period import RollingPeriod


def test_at_its_present_burn_a_budget_is_gone_when_the_rest_of_it_is_used_up(given: Any) -> None:
    # 216 of 432 minutes in the first five days: the rest goes in five more.
    results = given.results("d" * 216 + "u" * 6_984, every="1m")
    watch = given.watch(given.contract(), results, now="09-06T00:00")

    found = outlook(watch).so_far

    assert found.burn.rate == 3
    assert found.forecast is not None
    assert found.forecast.breached_at == given.at("09-11T00:00")
    assert found.forecast.measured == Fraction(97, 100)


def test_at_a_burn_of_one_the_budget_lasts_exactly_as_long_as_the_period(given: Any) -> None:
    results = given.results("d" * 72 + "u" * 7_128, every="1m")

    found = outlook(given.watch(given.contract(), results, now="09-06T00:00")).so_far

    assert found.burn.rate == 1
    assert found.forecast is not None
    assert (found.forecast.measured, found.forecast.breached_at) == (Fraction(99, 100), None)


def test_a_breach_is_told_to_the_microsecond_in_which_the_budget_is_gone(given: Any) -> None:
    watch = given.watch(given.contract(), given.results("u" * 60, every="1m"), now="09-01T01:00")
    bad = Fraction(7, 11)

    found = forecast(prospect(watch), bad)

    assert found is not None
    assert found.breached_at is not None
    passed = found.breached_at - watch.now
    assert bad * (passed - 1) < watch.budget <= bad * passed


def test_only_agreed_time_uses_up_a_budget(given: Any) -> None:
    # 118.8 minutes of 198 hours; after 58.8 of them on Monday 7 September an outage would have 60 left.
    contract = given.contract(during="office", calendars={"office": given.calendar("08:00-17:00")})
    results = given.results("u" * 6_000 + "d" * 3_528 + "u" * 22_872, every="1s", since="09-07T08:00")
    watch = given.watch(contract, results, now="09-07T17:00")

    found = forecast(prospect(watch), Fraction(1))

    assert found is not None
    assert found.breached_at == given.at("09-08T09:00")


def test_maintenance_ahead_uses_up_nothing(given: Any) -> None:
    works = [given.maintenance("09-01T02:00", "09-01T04:00")]
    watch = given.watch(given.contract(), given.results("u" * 60, every="1m"), now="09-01T01:00", maintenance=works)

    found = forecast(prospect(watch), Fraction(1))

    # 1 % of 718 hours are 7 h 10 min 48 s: one hour before the maintenance, the rest after it.
    assert found is not None
    assert found.breached_at == given.at("09-01T10:10:48")


def test_a_budget_that_is_gone_is_not_forecast(given: Any) -> None:
    results = given.results("d" * 433 + "u" * 1_007, every="1m")
    watch = given.watch(given.contract(), results, now="09-02T00:00")

    found = outlook(watch)

    assert found.so_far.forecast is not None
    assert found.so_far.forecast.breached_at is None
    assert found.affordable == 0


def test_a_breach_that_only_unknown_time_makes_comes_at_the_end(given: Any) -> None:
    # Half of September is unknown and left out, so that 1.2 % of the rest are less than the budget, and too much.
    results = given.results("d" * 120 + "u" * 9_880, every="1m", since="09-16T00:00")
    watch = given.watch(given.contract(), results, now=given.at("09-16T00:00") + 10_000 * MINUTE)

    found = outlook(watch).so_far

    assert found.burn.rate == Fraction(12, 10)
    assert found.forecast is not None
    assert found.forecast.breached_at == given.end


def test_the_present_burn_leads_to_a_breach_where_the_verdict_is_at_risk(given: Any) -> None:
    for down, finding in ((72, "on_track"), (73, "at_risk")):
        results = given.results("d" * down + "u" * (7_200 - down), every="1m")
        now = given.at("09-06T00:00")

        verdict = given.availability(given.contract(), results, now=now)
        found = outlook(given.watch(given.contract(), results, now=now)).so_far.forecast

        assert found is not None
        assert (verdict.finding, found.breached_at is not None) == (finding, finding == "at_risk")


def test_what_can_still_come_is_what_is_left_of_the_budget_where_all_is_known(given: Any) -> None:
    results = given.results("d" * 32 + "u" * 1_408, every="1m")

    assert affordable(prospect(given.watch(given.contract(), results, now="09-02T00:00"))) == 400 * MINUTE


def test_unknown_time_that_is_left_out_leaves_less_to_come(given: Any) -> None:
    # Ten days are unknown, and of the other twenty 1 % is 288 minutes.
    results = given.results("d" * 8 + "u" * 1_432, every="1m", since="09-11T00:00")
    watch = given.watch(given.contract(), results, now="09-12T00:00")

    assert watch.budget == 432 * MINUTE
    assert affordable(prospect(watch)) == 280 * MINUTE


def test_no_more_can_come_than_is_left_of_the_period(given: Any) -> None:
    watch = given.watch(given.contract(), given.results("u" * 8_640), now="09-30T23:30")

    assert affordable(prospect(watch)) == 30 * MINUTE


def test_downtime_that_can_still_come_meets_and_a_microsecond_more_breaches(given: Any) -> None:
    contract = given.contract(accounting=Accounting(unknown="exclude"))
    known = given.results("d" * 8 + "u" * 1_432, every="1m", since="09-11T00:00")
    now = given.at("09-12T00:00")
    left = affordable(prospect(given.watch(contract, known, now=now))) // MINUTE

    def finding(down: int) -> str:
        rest = "d" * down + "u" * (19 * 1_440 - down)
        verdict: str = given.availability(contract, [*known, *given.results(rest, every="1m", since=now)]).finding
        return verdict

    assert (finding(left), finding(left + 1)) == ("met", "breached")


def test_a_rolling_period_has_nothing_ahead_to_forecast_and_a_budget_all_the_same(given: Any) -> None:
    contract = given.contract(period=RollingPeriod(parse_duration("30d")))
    results = given.results("d" * 32 + "u" * 1_408, every="1m", since="09-14T00:00")
    watch = given.watch(contract, results, now="09-15T00:00")

    found = outlook(watch)

    assert found.so_far.burn.rate == Fraction(100 * 32, 1_440)
    assert found.so_far.forecast is None


@pytest.mark.parametrize("now", ["09-01T00:00", "09-20T00:00"])
def test_without_data_there_is_no_forecast(given: Any, now: str) -> None:
    found = outlook(given.watch(given.contract(), now=now))

    assert {pace.burn.rate for pace in (found.so_far, *found.recent)} == {None}
    assert {pace.forecast for pace in (found.so_far, *found.recent)} == {None}


def test_an_outlook_shows_the_last_hour_six_hours_day_and_three_days(given: Any) -> None:
    results = given.results("u" * 14_400 + "d" * 36, every="1m")

    found = outlook(given.watch(given.contract(), results, now=given.at("09-11T00:00") + 36 * MINUTE))

    assert [(str(pace.window), pace.burn.rate) for pace in found.recent] == [
        ("1h", 60),
        ("6h", 10),
        ("1d", Fraction(5, 2)),
        ("3d", Fraction(5, 6)),
    ]
