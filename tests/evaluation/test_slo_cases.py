"""The field's own cases, with known answers: tests/cases/slo.json."""

import json
from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from sla_engine.calendars.periods import period_named
from sla_engine.evaluation.availability import burn_rate
from sla_engine.evaluation.burn import burn_alert
from sla_engine.evaluation.credits import credit_due
from sla_engine.model.accounting import Accounting
from sla_engine.model.burn import BurnRule, burn_factor
from sla_engine.model.credit import CreditTerms, CreditTier, Grant, ServiceDays
from sla_engine.model.duration import parse_duration
from sla_engine.model.instant import DAY, MINUTE
from sla_engine.model.money import parse_money
from sla_engine.model.percent import Percent, format_percent
from sla_engine.model.period import RollingPeriod

CASES = {
    case["id"]: case for case in json.loads((Path(__file__).parents[1] / "cases" / "slo.json").read_text())["pairs"]
}
MONTH = 43_200


def percent(number: Any) -> Percent:
    return Percent(Fraction(str(number)) / 100)


def goal(case: Mapping[str, Any]) -> Percent:
    return Percent(Fraction(str(case["input"]["goal"])))


def mixed(bad: int, of: int) -> str:
    return "d" * bad + "u" * (of - bad)


def share_and_burn(given: Any, case: Mapping[str, Any]) -> None:
    good, bad = case["input"]["good"], case["input"]["bad"]
    contract = given.contract(str(goal(case)), accounting=Accounting(measure="checks"))

    verdict = given.availability(contract, given.results(mixed(bad, good + bad)))

    if "valid" in case["expected"]:
        assert (verdict.measured, verdict.finding) == (None, "no_data")
    else:
        assert verdict.measured == Fraction(str(case["expected"]["sli"]))
        assert verdict.burn_rate == Fraction(str(case["expected"]["burn"]))


def burn_of_a_share(given: Any, case: Mapping[str, Any]) -> None:
    assert burn_rate(Fraction(str(case["input"]["sli"])), goal(case)) == Fraction(str(case["expected"]["burn"]))


def budget_is_overspent(given: Any, case: Mapping[str, Any]) -> None:
    # 0.15 % of the month, 64.8 minutes, in steps of 12 seconds.
    verdict = given.availability(
        given.contract("99.9%", service=given.service(every="12s")),
        given.results(mixed(324, MONTH * 5), every="12s"),
    )

    assert verdict.budget == Fraction(str(case["expected"]["budget_minutes"])) * MINUTE
    assert verdict.budget_left == Fraction(str(case["expected"]["remaining_minutes"])) * MINUTE
    assert verdict.burn_rate == Fraction(case["expected"]["consumed_pct"], 100)


def budget_of_two_weeks(given: Any, case: Mapping[str, Any]) -> None:
    period = period_named("2026-09-20", RollingPeriod(parse_duration("14d")), given.period().zone)
    contract = given.contract(str(percent(case["input"]["target_pct"])))

    verdict = given.availability(contract, period=period)

    assert (period.end - period.start) // MINUTE == case["expected"]["slices"]
    assert verdict.budget == case["expected"]["bad_slices_allowed"] * MINUTE
    assert parse_duration("16h48m").microseconds == verdict.budget


def plain_share(given: Any, case: Mapping[str, Any]) -> None:
    contract = given.contract(accounting=Accounting(measure="checks"))

    verdict = given.availability(contract, given.results(mixed(case["input"]["bad"], case["input"]["total"])))

    assert verdict.measured == Fraction(str(case["expected"]["sli"]))


