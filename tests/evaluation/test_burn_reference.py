"""Burn, alerts and forecasts against a slow reference that walks through time step by step."""

from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import attrs
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from sla_engine.calendars import ALWAYS, CalendarRule, compile_calendar, parse_window
from sla_engine.calendars.periods import period_at
from sla_engine.evaluation.burn import Watch, burn_alert, burn_over, burn_so_far
from sla_engine.evaluation.forecast import affordable, forecast, prospect
from sla_engine.evaluation.history import history_of
from sla_engine.model.accounting import Accounting
from sla_engine.model.burn import BurnRule
from sla_engine.model.contract import AvailabilityObjective, Contract
from sla_engine.model.duration import Duration
from sla_engine.model.instant import HOUR, MINUTE, SECOND, Instant, parse_instant, to_datetime
from sla_engine.model.interval import Interval
from sla_engine.model.maintenance import Exclusion, Maintenance
from sla_engine.model.percent import Percent
from sla_engine.model.period import CalendarPeriod
from sla_engine.model.result import Result, State
from sla_engine.model.schedule import Every
from sla_engine.model.service import Check, Service
from sla_engine.model.text import plain
from sla_engine.model.zone import parse_zone

STEP = 20 * MINUTE
LISBON = ZoneInfo("Europe/Lisbon")
# A week in which the clocks go back (Sunday the 25th), and the one after it; windows reach into the week before.
BASE = parse_instant("2026-10-18T23:00:00Z")
FIRST = BASE - 7 * 24 * HOUR
OFFICE = compile_calendar(
    "office", CalendarRule(parse_zone("Europe/Lisbon"), ((parse_window("08:00-17:00"),),) * 5 + ((),) * 2)
)
SERVICE = Service("api", plain("API"), Every(Duration(STEP)), (Check("api", "a", "null", None, Duration(SECOND)),))


def contract_by(accounting: Accounting, target: Fraction, during: str) -> Contract:
    return Contract(
        agreement="standard", customer=None, title=plain("Standard"), timezone=parse_zone("Europe/Lisbon"),
        period=CalendarPeriod("week"), accounting=accounting,
        availability=(AvailabilityObjective("api", Percent(target), during),), latency=(), response=(), credits=(),
        clauses={}, since=None, until=None, fee=None, services={"api": SERVICE},
        calendars={"always": ALWAYS, "office": OFFICE}, policy_hash="",
    )  # fmt: skip


@st.composite
def watches(draw: Any) -> Watch:
    """A service in the week when clocks go back or the one after it, with everything that can bear on its burn."""
    steps = st.integers(-7 * 72, 14 * 72)
    stretches = draw(
        st.lists(st.tuples(st.integers(1, 300), st.sampled_from(["up", "up", "down", "error", ""])), max_size=12)
    )
    states = [state for length, state in stretches for _ in range(length)]
    results = [
        Result("api/a", FIRST + number * STEP, State(state), STEP, reason=state)
        for number, state in enumerate(states)
        if state
    ]

    def window() -> Interval:
        start = BASE + draw(steps) * STEP
        return Interval(start, start + draw(st.integers(1, 40)) * STEP)

    accounting = Accounting(
        unknown=draw(st.sampled_from(["exclude", "up", "down"])),
        maintenance=draw(st.sampled_from(["exclude", "credit", "count"])),
        maintenance_cap=draw(st.sampled_from([None, Duration(9 * STEP)])),
    )
    target = draw(st.sampled_from([Fraction(1, 2), Fraction(9, 10), Fraction(99, 100)]))
    contract = contract_by(accounting, target, draw(st.sampled_from(["always", "office"])))
    now = BASE + draw(st.integers(1, 14 * 72)) * STEP
    history = history_of(
        [result for result in results if result.at < now],
        maintenance=[
            Maintenance(f"m{number}", ("api",), window(), draw(st.sampled_from([FIRST - HOUR, None])))
            for number in range(draw(st.integers(0, 3)))
        ],
        exclusions=[
            Exclusion(f"x{number}", ("api",), window(), "reason", "ana") for number in range(draw(st.integers(0, 2)))
        ],
    )
    period = period_at(now, contract.period, contract.timezone)
    return Watch(contract, contract.availability[0], history, period, now)


