"""Judgement against a slow reference that walks through time step by step, and the laws that hold for any history."""

import json
import random
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from itertools import groupby
from typing import Any

import attrs
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from sla_engine.calendars import ALWAYS, CalendarRule, compile_calendar
from sla_engine.calendars.periods import Period, period_named
from sla_engine.evaluation.evaluate import evaluate
from sla_engine.evaluation.evidence import with_evidence
from sla_engine.evaluation.history import History, history_of
from sla_engine.evaluation.why import grounds_for, why
from sla_engine.model.accounting import Accounting
from sla_engine.model.contract import AvailabilityObjective, Contract, LatencyObjective
from sla_engine.model.duration import Duration
from sla_engine.model.instant import DAY, HOUR, MINUTE, SECOND, Instant, parse_instant, to_datetime
from sla_engine.model.interval import Interval
from sla_engine.model.maintenance import Exclusion, Maintenance
from sla_engine.model.percent import Percent
from sla_engine.model.period import CalendarPeriod
from sla_engine.model.result import Result, Run, State
from sla_engine.model.schedule import Every
from sla_engine.model.service import AtLeast, Check, Service, StaleAfter
from sla_engine.model.text import plain
from sla_engine.model.verdict import Verdict
from sla_engine.model.zone import parse_zone
from sla_engine.reports.verdict_json import verdict_json

STEP = 30 * SECOND

# Where and when clocks change, by whole and half hours, and where a date was left out.
CHANGES = [
    ("Europe/Lisbon", "2026-03-29T00:30:00Z"),
    ("Europe/Lisbon", "2026-10-25T00:30:00Z"),
    ("America/New_York", "2026-03-08T06:30:00Z"),
    ("America/New_York", "2026-11-01T05:30:00Z"),
    ("Australia/Lord_Howe", "2026-04-04T14:30:00Z"),
    ("Australia/Lord_Howe", "2026-10-03T15:00:00Z"),
    ("Pacific/Apia", "2011-12-30T09:30:00Z"),
    ("GMT+1", "2026-09-30T22:30:00Z"),
]


@attrs.frozen
class Scenario:
    contract: Contract
    results: list[Result]
    maintenance: list[Maintenance]
    exclusions: list[Exclusion]
    period: Period
    now: Instant

    def verdict(self, results: list[Result] | None = None) -> Verdict:
        known = self.results if results is None else results
        history = history_of(known, maintenance=self.maintenance, exclusions=self.exclusions)
        return evaluate(self.contract, history, self.period, self.now)


