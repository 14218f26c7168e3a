"""Contracts, histories and periods for the tests of laws: whatever can bear on a verdict, at any microsecond.

A case is made of a seed, which costs so little that thousands can be tried.
"""

import random
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from typing import Any

import attrs

from sla_engine.calendars import ALWAYS, Calendar, CalendarRule, compile_calendar
from sla_engine.calendars.periods import Period, period_at
from sla_engine.evaluation import evaluate
from sla_engine.evaluation.history import history_of
from sla_engine.model.accounting import Accounting
from sla_engine.model.contract import AvailabilityObjective, Contract
from sla_engine.model.duration import Duration
from sla_engine.model.instant import DAY, HOUR, MINUTE, Instant, parse_instant, to_datetime
from sla_engine.model.interval import Interval
from sla_engine.model.maintenance import Exclusion, Maintenance
from sla_engine.model.percent import Percent
from sla_engine.model.period import CalendarPeriod, PeriodRule, RollingPeriod
from sla_engine.model.result import Result, State
from sla_engine.model.schedule import Every
from sla_engine.model.service import AtLeast, Check, Service, StaleAfter
from sla_engine.model.text import plain
from sla_engine.model.verdict import AvailabilityVerdict, Verdict
from sla_engine.model.zone import Zone, parse_zone

# Where clocks change by an hour, by half an hour and for Ramadan, where a date was left out, and where none ever do.
CHANGES = {
    "Europe/Lisbon": ("2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z"),
    "America/New_York": ("2026-03-08T07:00:00Z", "2026-11-01T06:00:00Z"),
    "Australia/Lord_Howe": ("2026-04-04T15:00:00Z", "2026-10-03T15:30:00Z"),
    "Pacific/Apia": ("2011-12-30T10:00:00Z",),
    "Africa/Casablanca": ("2026-02-15T02:00:00Z", "2026-03-22T02:00:00Z"),
    "Asia/Kathmandu": ("2026-02-28T18:15:00Z",),
    "GMT+1": ("2028-02-28T23:00:00Z",),
    "GMT-9:30": ("2026-12-31T12:00:00Z",),
}
RULES: tuple[PeriodRule, ...] = (
    CalendarPeriod("month"),
    CalendarPeriod("month", date(2024, 1, 16)),
    CalendarPeriod("month", date(2024, 1, 31)),
    CalendarPeriod("year", date(2024, 2, 29)),
    CalendarPeriod("quarter", date(2025, 2, 1)),
    CalendarPeriod("week"),
    RollingPeriod(Duration(30 * DAY)),
    RollingPeriod(Duration(7 * DAY + 1)),
)
WINDOWS = ((8 * 60, 17 * 60), (22 * 60, 6 * 60), (4 * 60, 24 * 60), (17 * 60 + 45, 17 * 60 + 15))
"""All ends lie where no clock is ever changed, so that a person with a wall clock comes to the same open time."""

TARGETS = tuple(Percent(Fraction(share, 1000)) for share in (500, 900, 999, 1000))
STATES = [State.UP] * 5 + [State.DEGRADED] + [State.DOWN] * 4 + [State.ERROR, None]


@attrs.frozen
class Case:
    """Everything that a verdict is made of."""

    contract: Contract
    results: list[Result]
    maintenance: list[Maintenance]
    exclusions: list[Exclusion]
    period: Period
    now: Instant

    def whole(self) -> Verdict:
        history = history_of(self.results, maintenance=self.maintenance, exclusions=self.exclusions)
        return evaluate(self.contract, history, self.period, self.now)

    def verdict(self) -> AvailabilityVerdict:
        return self.whole().availability[0]

    def having(self, **changes: Any) -> "Case":
        return attrs.evolve(self, **changes)

    def accounted(self, **changes: Any) -> "Case":
        accounting = attrs.evolve(self.contract.accounting, **changes)
        return self.having(contract=attrs.evolve(self.contract, accounting=accounting))


def long_case(seed: int) -> Case:
    """A whole period of a contract about a change of the clocks."""
    chance = random.Random(seed)
    name = chance.choice(list(CHANGES))
    around = parse_instant(chance.choice(CHANGES[name])) + chance.randrange(-DAY, DAY)
    return _case(chance, period_at(around, chance.choice(RULES), parse_zone(name)))


def short_case(seed: int) -> Case:
    """Hours to two days about a change of the clocks."""
    chance = random.Random(seed)
    name = chance.choice(list(CHANGES))
    start = parse_instant(chance.choice(CHANGES[name])) - chance.randrange(DAY)
    return _case(chance, Period(start, start + chance.randrange(HOUR, 2 * DAY), parse_zone(name), "hours"))


