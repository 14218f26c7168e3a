"""Laws of availability that hold for any history, and where what one would expect does not hold."""

import json
import random
from fractions import Fraction
from typing import Any

import attrs
from hypothesis import assume, settings
from hypothesis import given as drawn
from hypothesis import strategies as st

from sla_engine.model.accounting import Accounting
from sla_engine.model.duration import Duration, parse_duration
from sla_engine.model.instant import MINUTE
from sla_engine.model.interval import Interval
from sla_engine.model.maintenance import Maintenance
from sla_engine.model.result import State
from sla_engine.reports.verdict_json import verdict_json
from tests.evaluation.drawing import Case, long_case, short_case

seeds = st.integers(0, 2**32)
thousands = settings(max_examples=1000, deadline=None)
hundreds = settings(max_examples=200, deadline=None)


@thousands
@drawn(seeds)
def test_the_five_kinds_of_time_sum_to_the_period_in_every_zone_and_by_every_profile(seed: int) -> None:
    case = long_case(seed)

    verdict = case.verdict()

    kinds = attrs.asdict(verdict.kinds)
    assert sum(kinds.values()) == case.period.end - case.period.start
    assert min(kinds.values()) >= 0
    assert sum(outage.counted for outage in verdict.outages) == verdict.kinds.down <= verdict.real_down
    judged = verdict.kinds.up + verdict.kinds.down + verdict.kinds.unknown
    assert verdict.coverage == (1 - Fraction(verdict.kinds.unknown, judged) if judged else None)
    assert verdict.measured is None or 0 <= verdict.measured <= 1


@hundreds
@drawn(seeds)
def test_an_ended_period_is_met_exactly_where_its_budget_is_not_passed(seed: int) -> None:
    """Where no unknown time is left out: the budget is one of all agreed time, the share one of the known."""
    case = long_case(seed).accounted(measure="time")
    case = case.having(now=case.period.end)
    verdict = case.verdict()
    assume(verdict.measured is not None)
    assume(case.contract.accounting.unknown != "exclude" or verdict.kinds.unknown == 0)

    assert (verdict.finding == "met") is (verdict.budget_left >= 0)
    assert verdict.burn_rate is None or (verdict.finding == "met") is (verdict.burn_rate <= 1)