@st.composite
def scenarios(draw: Any) -> Scenario:
    """An hour or so about a change of the clocks, with everything that can bear on a verdict."""
    name, around = draw(st.sampled_from(CHANGES))
    zone, base = parse_zone(name), parse_instant(around)
    steps = st.integers(-20, 180)

    def moment() -> Instant:
        return int(base + draw(steps) * STEP)

    def window() -> Interval:
        start = moment()
        return Interval(start, start + draw(st.integers(1, 60)) * STEP)

    names = [f"c{number}" for number in range(draw(st.integers(1, 3)))]
    places = [f"p{number}" for number in range(draw(st.integers(1, 3)))]
    interval = draw(st.sampled_from([60, 120])) * SECOND
    results = [
        Result(f"api/{check}", base - 20 * STEP + number * interval, State(state), interval, place, None, state)
        for check in names
        for place in places
        for number, state in enumerate(draw(st.lists(
            st.sampled_from(["up", "up", "up", "degraded", "down", "down", "error", "none"]), max_size=50
        )))
        if state != "none"
    ]  # fmt: skip
    start = base + draw(st.integers(-5, 40)) * STEP
    opens = draw(st.integers(0, 1439))
    closes = draw(st.integers(0, 1440).filter(lambda minute: minute != opens))
    office = compile_calendar("office", CalendarRule(zone, (((opens, closes),),) * 7))
    service = Service(
        "api",
        plain("API"),
        Every(Duration(interval)),
        tuple(Check("api", name, "null", None, Duration(SECOND)) for name in names),
        up_when=draw(st.sampled_from(["all", "any", AtLeast(1), AtLeast(2)])),
        agree=draw(st.sampled_from([None, None, 1, 2])),
    )
    accounting = Accounting(
        min_outage=Duration(draw(st.sampled_from([0, 2, 5, 10])) * STEP),
        unknown=draw(st.sampled_from(["exclude", "up", "down"])),
        stale_after=StaleAfter(draw(st.sampled_from([Fraction(1), Fraction(3, 2), Fraction(2), Fraction(5)]))),
        maintenance=draw(st.sampled_from(["exclude", "credit", "count"])),
        maintenance_notice=Duration(draw(st.sampled_from([0, 10, 60])) * STEP),
        maintenance_cap=draw(st.sampled_from([None, Duration(7 * STEP), Duration(30 * STEP)])),
    )
    during = draw(st.sampled_from(["always", "office"]))
    today = to_datetime(base, zone.tz).date()
    contract = Contract(
        agreement="standard",
        customer=None,
        title=plain("Standard"),
        timezone=zone,
        period=CalendarPeriod("month"),
        accounting=accounting,
        availability=(AvailabilityObjective("api", Percent(draw(st.sampled_from(TARGETS))), during),),
        latency=(LatencyObjective("api", Percent(Fraction(1, 2)), Duration(MINUTE), during),),
        response=(),
        credits=(),
        clauses={},
        since=draw(st.sampled_from([None, None, today])),
        until=draw(st.sampled_from([None, None, today, date.fromordinal(today.toordinal() + 1)])),
        fee=None,
        services={"api": service},
        calendars={"always": ALWAYS, "office": office},
        policy_hash="0" * 64,
    )
    announced = [None, base - 100 * STEP, base, base + 40 * STEP]
    return Scenario(
        contract=contract,
        results=results,
        maintenance=[
            Maintenance(f"m{number}", ("api",), window(), draw(st.sampled_from(announced)))
            for number in range(draw(st.integers(0, 3)))
        ],
        exclusions=[
            Exclusion(f"x{number}", ("api",), window(), "reason", "ana") for number in range(draw(st.integers(0, 2)))
        ],
        period=Period(start, start + draw(st.integers(20, 120)) * STEP, zone, "test"),
        now=moment(),
    )


TARGETS = [Fraction(1, 2), Fraction(9, 10), Fraction(99, 100), Fraction(1)]


def state_at(scenario: Scenario, at: Instant) -> str:
    """What is known of the service at an instant, from the single results."""
    service, accounting = scenario.contract.services["api"], scenario.contract.accounting
    votes = {"up": 0, "down": 0, "unknown": 0}
    for check in service.checks:
        latest: dict[str, Result] = {}
        for result in scenario.results:
            if result.check == check.id and result.at <= at and result.at < scenario.now:
                known = latest.get(result.location)
                if known is None or known.at < result.at:
                    latest[result.location] = result
        words = [
            "down" if result.state == "down" else "up"
            for result in latest.values()
            if at - result.at < accounting.stale_after.intervals * result.interval and result.state != "error"
        ]
        down = words.count("down")
        if (service.agree is None and down * 2 > len(words)) or (service.agree is not None and down >= service.agree):
            votes["down"] += 1
        else:
            votes["up" if "up" in words else "unknown"] += 1
    needed = {"all": len(service.checks), "any": 1}.get(str(service.up_when), getattr(service.up_when, "count", 0))
    if needed > len(service.checks):
        return "unknown"
    if votes["up"] >= needed:
        return "up"
    return "down" if votes["up"] + votes["unknown"] < needed else "unknown"


def walk(start: Instant, end: Instant) -> Iterator[Instant]:
    return iter(range(start, end, STEP))


