"""What is owed to whom: many tickets with what falls due next upon each, the most urgent first."""

from collections.abc import Mapping, Sequence

from attrs import frozen

from sla_engine.engine.tickets.changing import entered_at
from sla_engine.engine.tickets.clocks import RunningClock, clocks_of, next_due
from sla_engine.model.instant import Instant
from sla_engine.model.ticket import TicketEvent
from sla_engine.policy import PolicySet
from sla_engine.store import Store
from sla_engine.store.ticket_events import unsettled_events
from sla_engine.store.tickets import Ticket, TicketState, select_tickets, unsettled_tickets, written_since

_UNRESOLVED: tuple[TicketState, ...] = ("open", "waiting", "answered")
_EVERY: tuple[TicketState, ...] = (*_UNRESOLVED, "resolved")
_NEVER: Instant = 2**62


@frozen
class Owed:
    """A ticket, and the clock that falls due next upon it.

    Attributes:
        next: None where no answer is owed, or the customer is waited for.
        written_at: when the customer wrote last, where that was after the answer, so that no clock runs; or None.
    """

    ticket: Ticket
    next: RunningClock | None
    written_at: Instant | None = None

    @property
    def due_at(self) -> Instant | None:
        """When the next answer falls due."""
        return None if self.next is None else self.next.clock.due_at

    @property
    def is_late(self) -> bool:
        """Whether it should have come already."""
        return self.next is not None and self.next.clock.breached_at is not None


def owed_tickets(policies: PolicySet, store: Store, now: Instant, *, customer: str | None = None) -> Sequence[Owed]:
    """The tickets upon which a clock runs, by when they fall due: those that are late for longest come first.

    Last come those of which the customer is waited for.
    """
    with store.reading() as connection:
        events = unsettled_events(connection)
        found = [one for one in unsettled_tickets(connection) if customer in {None, one.customer}]
    return sorted((_owed(policies, one, events, now) for one in found), key=_urgency)


def listed_tickets(
    policies: PolicySet, store: Store, now: Instant, *, customer: str | None = None, with_resolved: bool = False
) -> Sequence[Owed]:
    """The tickets that fall due, and after them the others that are not resolved, of these at most a thousand.

    Of the others, those come first that are to be answered as their customer wrote after the answer, then those that
    wait for the customer, each the newest first.
    """
    owed = owed_tickets(policies, store, now, customer=customer)
    running = {one.ticket.id for one in owed}
    states = _EVERY if with_resolved else _UNRESOLVED
    with store.reading() as connection:
        others = select_tickets(connection, states=states, customer=customer)
        written = written_since(connection)
    left = (Owed(one, None, written.get(one.id)) for one in others if one.id not in running)
    return sorted([*owed, *left], key=_urgency)


def _owed(policies: PolicySet, ticket: Ticket, events: Mapping[int, Sequence[TicketEvent]], now: Instant) -> Owed:
    clocks = clocks_of(policies, events.get(ticket.id, ()), ticket.customer, max(now, entered_at(ticket)))
    return Owed(ticket, next_due(clocks))


def _urgency(one: Owed) -> tuple[Instant, int, int]:
    due_at = _NEVER if one.due_at is None else one.due_at
    return due_at, _EVERY.index(one.ticket.state), -one.ticket.id
