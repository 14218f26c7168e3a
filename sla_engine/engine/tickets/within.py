"""The ticket events that a verdict over a period is made of, which are the same whenever it is asked for."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import attrgetter

from sla_engine.calendars.periods import Period
from sla_engine.evaluation.response import courses
from sla_engine.model.contract import Contract
from sla_engine.model.instant import Instant
from sla_engine.model.ticket import TicketEvent
from sla_engine.policy import PolicySet
from sla_engine.policy.tickets import covered_tickets
from sla_engine.store import Store
from sla_engine.store.ticket_events import ticket_events


def events_within(policies: PolicySet, store: Store, contract: Contract, period: Period) -> Sequence[TicketEvent]:
    """What moved the clocks that a contract's verdict over a period is about; nothing that happened after it."""
    with store.reading() as connection:
        known = ticket_events(connection, period.start, period.end)
    by_ticket = groupby(sorted((one for one in known if one.at < period.end), key=_ticket), key=_ticket)
    touched = [event for _, own in by_ticket for event in _unless_settled(list(own), period.start)]
    return covered(policies, contract, touched)


def covered(policies: PolicySet, contract: Contract, events: Iterable[TicketEvent]) -> Sequence[TicketEvent]:
    """The events of the tickets that a contract covers.

    An SLA that is not the general one covers none: it is nobody's who has no contract of their own.
    """
    customer = None if contract.customer is None else contract.customer.id
    if customer is None and contract.agreement != policies.general_sla:
        return ()
    return covered_tickets(policies, events, customer)


_ticket = attrgetter("ticket")


def _unless_settled(events: list[TicketEvent], start: Instant) -> list[TicketEvent]:
    """The events of a ticket, or none where all was answered before a period began and nothing happened in it."""
    if any(event.at >= start for event in events):
        return events
    levels = {event.level for event in events if event.level is not None}
    runs = any(course.stopped_at is None for level in levels for course in courses(events, level, start))
    return events if runs else []