def slow_kinds(scenario: Scenario) -> dict[str, int]:
    """The kinds of time, step by step; and ``real``, ``agreed`` and ``spare``, the agreed time that is excluded."""
    contract, accounting, period = scenario.contract, scenario.contract.accounting, scenario.period
    first = min([result.at for result in scenario.results] + [period.start])
    seen: dict[Instant, str] = {}
    for state, steps in groupby(walk(first, max(scenario.now, first)), lambda at: state_at(scenario, at)):
        run = list(steps)
        is_short = state == "down" and len(run) * STEP < accounting.min_outage.microseconds
        seen.update(dict.fromkeys(run, "short" if is_short else state))
    calendar = contract.calendars[contract.availability[0].during]
    kinds = dict.fromkeys(["up", "down", "unknown", "excluded", "unscheduled", "real", "agreed", "spare"], 0)
    cap_used = 0
    for at in walk(period.start, period.end):
        today = to_datetime(at, contract.timezone.tz).date()
        stands = (contract.since is None or contract.since <= today) and (
            contract.until is None or today < contract.until
        )
        is_agreed = stands and calendar.open_between(at, at + STEP) == STEP
        kinds["agreed"] += is_agreed
        is_excluded = any(exclusion.window.start <= at < exclusion.window.end for exclusion in scenario.exclusions)
        if is_agreed and is_maintained(scenario, at):
            cap = accounting.maintenance_cap
            if cap is None or cap_used + STEP <= cap.microseconds:
                is_excluded = True
                cap_used += STEP
        is_excluded = is_excluded and accounting.maintenance != "count"
        kinds["spare"] += is_agreed and is_excluded
        state = seen.get(at, "unknown")
        if not is_agreed or at >= scenario.now:
            kinds["unscheduled"] += 1
            continue
        kinds["real"] += state in {"down", "short"}
        kinds["excluded" if is_excluded else "up" if state == "short" else state] += 1
    return {kind: steps * STEP for kind, steps in kinds.items()}


def is_maintained(scenario: Scenario, at: Instant) -> bool:
    notice = scenario.contract.accounting.maintenance_notice.microseconds
    return any(
        maintenance.window.start <= at < maintenance.window.end
        and maintenance.announced_at is not None
        and maintenance.announced_at + notice <= maintenance.window.start
        for maintenance in scenario.maintenance
    )


def slow_share(kinds: dict[str, int], accounting: Accounting) -> Fraction | None:
    if not kinds["up"] and not kinds["down"]:
        return None
    good, bad = kinds["up"], kinds["down"]
    if accounting.unknown == "up":
        good += kinds["unknown"]
    if accounting.unknown == "down":
        bad += kinds["unknown"]
    if accounting.maintenance == "credit":
        good += kinds["excluded"]
    return Fraction(good, good + bad)


def slow_finding(scenario: Scenario, kinds: dict[str, int], share: Fraction | None) -> str:
    accounting, target = scenario.contract.accounting, scenario.contract.availability[0].target.ratio
    if share is None:
        return "no_data"
    if scenario.now >= scenario.period.end:
        return "met" if share >= target else "breached"
    whole = kinds["agreed"] - (kinds["spare"] if accounting.maintenance == "exclude" else 0)
    bad = kinds["down"] + (kinds["unknown"] if accounting.unknown == "down" else 0)
    if bad > (1 - target) * whole:
        return "breached"
    return "on_track" if share >= target else "at_risk"


@settings(max_examples=300, deadline=None)
@drawn(scenarios())
def test_a_walk_through_time_comes_to_the_same_verdict(scenario: Scenario) -> None:
    kinds = slow_kinds(scenario)
    share = slow_share(kinds, scenario.contract.accounting)

    verdict = scenario.verdict().availability[0]

    assert attrs.asdict(verdict.kinds) == {kind: kinds[kind] for kind in attrs.asdict(verdict.kinds)}
    assert verdict.real_down == kinds["real"]
    assert sum(outage.counted for outage in verdict.outages) == kinds["down"]
    assert verdict.measured == share
    assert verdict.finding == slow_finding(scenario, kinds, share)


@settings(max_examples=30, deadline=None)
@drawn(scenarios())
def test_each_instant_is_explained_as_it_was_counted(scenario: Scenario) -> None:
    history = history_of(scenario.results, maintenance=scenario.maintenance, exclusions=scenario.exclusions)
    grounds = grounds_for(scenario.contract, scenario.contract.services["api"])
    kinds = slow_kinds(scenario)

    explained = dict.fromkeys(["up", "down", "unknown", "excluded", "unscheduled"], 0)
    for at in walk(scenario.period.start, scenario.period.end):
        explained[why(grounds, history, at, scenario.period, scenario.now).kind] += STEP

    assert explained == {kind: kinds[kind] for kind in explained}