def consecutive_minutes(given: Any, case: Mapping[str, Any]) -> None:
    letters = "".join("d" if minute == case["input"]["down"] else "u" for minute in case["input"]["minute_states"])
    counted = []
    for least in case["input"]["min_consecutive"]:
        contract = given.contract(accounting=Accounting(min_outage=parse_duration(f"{least}m")))
        verdict = given.availability(contract, given.results(letters + "u", every="1m"))
        counted.append(verdict.kinds.down // MINUTE)

    assert counted == case["expected"]["counted_minutes"]


def uptime_of_minutes(given: Any, case: Mapping[str, Any]) -> None:
    expected = case["expected"]
    for down, share, met in zip(
        case["input"]["downtime_minutes"], expected["uptime_pct"], expected["met"], strict=True
    ):
        verdict = given.availability(given.contract(), given.results(mixed(down, MONTH), every="1m"))

        assert float(verdict.measured * 100) == pytest.approx(share, abs=5e-7)
        assert (verdict.finding == "met") is met


def uptime_of_probes(given: Any, case: Mapping[str, Any]) -> None:
    expected = case["expected"]
    for measure in ("time", "checks"):
        for failed, share, met in zip(
            case["input"]["failed_checks"], expected["uptime_pct"], expected["met"], strict=True
        ):
            contract = given.contract(accounting=Accounting(measure=measure))
            verdict = given.availability(contract, given.results(mixed(failed, expected["checks"])))

            assert float(verdict.measured * 100) == pytest.approx(share, abs=5e-7)
            assert (verdict.finding == "met") is met


def tiers_of(case: Mapping[str, Any], *, worth: Callable[[int], Grant]) -> list[CreditTier]:
    """The source gives each tier's lower bound; ours are what lies below a bound."""
    rows = case["input"]["tiers_min_pct"]
    return [CreditTier(percent(above[0]), worth(row[1])) for above, row in pairwise(rows)]


def credit_in_money(given: Any, case: Mapping[str, Any]) -> None:
    tiers = tiers_of(case, worth=percent)
    fee = parse_money(f"{case['input']['fee']} USD")
    for share, amount in zip(case["input"]["uptime_pct"], case["expected"]["credit"], strict=True):
        credit = credit_due(tiers, CreditTerms(), [("api", percent(share).ratio)], fee)

        assert credit is not None
        assert credit.amount is not None
        assert credit.amount.amount == amount


def credit_in_days(given: Any, case: Mapping[str, Any]) -> None:
    tiers = tiers_of(case, worth=ServiceDays)
    found = [
        credit_due(tiers, CreditTerms(), [("api", percent(share).ratio)], None) for share in case["input"]["uptime_pct"]
    ]

    assert [credit.days.count for credit in found if credit and credit.days] == case["expected"]["days"]


def credits_add_up_to_a_cap(given: Any, case: Mapping[str, Any]) -> None:
    tiers = [CreditTier(percent(99), percent(-penalty), (str(one),)) for one, penalty in penalties(case)]
    terms = CreditTerms(case["input"]["aggregate"], cap=percent(-case["input"]["up_to"]))
    credit = credit_due(tiers, terms, [(str(one), Fraction(0)) for one, _ in penalties(case)], None)

    assert credit is not None
    assert -100 * credit.percent.ratio == case["expected"]["total"]


def penalties(case: Mapping[str, Any]) -> list[tuple[int, int]]:
    return list(enumerate(case["input"]["penalties"]))


def burn_is_compared_unrounded(given: Any, case: Mapping[str, Any]) -> None:
    share = 1 - Fraction(str(case["input"]["burn"])) / 100
    burn = burn_rate(share, percent(99))

    assert burn is not None
    assert (burn > case["input"]["threshold"]) is case["expected"]["alert"]


def factors_of_a_period(given: Any, case: Mapping[str, Any]) -> None:
    allowed = 1 - percent(case["input"]["target_pct"]).ratio
    budget = allowed * case["input"]["window_days"] * DAY
    found = [
        burn_factor(percent(share).ratio, budget, allowed * parse_duration(long).microseconds)
        for _, share, long, _ in case["input"]["alerts"]
    ]

    assert [float(factor) for factor in found] == pytest.approx(case["expected"]["factors"], abs=5e-7)


def alert_that_cannot_fire(given: Any, case: Mapping[str, Any]) -> None:
    # Two per cent of 30 days in an hour are a factor of 14.4; all of September is down, and the alert stays silent.
    target = str(percent(case["input"]["target_pct"]))
    rule = BurnRule(percent(2), parse_duration("1h"), parse_duration("5m"))

    alert = burn_alert(given.watch(given.contract(target), given.results("d" * 8640), now="09-20T00:00"), rule)

    assert alert.factor == Fraction(str(case["input"]["factor"]))
    assert alert.long.rate == pytest.approx(case["expected"]["max_possible_burn"], abs=5e-5)
    assert alert.fires is case["expected"]["can_ever_fire"]


def minutes_of_downtime(given: Any, case: Mapping[str, Any]) -> None:
    # More than 10 % of a minute's attempts, and at least 100 of them.
    profile = Accounting(measure="slots", slot=parse_duration("1m"), slot_errors=percent(10), slot_checks=100)
    found = []
    for minute in case["input"]["minutes"]:
        attempts = given.results(mixed(minute["errors"], minute["attempts"]), every="500ms")
        found.append(given.availability(given.contract(accounting=profile), attempts).measured)

    assert found == [1 - Fraction(is_down, MONTH) for is_down in case["expected"]["down"]]


TOLD = {
    "SLO-02": factors_of_a_period,
    "SLO-06": alert_that_cannot_fire,
    "SLO-08": share_and_burn,
    "SLO-10": share_and_burn,
    "SLO-12": burn_of_a_share,
    "SLO-14": budget_is_overspent,
    "SLO-16": budget_of_two_weeks,
    "SLO-18": plain_share,
    "SLO-34": consecutive_minutes,
    "SLO-36": minutes_of_downtime,
    "SLO-38": uptime_of_minutes,
    "SLO-40": uptime_of_probes,
    "SLO-42": credit_in_money,
    "SLO-44": credit_in_days,
    "SLO-48": credits_add_up_to_a_cap,
    "SLO-50": burn_is_compared_unrounded,
}

ELSEWHERE = {
    "SLO-04": "there is no catalogue of windows that a period could lack: factors follow from its length, as of SLO-02",
    "SLO-20": "tests/model/test_composites.py",
    "SLO-22": "tests/model/test_composites.py",
    "SLO-24": "tests/model/test_composites.py",
    "SLO-26": "tests/model/test_composites.py",
    "SLO-28": "tests/calendars/test_periods.py",
    "SLO-30": "tests/calendars/test_periods.py",
    "SLO-32": "tests/calendars/test_periods.py",
    "SLO-46": "tests/policy/test_diagnostics.py, tiers with a gap",
}
"""Cases that are held elsewhere, or that cannot come up."""


@pytest.mark.parametrize("name", sorted(TOLD))
def test_case(given: Any, name: str) -> None:
    TOLD[name](given, CASES[name])


def test_every_case_has_its_place() -> None:
    assert set(TOLD) | set(ELSEWHERE) == set(CASES)
    assert not set(TOLD) & set(ELSEWHERE)


def test_shares_are_shown_rounded_down() -> None:
    assert format_percent(Fraction(989_999_999, 1_000_000_000)) == "98.999999"