def _case(chance: random.Random, period: Period) -> Case:
    length = period.end - period.start
    during = chance.choice(["always", "office"])
    dates = _dates(chance, period)
    contract = Contract(
        agreement="standard", customer=None, title=plain("Standard"), timezone=period.zone,
        period=CalendarPeriod("month"), accounting=_accounting(chance, length),
        availability=(AvailabilityObjective("api", chance.choice(TARGETS), during),),
        latency=(), response=(), credits=(), clauses={},
        since=dates[0], until=dates[1], fee=None, services={"api": _service(chance)},
        calendars={"always": ALWAYS, "office": office(period.zone, chance.choice(WINDOWS), chance.choice([5, 7]))},
        policy_hash="0" * 64,
    )  # fmt: skip

    def window() -> Interval:
        start = chance.randrange(period.start - length // 10, period.end)
        return Interval(start, start + chance.randrange(1, length // 4))

    announced = [None, period.start - DAY, period.start + length // 2]
    return Case(
        contract=contract,
        results=_results(chance, contract.services["api"], period),
        maintenance=[
            Maintenance(f"m{number}", ("api",), window(), chance.choice(announced))
            for number in range(chance.randrange(4))
        ],
        exclusions=[
            Exclusion(f"x{number}", ("api",), window(), "reason", "ana") for number in range(chance.randrange(3))
        ],
        period=period,
        now=chance.choice([period.end, chance.randrange(period.start - length // 10, period.end + length // 10)]),
    )


def _accounting(chance: random.Random, length: int) -> Accounting:
    return Accounting(
        measure=chance.choice(["time", "time", "checks", "slots"]),
        slot=Duration(chance.choice([length // 50, length // 7, 45 * MINUTE])),
        slot_errors=chance.choice([None, None, Percent(Fraction(1, 5)), Percent(Fraction(1, 2))]),
        slot_checks=chance.choice([1, 1, 2, 4]),
        min_outage=Duration(chance.choice([0, 0, length // 100, length // 20])),
        unknown=chance.choice(["exclude", "up", "down"]),
        stale_after=StaleAfter(chance.choice([Fraction(1), Fraction(3, 2), Fraction(2), Fraction(5)])),
        maintenance=chance.choice(["exclude", "credit", "count"]),
        maintenance_notice=Duration(chance.choice([0, HOUR, DAY])),
        maintenance_cap=chance.choice([None, Duration(length // 9)]),
    )


def _service(chance: random.Random) -> Service:
    checks = tuple(Check("api", name, "null", None, Duration(1)) for name in "abc"[: chance.choice([1, 1, 2, 3])])
    return Service(
        "api",
        plain("API"),
        Every(Duration(MINUTE)),
        checks,
        up_when=chance.choice(["all", "all", "any", AtLeast(1), AtLeast(2)]),
        locations=("", "lisbon", "tokyo")[: chance.choice([1, 1, 2, 3])],
        agree=chance.choice([None, None, 1, 2]),
    )


def _results(chance: random.Random, service: Service, period: Period) -> list[Result]:
    """Of every check and place some dozen results, from before the period until after it, at odd instants."""
    interval = 2 * chance.randrange((period.end - period.start) // 100, (period.end - period.start) // 30)
    results = []
    for check in service.checks:
        for place in service.locations:
            at, until = period.start - chance.randrange(6 * interval), period.end + 3 * interval
            state = State.UP
            while at < until:
                if chance.random() < 0.4:
                    state = chance.choice(STATES)
                if state is not None:
                    reason = None if state is State.UP else f"{check.name} is {state}"
                    results.append(Result(check.id, at, state, interval, place, reason=reason))
                at += interval
    chance.shuffle(results)
    return results


def _dates(chance: random.Random, period: Period) -> tuple[date | None, date | None]:
    """Mostly none; else a contract that begins, or ends, within the period or beside it."""
    today = to_datetime(chance.randrange(period.start, period.end), period.zone.tz).date()
    return chance.choice(
        [(None, None)] * 4 + [(today, None), (None, today), (today, today + timedelta(days=chance.randrange(5)))]
    )


@cache
def office(zone: Zone, window: tuple[int, int], days: int) -> Calendar:
    return compile_calendar("office", CalendarRule(zone, ((window,),) * days + ((),) * (7 - days)))