@settings(max_examples=200, deadline=None)
@drawn(scenarios())
def test_the_evidence_of_an_outage_adds_up(scenario: Scenario) -> None:
    history = history_of(scenario.results, maintenance=scenario.maintenance, exclusions=scenario.exclusions)

    verdict = with_evidence(scenario.verdict(), scenario.contract, history, scenario.period, scenario.now)

    for outage in verdict.availability[0].outages:
        evidence = outage.evidence
        assert evidence is not None
        assert evidence.real + evidence.beyond + evidence.unagreed == outage.span.length
        left = evidence.real - sum(cover.excluded for cover in evidence.covers)
        assert outage.counted == (0 if evidence.is_short else left)
        assert left >= 0
        assert min(witness.first_at for witness in evidence.witnesses) <= outage.span.start
        assert {witness.check for witness in evidence.witnesses} >= {outage.check}
        assert (outage.check, outage.reason) in {(one.check, one.reason) for one in evidence.witnesses}


@settings(max_examples=60, deadline=None)
@drawn(scenarios(), st.randoms(use_true_random=False))
def test_shuffled_and_repeated_results_give_the_same_bytes(scenario: Scenario, chance: random.Random) -> None:
    shuffled = [*scenario.results, *scenario.results[: len(scenario.results) // 2]]
    chance.shuffle(shuffled)

    assert json.dumps(verdict_json(scenario.verdict(shuffled))) == json.dumps(verdict_json(scenario.verdict()))


@st.composite
def long_histories(draw: Any) -> tuple[Contract, History, Period, Instant]:
    """A real month in some zone, with runs, maintenance and a calendar at any microsecond."""
    zone = parse_zone(draw(st.sampled_from([name for name, _ in CHANGES] + ["Africa/Casablanca", "Asia/Kathmandu"])))
    month = draw(st.sampled_from(["2026-03", "2026-04", "2026-10", "2026-11", "2011-12"]))
    period = period_named(month, CalendarPeriod("month"), zone)
    checks = tuple(Check("api", name, "null", None, Duration(SECOND)) for name in "ab")
    service = Service("api", plain("API"), Every(Duration(MINUTE)), checks)
    runs = []
    for check in service.checks:
        at = period.start - draw(st.integers(0, DAY))
        for length, gap, state in draw(
            st.lists(st.tuples(st.integers(0, 4 * DAY), st.integers(1, DAY), st.sampled_from(State)), max_size=12)
        ):
            runs.append(Run(check.id, "", state, at, at + length, draw(st.integers(SECOND, HOUR)), 1))
            at += length + gap
    opens = draw(st.integers(0, 1439))
    window = opens, (opens + draw(st.integers(1, 1400))) % 1440
    office = compile_calendar("o", CalendarRule(zone, ((window,),) * 5 + ((), ())))
    starts = [period.start + draw(st.integers(0, 31 * DAY)) for _ in range(2)]
    maintenance = [Maintenance("m", ("api",), Interval(at, at + draw(st.integers(1, DAY))), 0) for at in starts]
    accounting = Accounting(
        min_outage=Duration(draw(st.integers(0, DAY))),
        maintenance=draw(st.sampled_from(["exclude", "credit", "count"])),
    )
    contract = Contract(
        agreement="standard", customer=None, title=plain("S"), timezone=zone, period=CalendarPeriod("month"),
        accounting=accounting,
        availability=tuple(AvailabilityObjective("api", Percent(Fraction(99, 100)), name) for name in ("always", "o")),
        latency=(), response=(), credits=(), clauses={}, since=None, until=None, fee=None,
        services={"api": service}, calendars={"always": ALWAYS, "o": office}, policy_hash="",
    )  # fmt: skip
    now = period.start + draw(st.integers(-DAY, 40 * DAY))
    return contract, History(runs, maintenance=maintenance), period, now


@settings(max_examples=200, deadline=None)
@drawn(long_histories())
def test_the_five_kinds_of_time_sum_to_the_period(case: tuple[Contract, History, Period, Instant]) -> None:
    contract, history, period, now = case

    for verdict in evaluate(contract, history, period, now).availability:
        kinds = attrs.asdict(verdict.kinds)
        assert sum(kinds.values()) == period.end - period.start
        assert min(kinds.values()) >= 0
        assert verdict.kinds.down <= verdict.real_down
        assert sum(outage.counted for outage in verdict.outages) == verdict.kinds.down
