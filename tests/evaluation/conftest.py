from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest

from sla_engine.calendars import ALWAYS, Calendar, CalendarRule, compile_calendar, parse_window
from sla_engine.calendars.periods import Period, period_at, period_named
from sla_engine.evaluation import evaluate
from sla_engine.evaluation.burn import Watch
from sla_engine.evaluation.history import history_of
from sla_engine.model.accounting import Accounting
from sla_engine.model.contract import AvailabilityObjective, Contract, CreditTier
from sla_engine.model.duration import parse_duration
from sla_engine.model.instant import Instant, parse_instant
from sla_engine.model.interval import Interval
from sla_engine.model.maintenance import Exclusion, Maintenance
from sla_engine.model.money import Money
from sla_engine.model.percent import parse_percent
from sla_engine.model.period import CalendarPeriod
from sla_engine.model.result import Result, State
from sla_engine.model.schedule import Every
from sla_engine.model.service import Check, Service
from sla_engine.model.text import plain
from sla_engine.model.ticket import TicketAct, TicketEvent
from sla_engine.model.verdict import AvailabilityVerdict, Verdict
from sla_engine.model.zone import parse_zone

STATES = {"u": State.UP, "g": State.DEGRADED, "d": State.DOWN, "e": State.ERROR}


class Given:
    """What the tests of judgement are told in: September 2026, 43,200 minutes in UTC, and one service ``api``."""

    start = parse_instant("2026-09-01T00:00:00Z")
    end = parse_instant("2026-10-01T00:00:00Z")

    def at(self, text: str) -> Instant:
        """``09-03T12:00`` of 2026, in UTC, or a whole RFC 3339 instant."""
        return parse_instant(text if len(text) > 14 else f"2026-{text}Z")

    def span(self, start: str, end: str) -> Interval:
        return Interval(self.at(start), self.at(end))

    def period(self, name: str = "2026-09", zone: str = "UTC") -> Period:
        return period_named(name, CalendarPeriod("month"), parse_zone(zone))

    def calendar(self, hours: str, zone: str = "UTC", days: int = 5) -> Calendar:
        week = ((parse_window(hours),),) * days + ((),) * (7 - days)
        return compile_calendar("office", CalendarRule(parse_zone(zone), week))

    def service(self, *checks: str, every: str = "5m", **how: Any) -> Service:
        made = tuple(Check("api", name, "null", None, parse_duration("1s")) for name in checks or ("health",))
        return Service("api", plain("API"), Every(parse_duration(every)), made, **how)

    def contract(
        self,
        target: str = "99%",
        *,
        during: str = "always",
        service: Service | None = None,
        calendars: Mapping[str, Calendar] | None = None,
        tiers: Sequence[tuple[str, str]] = (),
        fee: str | None = None,
        zone: str = "UTC",
        **terms: Any,
    ) -> Contract:
        """A contract upon ``api``; accounting, latency, response and dates as keywords."""
        usual: dict[str, Any] = {
            "agreement": "standard",
            "customer": None,
            "title": plain("Standard"),
            "timezone": parse_zone(zone),
            "period": CalendarPeriod("month"),
            "accounting": Accounting(),
            "availability": (AvailabilityObjective("api", parse_percent(target), during),),
            "latency": (),
            "response": (),
            "credits": tuple(CreditTier(parse_percent(below), parse_percent(credit)) for below, credit in tiers),
            "clauses": {},
            "since": None,
            "until": None,
            "fee": None if fee is None else Money(Decimal(fee), "EUR"),
            "services": {"api": service or self.service()},
            "calendars": {"always": ALWAYS, **(calendars or {})},
            "policy_hash": "0" * 64,
        }
        return Contract(**{**usual, **terms})

    def results(
        self,
        letters: str,
        *,
        every: str = "5m",
        check: str = "health",
        location: str = "",
        since: str | Instant = "09-01T00:00",
    ) -> list[Result]:
        """One result a letter: up, degraded (g), down, error; a point is none at all."""
        first = since if isinstance(since, int) else self.at(since)
        step = parse_duration(every).microseconds
        return [
            Result(
                check=f"api/{check}",
                at=first + number * step,
                state=STATES[letter],
                interval=step,
                location=location,
                reason=f"{check} failed" if letter == "d" else None,
            )
            for number, letter in enumerate(letters)
            if letter != "."
        ]

    def maintenance(self, start: str, end: str, announced: str | None = "08-01T00:00", name: str = "m") -> Maintenance:
        return Maintenance(name, ("api",), self.span(start, end), None if announced is None else self.at(announced))

    def exclusion(self, start: str, end: str) -> Exclusion:
        return Exclusion("x", ("api",), self.span(start, end), "our probe was wrong", "ana")

    def event(
        self, act: str, at: str, level: str | None = "first", ticket: str = "T-1", customer: str | None = None
    ) -> TicketEvent:
        return TicketEvent(ticket, TicketAct(act), self.at(at), level, customer)

    def verdict(
        self,
        contract: Contract,
        results: Sequence[Result] = (),
        *,
        period: Period | None = None,
        now: str | Instant | None = None,
        **facts: Any,
    ) -> Verdict:
        """The verdict on a period, by default of September after it has ended."""
        period = period or self.period()
        until = period.end if now is None else (now if isinstance(now, int) else self.at(now))
        return evaluate(contract, history_of(results, **facts), period, until)

    def watch(self, contract: Contract, results: Sequence[Result] = (), *, now: str | Instant, **facts: Any) -> Watch:
        """The contract's objective at an instant, in the period that runs then."""
        at = now if isinstance(now, int) else self.at(now)
        period = period_at(at, contract.period, contract.timezone)
        return Watch(contract, contract.availability[0], history_of(results, **facts), period, at)

    def availability(self, contract: Contract, results: Sequence[Result] = (), **how: Any) -> AvailabilityVerdict:
        return self.verdict(contract, results, **how).availability[0]


@pytest.fixture(scope="session")
def given() -> Given:
    return Given()
