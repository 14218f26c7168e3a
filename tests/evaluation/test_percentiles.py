"""Percentiles by the nearest rank, exact, and the same from single results and from columns."""

from fractions import Fraction
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from sla_engine.evaluation import History, evaluate
from sla_engine.evaluation.percentiles import USUAL, nearest_rank, percentiles, slowest
from sla_engine.evaluation.samples import FAILED, LONGEST, samples_of
from sla_engine.model.contract import LatencyObjective
from sla_engine.model.duration import Duration, parse_duration
from sla_engine.model.instant import MILLISECOND
from sla_engine.model.percent import Percent, parse_percent
from sla_engine.model.result import Result
from sla_engine.model.verdict import LatencyVerdict

OBJECTIVE = LatencyObjective("api", parse_percent("95%"), parse_duration("800ms"))


def timed(given: Any, *milliseconds: float | None, letters: str = "", **how: Any) -> list[Result]:
    results = given.results(letters or "u" * len(milliseconds), **how)
    return [
        attrs.evolve(result, latency=None if ms is None else round(ms * MILLISECOND))
        for result, ms in zip(results, milliseconds, strict=True)
    ]


def judged(given: Any, results: list[Result], objective: LatencyObjective = OBJECTIVE, **how: Any) -> LatencyVerdict:
    verdict: LatencyVerdict = given.verdict(given.contract(latency=(objective,)), results, **how).latency[0]
    return verdict


def shown(verdict: LatencyVerdict) -> dict[str, tuple[int, float | None]]:
    return {
        str(one.share): (one.rank, None if one.latency is None else one.latency / MILLISECOND)
        for one in verdict.percentiles
    }


def test_a_percentile_is_the_latency_of_the_check_at_its_rank(given: Any) -> None:
    verdict = judged(given, timed(given, *range(200, 0, -1)))

    assert shown(verdict) == {"50%": (100, 100), "90%": (180, 180), "95%": (190, 190), "99%": (198, 198)}
    assert verdict.slowest == 200 * MILLISECOND


def test_no_value_is_made_up_between_two(given: Any) -> None:
    assert shown(judged(given, timed(given, 10, 20)))["50%"] == (1, 10)
    assert set(shown(judged(given, timed(given, 7))).values()) == {(1, 7)}


def test_the_percentile_at_the_target_is_shown_beside_the_usual_ones(given: Any) -> None:
    objective = attrs.evolve(OBJECTIVE, target=parse_percent("99.9%"))

    assert shown(judged(given, timed(given, *range(1, 1001)), objective))["99.9%"] == (999, 999)


def test_failed_checks_stand_last_and_have_no_latency(given: Any) -> None:
    results = timed(given, *[10] * 94, *[None] * 6, letters="u" * 94 + "d" * 6)

    verdict = judged(given, results)

    assert shown(verdict) == {"50%": (50, 10), "90%": (90, 10), "95%": (95, None), "99%": (99, None)}
    assert (verdict.failed, verdict.valid, verdict.finding) == (6, 100, "breached")
    assert verdict.slowest == 10 * MILLISECOND


def test_a_degraded_answer_took_as_long_as_it_took_and_the_monitor_s_failure_is_left_out(given: Any) -> None:
    verdict = judged(given, timed(given, 10, 900, 5, None, letters="ugeu"))

    assert shown(verdict)["99%"] == (2, 900)
    assert verdict.valid == 2


def test_of_nothing_there_is_no_percentile(given: Any) -> None:
    verdict = judged(given, [])

    assert (verdict.percentiles, verdict.slowest, verdict.failed) == ((), None, 0)


def test_only_agreed_time_takes_part(given: Any) -> None:
    objective = attrs.evolve(OBJECTIVE, during="office")
    contract = given.contract(latency=(objective,), calendars={"office": given.calendar("08:00-08:10", days=7)})
    results = timed(given, 1, 2, 3, 4, since="09-02T07:55") + timed(given, 5, 6, 7, since="09-03T07:55")

    verdict = given.verdict(contract, results).latency[0]

    assert (verdict.valid, shown(verdict)["50%"], verdict.slowest) == (4, (2, 3), 7 * MILLISECOND)


