"""How much time a judgement takes: from run-lengths, beside a plain loop over the raw results of the same history.

The targets: availability of one service over a year of one-minute checks in at most 0.2 ms, and over a month of 1,000
services in at most 0.1 s. What counts is the ratio; both sides run in the same process on the same data, and must
agree. CPU time, the best of several rounds.
"""

import random
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from sla_engine.calendars import ALWAYS, CalendarRule, compile_calendar, parse_window
from sla_engine.calendars.periods import Period, period_named
from sla_engine.evaluation import History, evaluate
from sla_engine.model.accounting import Accounting
from sla_engine.model.contract import AvailabilityObjective, Contract
from sla_engine.model.duration import Duration
from sla_engine.model.instant import MINUTE, SECOND, Instant
from sla_engine.model.percent import Percent
from sla_engine.model.period import CalendarPeriod
from sla_engine.model.result import Result, Run, State, run_lengths
from sla_engine.model.schedule import Every
from sla_engine.model.service import Check, Service
from sla_engine.model.text import plain
from sla_engine.model.zone import parse_zone

UTC = parse_zone("UTC")
OFFICE = compile_calendar("office", CalendarRule(UTC, ((parse_window("08:00-17:00"),),) * 5 + ((),) * 2))


def contract_on(services: list[Service], during: str) -> Contract:
    return Contract(
        agreement="standard", customer=None, title=plain("Standard"), timezone=UTC, period=CalendarPeriod("month"),
        accounting=Accounting(),
        availability=tuple(AvailabilityObjective(each.id, Percent(Fraction(99, 100)), during) for each in services),
        latency=(), response=(), credits=(), clauses={}, since=None, until=None, fee=None,
        services={each.id: each for each in services}, calendars={"always": ALWAYS, "office": OFFICE}, policy_hash="",
    )  # fmt: skip


def service_named(name: str) -> Service:
    check = Check(name, "health", "null", None, Duration(SECOND))
    return Service(name, plain(name), Every(Duration(MINUTE)), (check,))


def states_of(chance: random.Random, minutes: int) -> bytearray:
    """One state a minute: up, with an outage of some minutes every four days or so, and now and then no result."""
    states = bytearray(minutes)
    at = 0
    while (at := at + int(chance.expovariate(1 / 5760)) + 1) < minutes:
        length = int(chance.expovariate(1 / 8)) + 1
        states[at : at + length] = bytes([1 if chance.random() < 0.9 else 2]) * min(length, minutes - at)
    return states


def results_of(service: Service, states: bytearray, start: Instant) -> list[Result]:
    check = service.checks[0].id
    kinds = {0: State.UP, 1: State.DOWN}
    return [
        Result(check, start + minute * MINUTE, kinds[state], MINUTE)
        for minute, state in enumerate(states)
        if state in kinds
    ]


def plain_loop(results: list[Result], period: Period) -> tuple[int, int]:
    """Up and down time, by looking at every result: what a straightforward program does."""
    up = down = 0
    for number, result in enumerate(results):
        following = results[number + 1].at if number + 1 < len(results) else period.end
        end = min(result.at + 2 * result.interval, following, period.end)
        length = max(0, end - max(result.at, period.start))
        if result.state is State.DOWN:
            down += length
        elif result.state is not State.ERROR:
            up += length
    return up, down


def best(work: Callable[[], Any], rounds: int) -> float:
    """CPU seconds of the fastest round."""
    fastest = float("inf")
    for _ in range(rounds):
        began = time.process_time()
        work()
        fastest = min(fastest, time.process_time() - began)
    return fastest


def report(name: str, seconds: float, target: float | None, beside: float | None = None) -> bool:
    is_met = target is None or seconds <= target
    against = "" if target is None else f"  target {target * 1000:g} ms: {'met' if is_met else 'MISSED'}"
    ratio = "" if beside is None else f"  1/{beside / seconds:,.0f} of the plain loop"
    print(f"{name:62} {seconds * 1000:10.3f} ms{against}{ratio}")
    return is_met


def a_year() -> bool:
    chance, service = random.Random(1), service_named("api")
    year = period_named("2026", CalendarPeriod("year"), UTC)
    results = results_of(service, states_of(chance, (year.end - year.start) // MINUTE), year.start)
    runs = run_lengths(results)
    print(f"one service, a year, {len(results):,} results, {len(runs)} runs")
    contract = contract_on([service], "always")

    verdict = evaluate(contract, History(runs), year, year.end).availability[0]
    if (verdict.kinds.up, verdict.kinds.down) != plain_loop(results, year):
        sys.exit("the two do not agree")
    loop = best(lambda: plain_loop(results, year), 3)
    report("  plain loop over the results", loop, None)
    report("  run-lengths of the results (once, when they are written)", best(lambda: run_lengths(results), 2), None)
    fine = report(
        "  judged from run-lengths", best(lambda: evaluate(contract, History(runs), year, year.end), 200), 0.0002, loop
    )
    office = contract_on([service], "office")
    report("  judged in office hours", best(lambda: evaluate(office, History(runs), year, year.end), 100), None, loop)
    return fine


def a_month() -> bool:
    chance, services = random.Random(2), [service_named(f"s{number}") for number in range(1000)]
    month = period_named("2026-10", CalendarPeriod("month"), UTC)
    minutes = (month.end - month.start) // MINUTE
    runs: list[Run] = []
    loop = 0.0
    for number, service in enumerate(services):
        results = results_of(service, states_of(chance, minutes), month.start)
        runs += run_lengths(results)
        if number < 10:  # the plain loop over all of them takes half a minute; ten tell
            loop += best(lambda results=results: plain_loop(results, month), 1) * len(services) / 10
    print(f"1,000 services, a month, {minutes * len(services):,} minutes, {len(runs):,} runs")
    report("  plain loop over the results (from ten services)", loop, None)
    contract = contract_on(services, "always")
    fine = report(
        "  judged from run-lengths", best(lambda: evaluate(contract, History(runs), month, month.end), 10), 0.1, loop
    )
    office = contract_on(services, "office")
    report("  judged in office hours", best(lambda: evaluate(office, History(runs), month, month.end), 5), None, loop)
    return fine


if __name__ == "__main__":
    sys.exit(0 if all([a_year(), a_month()]) else 1)