@attrs.frozen
class Step:
    """What a step of time is: its week, whether it is agreed and taken out, and what was seen."""

    at: Instant
    week: tuple[int, int]
    is_agreed: bool
    is_excluded: bool
    state: str


def walk(watch: Watch) -> list[Step]:
    """The three weeks, step by step; the cap of maintenance is used up from each week's beginning."""
    return list(_walk(watch))


def _walk(watch: Watch) -> Iterator[Step]:
    accounting, history = watch.contract.accounting, watch.history
    said = {result.at: "down" if result.state == "down" else "" if result.state == "error" else "up"
            for result in history.results}  # fmt: skip
    week, used = week_of(FIRST), 0
    for at in range(FIRST, BASE + (14 * 24 + 1) * HOUR, STEP):
        if week_of(at) != week:
            week, used = week_of(at), 0
        local = to_datetime(at, LISBON)
        is_agreed = watch.objective.during == "always" or (local.weekday() < 5 and 8 <= local.hour < 17)
        is_works = is_agreed and any(
            each.window.start <= at < each.window.end and each.announced_at is not None for each in history.maintenance
        )
        cap = accounting.maintenance_cap
        is_works = is_works and (cap is None or used < cap.microseconds)
        used += is_works * STEP
        is_excluded = is_works or any(each.window.start <= at < each.window.end for each in history.exclusions)
        # A result speaks for two intervals, unless another comes.
        state = said.get(at, said.get(at - STEP, "")) if at < watch.now else ""
        yield Step(at, week, is_agreed, is_excluded and accounting.maintenance != "count", state)


def week_of(at: Instant) -> tuple[int, int]:
    local: datetime = to_datetime(at, LISBON)
    return local.isocalendar()[:2]


def tally(steps: list[Step], accounting: Accounting) -> tuple[int, int, int, int]:
    """Of some steps those that are bad, those that take part in the share, those known, and those with a budget."""
    bad = counting = known = budgeted = 0
    for step in steps:
        if not step.is_agreed:
            continue
        budgeted += not step.is_excluded or accounting.maintenance != "exclude"
        if step.is_excluded:
            counting += accounting.maintenance == "credit"
            continue
        known += step.state != ""
        bad += step.state == "down" or (step.state == "" and accounting.unknown == "down")
        counting += step.state != "" or accounting.unknown != "exclude"
    return bad, counting, known, budgeted


def slow_rate(steps: list[Step], watch: Watch) -> Fraction | None:
    bad, counting, known, _ = tally(steps, watch.contract.accounting)
    return Fraction(bad, counting) / (1 - watch.objective.target.ratio) if known else None


@settings(max_examples=60, deadline=None)
@drawn(watches(), st.sampled_from([3, 18, 72, 216]), st.sampled_from([1, 2]), st.sampled_from([1, 2, 10, 40, 100]))
def test_a_walk_through_time_burns_and_alerts_alike(watch: Watch, long: int, short: int, percent: int) -> None:
    steps = walk(watch)
    accounting = watch.contract.accounting
    of_period = [step for step in steps if step.week == week_of(watch.now)]
    in_long = [step for step in steps if watch.now - long * STEP <= step.at < watch.now]
    in_short = [step for step in steps if watch.now - short * STEP <= step.at < watch.now]
    so_far = [step for step in of_period if step.at < watch.now]

    rule = BurnRule(Percent(Fraction(percent, 100)), Duration(long * STEP), Duration(short * STEP))
    alert = burn_alert(watch, rule)

    assert burn_over(watch, long * STEP).rate == slow_rate(in_long, watch)
    assert burn_so_far(watch).rate == slow_rate(so_far, watch)
    share, allowed = Fraction(percent, 100), tally(in_long, accounting)[3]
    budget = tally(of_period, accounting)[3]
    assert alert.factor == (share * budget / allowed if allowed and budget else None)
    # What was seen down in the long window alone is the share of the budget, and the short one has its part of it.
    allows, in_part = (1 - watch.objective.target.ratio) * share * budget, tally(in_short, accounting)[3]
    is_spent = allows > 0 and seen_down(in_long) >= allows
    assert alert.fires == (is_spent and in_part > 0 and seen_down(in_short) * allowed >= allows * in_part)