def test_checks_and_locations_are_counted_together_and_repeated_results_once(given: Any) -> None:
    service = given.service("a", "b")
    here, there = (timed(given, *range(1, 51), check="a", location=place) for place in ("here", "there"))
    other = timed(given, *range(51, 101), check="b")

    verdict = given.verdict(
        given.contract(service=service, latency=(OBJECTIVE,)), [*other, *there, *here, *other]
    ).latency[0]

    assert (verdict.valid, shown(verdict)["99%"]) == (150, (149, 99))


@pytest.mark.parametrize(("share", "count", "rank"), [("50%", 1, 1), ("50%", 3, 2), ("95%", 20, 19), ("95%", 21, 20)])
def test_the_nearest_rank_is_rounded_up(share: str, count: int, rank: int) -> None:
    assert nearest_rank(parse_percent(share), count) == rank


latencies = st.lists(st.one_of(st.integers(0, 50), st.just(FAILED)), min_size=1, max_size=60)


@settings(max_examples=300, deadline=None)
@drawn(latencies, st.integers(1, 1000), st.integers(0, 51))
def test_the_target_s_percentile_is_under_the_bound_exactly_where_the_share_is_kept(
    values: list[int], target: int, under: int
) -> None:
    share = Percent(Fraction(target, 1000))

    [found] = percentiles(np.array(values), [share])

    good = sum(value < under for value in values)
    assert (found.latency is not None and found.latency < under) == (Fraction(good, len(values)) >= share.ratio)


@settings(max_examples=100, deadline=None)
@drawn(latencies)
def test_sorting_comes_to_the_same(values: list[int]) -> None:
    ordered = sorted(values)

    found = percentiles(np.array(values), USUAL)

    for one in found:
        assert ordered[one.rank - 1] == (FAILED if one.latency is None else one.latency)
    assert slowest(np.array(values)) == max((value for value in values if value != FAILED), default=None)


def test_columns_are_taken_where_there_are_any_and_single_results_elsewhere(given: Any) -> None:
    contract = given.contract(service=given.service("a", "b"), latency=(OBJECTIVE,))
    a, b = timed(given, 1, 2, 3, check="a"), timed(given, 4, 5, check="b")
    period = given.period()

    mixed = History(results=b, samples=samples_of(a))

    alone = History(results=[*a, *b])
    assert evaluate(contract, mixed, period, period.end) == evaluate(contract, alone, period, period.end)


def test_a_bound_below_every_answer_is_kept_by_none(given: Any) -> None:
    objective = attrs.evolve(OBJECTIVE, under=Duration(1))

    assert judged(given, timed(given, 1, None, letters="ud"), objective).good == 0


@pytest.mark.parametrize("every", [1, 1_000, 40_000_000])
def test_any_rank_is_found_among_many_of_any_kind(every: int) -> None:
    drawn_once = np.random.default_rng(1).integers(0, 100, 5_000) * every
    latencies = np.append(np.minimum(drawn_once, LONGEST), [FAILED] * 50).astype(np.uint32)

    found = percentiles(latencies, [Percent(Fraction(percent, 100)) for percent in range(1, 100)])

    ordered = sorted(latencies.tolist())
    assert [FAILED if one.latency is None else one.latency for one in found] == [ordered[one.rank - 1] for one in found]


def test_an_answer_that_took_longer_than_can_be_told_is_in_time_by_no_bound(given: Any) -> None:
    objective = attrs.evolve(OBJECTIVE, under=parse_duration("3h"))

    verdict = judged(given, timed(given, 10, 2 * 3_600_000), objective)

    assert (verdict.good, verdict.valid, verdict.failed) == (1, 2, 0)


def test_frozen_reports_see_instants_and_latencies_in_64_bits(given: Any) -> None:
    [samples] = samples_of(timed(given, 10, None, letters="ud"))

    at, latency = samples.columns()

    assert (str(at.dtype), str(latency.dtype)) == ("int64", "int64")
    assert latency.tolist() == [10 * MILLISECOND, 2**63 - 1]