@settings(max_examples=100, deadline=None)
@drawn(seeds)
def test_what_is_breached_while_the_period_runs_stays_breached(seed: int) -> None:
    case = long_case(seed).accounted(measure="time")
    found = [
        case.having(now=case.period.start + tenths * (case.period.end - case.period.start) // 10).verdict().finding
        for tenths in range(1, 11)
    ]

    assert set(found[found.index("breached") :] if "breached" in found else ()) <= {"breached"}


@hundreds
@drawn(seeds, st.randoms(use_true_random=False))
def test_a_result_that_turns_from_up_to_down_never_raises_the_share(seed: int, chance: random.Random) -> None:
    case = short_case(seed).accounted(min_outage=Duration(0))
    good = [one for one in case.results if one.state in {State.UP, State.DEGRADED}]
    assume(good)
    worse = attrs.evolve(turned := chance.choice(good), state=State.DOWN)

    before, after = case.verdict(), replaced(case, turned, worse).verdict()

    assert after.real_down >= before.real_down
    assert before.measured is None or after.measured is None or after.measured <= before.measured


def test_a_short_outage_that_does_not_count_is_better_than_no_result(given: Any) -> None:
    """Where short outages are left out a result that turns to down may raise the share: what was unknown is up then."""
    service = given.service("a", "b", every="1m")
    contract = given.contract(service=service, accounting=Accounting(min_outage=parse_duration("5m")))
    unheard = given.results("uuu", every="1m", check="a")
    before, after = (
        given.availability(contract, [*unheard, *given.results(letters, every="1m", check="b")], now="09-01T00:03")
        for letters in ("eu", "du")
    )

    assert (before.kinds.unknown, after.kinds.unknown) == (MINUTE, 0)
    assert after.kinds.up > before.kinds.up


@hundreds
@drawn(seeds, st.floats(0, 1), st.floats(0.01, 0.5))
def test_more_maintenance_never_makes_more_downtime_and_as_a_credit_never_lowers_the_share(
    seed: int, begins: float, length: float
) -> None:
    """But for a cap, which an earlier window uses up before a later one that would have covered more."""
    case = short_case(seed).accounted(maintenance_cap=None)

    before, after = case.verdict(), maintained(case, begins, length).verdict()

    assert after.kinds.down <= before.kinds.down
    assert after.real_down == before.real_down
    if case.contract.accounting.maintenance == "credit" and before.measured is not None and after.measured is not None:
        assert after.measured >= before.measured


def test_excluding_good_time_lowers_the_share(given: Any) -> None:
    """What is left weighs more: no law holds for ``exclude``, whose promise is a share of what remains."""
    results = given.results("ddd" + "u" * 8637)
    window = [given.maintenance("09-10T00:00", "09-20T00:00")]

    without, with_it = (given.availability(given.contract(), results, maintenance=one) for one in ([], window))

    assert with_it.measured < without.measured
    assert with_it.kinds.down == without.kinds.down


def test_a_cap_that_an_idle_window_uses_up_lowers_the_share_even_as_a_credit(given: Any) -> None:
    accounting = Accounting(maintenance="credit", maintenance_cap=parse_duration("1h"))
    results = given.results("u" * 288 + "d" * 12 + "u" * 8340)
    useful, idle = given.maintenance("09-02T00:00", "09-02T01:00"), given.maintenance("09-01T00:00", "09-01T01:00")

    alone, both = (
        given.availability(given.contract(accounting=accounting), results, maintenance=windows)
        for windows in ([useful], [idle, useful])
    )

    assert (alone.measured, both.measured) == (1, 1 - Fraction(60, 43_200))


@hundreds
@drawn(seeds)
def test_unknown_time_as_down_as_left_out_and_as_up_never_lower_the_share_in_turn(seed: int) -> None:
    """But for slots that need so many checks, which the unknown ones bring to their number where they are counted."""
    case = short_case(seed).accounted(slot_checks=1)
    shares = [case.accounted(unknown=unknown).verdict().measured for unknown in ("down", "exclude", "up")]
    assume(shares[0] is not None)

    assert shares == sorted(shares)


@hundreds
@drawn(seeds)
def test_leaving_out_longer_outages_never_lowers_the_share_nor_hides_them(seed: int) -> None:
    case = short_case(seed).accounted(measure="time")
    length = case.period.end - case.period.start
    found = [case.accounted(min_outage=Duration(length // part)).verdict() for part in (1000, 100, 30, 10, 1)]
    assume(found[0].measured is not None)

    shares = [verdict.measured for verdict in found]
    assert shares == sorted(shares)
    assert len({verdict.real_down for verdict in found}) == 1


@settings(max_examples=100, deadline=None)
@drawn(seeds, st.randoms(use_true_random=False))
def test_any_order_and_every_result_twice_give_the_same_bytes(seed: int, chance: random.Random) -> None:
    case = short_case(seed)
    twice = case.results * 2
    chance.shuffle(twice)

    once, again = (json.dumps(verdict_json(one.whole())) for one in (case, case.having(results=twice)))

    assert once == again


def test_of_contradicting_results_for_one_instant_the_same_one_counts_whatever_the_order(given: Any) -> None:
    [one] = given.results("d")
    others = [attrs.evolve(one, interval=one.interval * factor, reason=reason) for factor in (1, 7) for reason in "ab"]

    found = {
        given.availability(given.contract(), [*others[first:], *others[:first]]).kinds for first in range(len(others))
    }

    assert len(found) == 1


def replaced(case: Case, old: Any, new: Any) -> Case:
    return case.having(results=[new if one == old else one for one in case.results])


def maintained(case: Case, begins: float, length: float) -> Case:
    whole = case.period.end - case.period.start
    start = case.period.start + int(begins * whole)
    further = Maintenance("further", ("api",), Interval(start, start + int(length * whole)), 0)
    return case.having(maintenance=[*case.maintenance, further])