def seen_down(steps: list[Step]) -> int:
    return sum(step.is_agreed and not step.is_excluded and step.state == "down" for step in steps)


@settings(max_examples=60, deadline=None)
@drawn(watches(), st.sampled_from([3, 18, 72]), st.integers(1, 100), st.integers(0, 700), st.integers(1, 700))
def test_whatever_is_not_known_makes_no_alert_fire(
    watch: Watch, long: int, percent: int, since: int, length: int
) -> None:
    rule = BurnRule(Percent(Fraction(percent, 100)), Duration(long * STEP), Duration(STEP))
    gap = Interval(FIRST + since * STEP, FIRST + (since + length) * STEP)
    known = [
        attrs.evolve(one, state=State.ERROR) if gap.start <= one.at < gap.end else one for one in watch.history.results
    ]

    blind = attrs.evolve(
        watch,
        history=history_of(known, maintenance=watch.history.maintenance, exclusions=watch.history.exclusions),
    )

    assert burn_alert(watch, rule).fires or not burn_alert(blind, rule).fires


@settings(max_examples=60, deadline=None)
@drawn(watches(), st.sampled_from([Fraction(0), Fraction(1, 200), Fraction(1, 9), Fraction(1, 2), Fraction(1)]))
def test_a_walk_into_the_future_breaches_in_the_same_step(watch: Watch, bad: Fraction) -> None:
    steps = [step for step in walk(watch) if step.week == week_of(watch.now)]
    accounting, target = watch.contract.accounting, watch.objective.target.ratio
    budget = (1 - target) * tally(steps, accounting)[3]
    behind = tally([step for step in steps if step.at < watch.now], accounting)
    spent, counting = Fraction(behind[0]), behind[1]
    was_breached, breached_in = spent > budget, None
    ahead = [step for step in steps if step.at >= watch.now and step.is_agreed]
    ahead = [step for step in ahead if not step.is_excluded or accounting.maintenance != "exclude"]
    for step in ahead:
        spent, counting = spent + bad, counting + 1
        if breached_in is None and spent > budget:
            breached_in = step.at

    found = forecast(prospect(watch), bad)

    assert (found is None) == (not ahead)
    if found is not None:
        assert found.measured == 1 - spent / counting
        if was_breached:
            assert found.breached_at is None
        elif breached_in is not None:
            assert found.breached_at is not None
            assert breached_in <= found.breached_at < breached_in + STEP or _touches(
                ahead, breached_in, found.breached_at
            )
        else:
            assert found.breached_at == (watch.period.end if found.measured < target else None)


def _touches(ahead: list[Step], breached_in: Instant, at: Instant) -> bool:
    """Where the budget is gone exactly at the end of a step, it is passed in the next one that counts."""
    before = [step for step in ahead if step.at < breached_in]
    return at == (before[-1].at + STEP if before else breached_in)


@settings(max_examples=60, deadline=None)
@drawn(watches())
def test_what_can_still_come_is_the_most_that_breaches_nothing(watch: Watch) -> None:
    steps = [step for step in walk(watch) if step.week == week_of(watch.now)]
    accounting, target = watch.contract.accounting, watch.objective.target.ratio
    bad, counting, _, _ = tally([step for step in steps if step.at < watch.now], accounting)
    ahead = tally([attrs.evolve(step, state="up") for step in steps if step.at >= watch.now], accounting)[1]
    budget = (1 - target) * tally(steps, accounting)[3]

    left = affordable(prospect(watch))

    def keeps(more: Fraction) -> bool:
        return bad + more <= budget and bad + more <= (1 - target) * (counting + ahead)

    assert 0 <= left <= ahead * STEP
    assert left == 0 or keeps(Fraction(left, STEP))
    assert left == ahead * STEP or not keeps(Fraction(left + 1, STEP))
