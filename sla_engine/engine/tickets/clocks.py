"""The response clocks of a ticket as they stand: what is due when, by the terms that stood when each began."""

from collections.abc import Iterable, Sequence

from attrs import frozen

from sla_engine.evaluation.response import clock_by_its_terms, courses
from sla_engine.evaluation.warnings import warnings
from sla_engine.model.contract import BusinessTime
from sla_engine.model.instant import Instant
from sla_engine.model.ticket import TicketEvent
from sla_engine.model.verdict import Clock, Warned
from sla_engine.policy import PolicySet

_NEVER: Instant = 2**62


@frozen
class RunningClock:
    """A clock of a ticket, and when it warns.

    Attributes:
        level: the support level that owes the answer.
        clock: as it stands; its due instant is None while the customer is waited for.
        warned: the instants at which it has used up 50, 75 and 90 % of its promise, also those to come.
    """

    level: str
    clock: Clock
    warned: tuple[Warned, ...]


def clocks_of(
    policies: PolicySet, events: Iterable[TicketEvent], customer: str | None, now: Instant
) -> Sequence[RunningClock]:
    """Every clock that was ever started upon a ticket, the earliest first.

    Each runs by the contract that stood when it started: the customer's own, else the general SLA's.
    """
    known = list(events)
    found = []
    for level in policies.support:
        for course in courses(known, level, now + 1):
            terms = policies.answering.terms(customer, course.started_at)
            clock = None if terms is None else clock_by_its_terms(course, level, terms, now)
            if terms is not None and clock is not None:
                calendar: BusinessTime = terms.calendars[clock.during]
                found.append(RunningClock(level, clock, tuple(warnings(clock, calendar))))
    return sorted(found, key=lambda one: (one.clock.started_at, one.level))


def next_due(clocks: Iterable[RunningClock]) -> RunningClock | None:
    """The clock that still runs and falls due first, or None where nothing is owed or the customer is waited for."""
    running = [one for one in clocks if one.clock.stopped_at is None and one.clock.due_at is not None]
    return min(running, key=lambda one: (one.clock.due_at or _NEVER, one.level), default=None)


def is_settled(clocks: Iterable[RunningClock]) -> bool:
    """Whether no clock runs any more."""
    return all(one.clock.stopped_at is not None for one in clocks)
