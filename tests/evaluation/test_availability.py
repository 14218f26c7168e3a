"""The five kinds of time, what a profile makes of them, and the verdict."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from sla_engine.model.accounting import Accounting
from sla_engine.model.duration import parse_duration
from sla_engine.model.instant import HOUR, MINUTE
from sla_engine.model.percent import format_percent
from sla_engine.model.verdict import AvailabilityVerdict, Kinds

MONTH = 43_200


def minutes(kinds: Kinds) -> dict[str, float]:
    named = {
        "up": kinds.up,
        "down": kinds.down,
        "unknown": kinds.unknown,
        "excluded": kinds.excluded,
        "unscheduled": kinds.unscheduled,
    }
    return {name: length / MINUTE for name, length in named.items() if length}


def shown(verdict: AvailabilityVerdict) -> str | None:
    return None if verdict.measured is None else format_percent(verdict.measured)


def month_of(letters: str) -> str:
    """Letters for a month of checks each minute, up where nothing is said."""
    return letters + "u" * (MONTH - len(letters))


@pytest.mark.parametrize(
    ("failed", "measured", "finding"), [(86, "99.004629", "met"), (87, "98.993055", "breached"), (0, "100", "met")]
)
def test_a_month_of_five_minute_checks_bears_86_failures(given: Any, failed: int, measured: str, finding: str) -> None:
    letters = "".join("d" if number % 99 == 7 and number // 99 < failed else "u" for number in range(8640))

    verdict = given.availability(given.contract(), given.results(letters))

    assert (shown(verdict), verdict.finding) == (measured, finding)
    assert minutes(verdict.kinds) == {"up": MONTH - 5 * failed, **({"down": 5 * failed} if failed else {})}
    assert len(verdict.outages) == failed


@pytest.mark.parametrize(("down", "measured", "finding"), [(432, "99", "met"), (433, "98.997685", "breached")])
def test_reaching_the_target_exactly_meets_it(given: Any, down: int, measured: str, finding: str) -> None:
    verdict = given.availability(given.contract(), given.results(month_of("d" * down), every="1m"))

    assert (shown(verdict), verdict.finding) == (measured, finding)
    assert verdict.budget == 432 * MINUTE
    assert verdict.budget_left == (432 - down) * MINUTE


def test_one_microsecond_below_the_target_breaches_it(given: Any) -> None:
    last = given.results("u", since=given.at("09-01T07:12") + 1)
    results = [*given.results("d" * 86 + "d"), *last, *given.results("u" * 8553, since="09-01T07:15")]

    verdict = given.availability(given.contract(), results)

    assert verdict.kinds.down == 432 * MINUTE + 1
    assert (shown(verdict), verdict.finding) == ("98.999999", "breached")
    assert verdict.burn_rate is not None
    assert verdict.burn_rate > 1


@pytest.mark.parametrize(
    ("month", "length", "budget"),
    [
        ("2026-02", 40_320, Fraction("403.2")),
        ("2026-03", 44_580, Fraction("445.8")),
        ("2026-04", 43_200, 432),
        ("2026-10", 44_700, 447),
    ],
)
def test_the_month_is_one_of_the_contract_s_zone(given: Any, month: str, length: int, budget: Fraction) -> None:
    period = given.period(month, "Europe/Rome")
    contract = given.contract(zone="Europe/Rome")

    verdict = given.availability(contract, given.results("u" * length, every="1m", since=period.start), period=period)

    assert minutes(verdict.kinds) == {"up": length}
    assert verdict.budget == budget * MINUTE


def test_no_results_are_no_data_and_neither_0_nor_100_percent(given: Any) -> None:
    for unknown in ("exclude", "up", "down"):
        verdict = given.availability(given.contract(accounting=Accounting(unknown=unknown)))

        assert (verdict.measured, verdict.finding, verdict.coverage) == (None, "no_data", 0)
        assert minutes(verdict.kinds) == {"unknown": MONTH}
        assert verdict.budget_left == verdict.budget


@pytest.mark.parametrize(
    ("unknown", "measured", "finding", "left"),
    [
        ("exclude", Fraction(22_999, 23_199), "met", 232),
        ("up", Fraction(43_000, MONTH), "met", 232),
        ("down", Fraction(22_999, MONTH), "breached", 432 - 20_201),
    ],
)
def test_the_profile_says_what_unknown_time_is(
    given: Any, unknown: Any, measured: Fraction, finding: str, left: int
) -> None:
    results = given.results("d" * 200 + "u" * 22_999 + "e" * 20_001, every="1m")

    verdict = given.availability(given.contract(accounting=Accounting(unknown=unknown)), results)

    assert minutes(verdict.kinds) == {"up": 22_999, "down": 200, "unknown": 20_001}
    assert verdict.coverage == Fraction(23_199, MONTH)
    assert (verdict.measured, verdict.finding) == (measured, finding)
    assert verdict.budget_left == left * MINUTE


@pytest.mark.parametrize(("k", "counted"), [(1, 13), (5, 11), (6, 6), (10, 0)])
def test_an_outage_shorter_than_the_least_is_real_but_not_counted(given: Any, k: int, counted: int) -> None:
    letters = "1111100011011111100000".replace("1", "d").replace("0", "u")
    accounting = Accounting(min_outage=parse_duration(f"{k}m"))

    verdict = given.availability(given.contract(accounting=accounting), given.results(month_of(letters), every="1m"))

    assert verdict.kinds.down == counted * MINUTE
    assert verdict.kinds.up == (MONTH - counted) * MINUTE
    assert verdict.real_down == 13 * MINUTE
    assert [outage.span.length // MINUTE for outage in verdict.outages] == [5, 2, 6]


def test_an_outage_over_the_end_of_the_month_is_as_long_as_its_whole_run(given: Any) -> None:
    accounting = Accounting(min_outage=parse_duration("10m"))
    results = [
        *given.results("uuuddd", every="1m", since="08-31T23:54"),
        *given.results("ddddddd" + "u" * (MONTH - 10) + "ddd", every="1m"),
        *given.results("ddddddu", every="1m", since="10-01T00:00"),
    ]
    contract = given.contract(accounting=accounting)

    begun_before = given.availability(contract, results, now="10-01T00:10")

    assert begun_before.kinds.down == 7 * MINUTE
    assert [outage.counted // MINUTE for outage in begun_before.outages] == [7, 0]
    assert begun_before.outages[0].span == given.span("08-31T23:57", "09-01T00:07")


def test_an_unknown_gap_ends_an_outage(given: Any) -> None:
    accounting = Accounting(min_outage=parse_duration("15m"))

    verdict = given.availability(given.contract(accounting=accounting), given.results("ddedddu"))

    assert [(outage.span.length // MINUTE, outage.counted // MINUTE) for outage in verdict.outages] == [
        (10, 0),
        (15, 15),
    ]


def test_only_agreed_time_counts_and_the_rest_is_unscheduled(given: Any) -> None:
    contract = given.contract(during="office", calendars={"office": given.calendar("08:00-17:00")})
    results = given.results("u" * 24 + "d" * 12 + "u" * 300, every="15m")

    verdict = given.availability(contract, results, now="09-03T00:00")

    assert minutes(verdict.kinds) == {"up": 17 * 60, "down": 60, "unscheduled": MONTH - 18 * 60}
    assert verdict.real_down == HOUR
    assert verdict.budget == 22 * 9 * HOUR / 100
    assert [(outage.span.length, outage.counted) for outage in verdict.outages] == [(3 * HOUR, HOUR)]


def test_the_contract_s_dates_cut_the_agreed_time(given: Any) -> None:
    contract = given.contract(zone="GMT+1", since=date(2026, 9, 10), until=date(2026, 9, 20))

    verdict = given.availability(contract, given.results("u" * 8640), period=given.period(zone="GMT+1"))

    assert minutes(verdict.kinds) == {"up": 14_400, "unscheduled": MONTH - 14_400}
    assert verdict.budget == 144 * MINUTE


def test_before_the_contract_stands_there_is_no_data(given: Any) -> None:
    verdict = given.availability(given.contract(since=date(2026, 11, 1)), given.results("u" * 8640))

    assert (verdict.finding, verdict.coverage, verdict.budget) == ("no_data", None, 0)
    assert minutes(verdict.kinds) == {"unscheduled": MONTH}


@pytest.mark.parametrize(
    ("letters", "now", "finding"),
    [
        ("u" * 2880, "09-03T00:00", "on_track"),
        ("d" * 14 + "u" * 1426, "09-02T00:00", "on_track"),
        ("d" * 15 + "u" * 1425, "09-02T00:00", "at_risk"),
        ("d" * 432 + "u" * 4000, "09-02T00:00", "at_risk"),
        ("d" * 433 + "u" * 4000, "09-02T00:00", "breached"),
        ("d" * 433 + "u" * (MONTH - 433), "09-30T23:59", "breached"),
        ("e" * 2880, "09-03T00:00", "no_data"),
    ],
)
def test_a_running_period_is_judged_by_the_budget_of_all_of_it(
    given: Any, letters: str, now: str, finding: str
) -> None:
    verdict = given.availability(given.contract(), given.results(letters, every="1m"), now=now)

    assert verdict.finding == finding
    assert verdict.budget == 432 * MINUTE
    assert verdict.kinds.unscheduled == given.end - given.at(now)


def test_results_from_now_on_do_not_exist_yet(given: Any) -> None:
    results = given.results("u" * 288 + "d" * 8000)

    assert given.availability(given.contract(), results, now="09-02T00:00").kinds.down == 0
    assert given.availability(given.contract(), results, now="09-02T00:01").kinds.down == MINUTE


def test_a_result_before_the_month_speaks_into_it(given: Any) -> None:
    verdict = given.availability(given.contract(), given.results("d", since="08-31T23:53"))

    assert minutes(verdict.kinds) == {"down": 3, "unknown": MONTH - 3}
    assert verdict.finding == "breached"
    assert shown(verdict) == "0"


def test_with_all_time_promised_any_downtime_breaches_and_burn_has_no_rate(given: Any) -> None:
    contract = given.contract("100%")

    verdict = given.availability(contract, given.results("du" * 10), now="09-01T00:05")

    assert (verdict.finding, verdict.burn_rate, verdict.budget) == ("breached", None, 0)
