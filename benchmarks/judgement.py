"""How much time a judgement takes: from run-lengths, beside a plain loop over the raw results of the same history.

The targets: availability of one service over a year of one-minute checks in at most 0.2 ms, and over a month of 1,000
services in at most 0.1 s. What counts is the ratio; both sides run in the same process on the same data, and must
agree. CPU time, the best of several rounds.
"""

import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator
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


Change = tuple[int, int, State | None]
"""From a minute up to another, the state that the checks found; None is that none was made."""


def changes_of(chance: random.Random, minutes: int) -> Iterator[Change]:
    """Up, with some minutes of outage every four days or so, and now and then no checks at all."""
    at = 0
    while at < minutes:
        falls = min(minutes, at + int(chance.expovariate(1 / 5760)) + 1)
        rises = min(minutes, falls + int(chance.expovariate(1 / 8)) + 3)
        yield at, falls, State.UP
        if falls < rises:
            yield falls, rises, State.DOWN if chance.random() < 0.9 else None
        at = rises


def results_of(check: str, changes: Iterable[Change], start: Instant) -> list[Result]:
    return [
        Result(check, start + minute * MINUTE, state, MINUTE)
        for begin, end, state in changes
        if state is not None
        for minute in range(begin, end)
    ]


def runs_of(check: str, changes: Iterable[Change], start: Instant) -> list[Run]:
    """What `run_lengths` makes of the results, without making them."""
    return [
        Run(check, "", state, start + begin * MINUTE, start + (end - 1) * MINUTE, MINUTE, end - begin)
        for begin, end, state in changes
        if state is not None
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
    service = service_named("api")
    check = service.checks[0].id
    year = period_named("2026", CalendarPeriod("year"), UTC)
    changes = list(changes_of(random.Random(1), (year.end - year.start) // MINUTE))
    results, runs = results_of(check, changes, year.start), runs_of(check, changes, year.start)
    print(f"one service, a year, {len(results):,} results, {len(runs)} runs")
    contract, office = contract_on([service], "always"), contract_on([service], "office")

    verdict = evaluate(contract, History(runs), year, year.end).availability[0]
    if run_lengths(results) != runs or (verdict.kinds.up, verdict.kinds.down) != plain_loop(results, year):
        sys.exit("the two do not agree")
    loop = best(lambda: plain_loop(results, year), 3)
    report("  plain loop over the results", loop, None)
    report("  run-lengths of the results (once, as they are written)", best(lambda: run_lengths(results), 2), None)
    judged = best(lambda: evaluate(contract, History(runs), year, year.end), 500)
    is_met = report("  judged from run-lengths", judged, 0.0002, loop)
    judged = best(lambda: evaluate(office, History(runs), year, year.end), 200)
    report("  judged in office hours", judged, None, loop)
    return is_met


def a_month() -> bool:
    chance, services = random.Random(2), [service_named(f"s{number}") for number in range(1000)]
    month = period_named("2026-10", CalendarPeriod("month"), UTC)
    minutes = (month.end - month.start) // MINUTE
    runs: list[Run] = []
    few: list[list[Result]] = []
    for service in services:
        changes = list(changes_of(chance, minutes))
        runs += runs_of(service.checks[0].id, changes, month.start)
        if len(few) < 10:
            few.append(results_of(service.checks[0].id, changes, month.start))
    print(f"1,000 services, a month, {minutes * len(services):,} minutes, {len(runs):,} runs")
    loop = best(lambda: [plain_loop(results, month) for results in few], 2) * len(services) / len(few)
    report("  plain loop over the results (100 times ten services)", loop, None)
    contract, office = contract_on(services, "always"), contract_on(services, "office")
    judged = best(lambda: evaluate(contract, History(runs), month, month.end), 10)
    is_met = report("  judged from run-lengths", judged, 0.1, loop)
    report("  judged in office hours", best(lambda: evaluate(office, History(runs), month, month.end), 5), None, loop)
    return is_met


if __name__ == "__main__":
    sys.exit(0 if all([a_year(), a_month()]) else 1)
