"""Latency objectives: which checks take part, and which of them answered in time."""

from typing import Any

import attrs
import pytest

from sla_engine.model.contract import LatencyObjective
from sla_engine.model.duration import parse_duration
from sla_engine.model.percent import parse_percent
from sla_engine.model.result import Result
from sla_engine.model.verdict import LatencyVerdict

OBJECTIVE = LatencyObjective("api", parse_percent("95%"), parse_duration("800ms"))


def judged(given: Any, results: list[Result], **how: Any) -> LatencyVerdict:
    verdict: LatencyVerdict = given.verdict(given.contract(latency=(OBJECTIVE,)), results, **how).latency[0]
    return verdict


def timed(given: Any, *milliseconds: float | None, letters: str = "") -> list[Result]:
    results = given.results(letters or "u" * len(milliseconds))
    return [
        attrs.evolve(result, latency=None if ms is None else round(ms * 1000))
        for result, ms in zip(results, milliseconds, strict=True)
    ]


@pytest.mark.parametrize(("slow", "finding"), [(5, "met"), (6, "breached")])
def test_so_many_checks_in_a_hundred_must_answer_in_time(given: Any, slow: int, finding: str) -> None:
    verdict = judged(given, timed(given, *[900] * slow, *[100] * (100 - slow)))

    assert (verdict.good, verdict.valid, verdict.finding) == (100 - slow, 100, finding)


def test_the_bound_itself_is_not_under_it(given: Any) -> None:
    assert judged(given, timed(given, 799.999, 800)).good == 1


def test_a_failed_check_did_not_answer_and_an_unmeasured_one_says_nothing(given: Any) -> None:
    verdict = judged(given, timed(given, 100, 100, None, None, 100, letters="ugudd"))

    assert (verdict.good, verdict.valid) == (2, 4)


def test_the_monitor_s_own_failure_is_left_out(given: Any) -> None:
    verdict = judged(given, timed(given, 5, 5, letters="ee"))

    assert (verdict.measured, verdict.finding) == (None, "no_data")


def test_checks_outside_the_period_or_in_maintenance_are_left_out(given: Any) -> None:
    before = attrs.evolve(given.results("u", since="08-31T23:59")[0], latency=1)
    window = given.maintenance("09-01T00:00", "09-01T00:05")

    verdict = judged(given, [before, *timed(given, 1, 2, 3)], maintenance=[window], now="09-01T00:10")

    assert (verdict.good, verdict.valid, verdict.finding) == (1, 1, "on_track")


def test_a_running_period_below_the_target_can_still_be_saved(given: Any) -> None:
    assert judged(given, timed(given, 900, 1), now="09-02T00:00").finding == "at_risk"
