"""Changing a ticket in one piece: what was entered, how the ticket stands then, and who is told, in one transaction."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from sla_engine.engine.tickets.clocks import RunningClock, clocks_of, is_settled, next_due
from sla_engine.engine.tickets.levels import NoSuchTicketError
from sla_engine.engine.tickets.telling import tell_customer
from sla_engine.engine.tickets.telling_the_desk import tell_desk
from sla_engine.model.instant import Instant
from sla_engine.policy import PolicySet
from sla_engine.store import Store
from sla_engine.store.outbox import add_notices
from sla_engine.store.tickets import (
    Attachment,
    Ticket,
    TicketEntry,
    add_entries,
    entries_of,
    events_of,
    files_of,
    lock_ticket,
    ticket_numbered,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection


@frozen
class Case:
    """A ticket with everything that is known of it.

    Attributes:
        now: as of when; never before the last thing that was entered here.
    """

    policies: PolicySet
    ticket: Ticket
    entries: tuple[TicketEntry, ...]
    files: tuple[Attachment, ...]
    now: Instant

    @property
    def clocks(self) -> Sequence[RunningClock]:
        """Its response clocks, the earliest first."""
        events = events_of(self.ticket, self.entries)
        return clocks_of(self.policies, events, self.ticket.customer, self.now)

    @property
    def owed(self) -> RunningClock | None:
        """The clock that falls due next."""
        return next_due(self.clocks)

    @property
    def written_at(self) -> Instant | None:
        """When the customer wrote last, where that was after the answer, so that no clock runs upon it; or None."""
        if self.ticket.state != "open" or not self.ticket.is_settled:
            return None
        return next((entry.at for entry in reversed(self.entries) if entry.act == "wrote"), None)


@frozen
class Change:
    """What becomes of a ticket.

    Attributes:
        entry: what is entered.
        ticket: how it stands then.
        files: what comes with it.
        further: entries that follow from it.
    """

    entry: TicketEntry
    ticket: Ticket
    files: tuple[Attachment, ...] = ()
    further: tuple[TicketEntry, ...] = ()


def change(
    policies: PolicySet, store: Store, number: str, now: Instant, decide: Callable[[Case], Change | None]
) -> Case:
    """Change a ticket by what is decided upon it as it stands, or not at all; gives it as it stands then.

    What is decided happens at the case's ``now``, which is later than everything that was entered before: two who act
    at once may have read the clock in the other order, and a clock may have been put back.

    Raises:
        TicketError: there is no such ticket, or what ``decide`` raises.
    """
    with store.changing() as connection:
        case = locked_case(connection, policies, number, now)
        case = evolve(case, now=max(now, entered_at(case.ticket) + 1))
        decided = decide(case)
        if decided is None:
            return case
        new = (decided.entry, *decided.further)
        after = evolve(case, ticket=decided.ticket, entries=(*case.entries, *new), files=(*case.files, *decided.files))
        settled = evolve(decided.ticket, is_settled=is_settled(after.clocks))
        add_entries(connection, settled, new, decided.files)
        for position in range(len(case.entries), len(after.entries)):
            told = after.entries[: position + 1]
            add_notices(connection, tell_customer(policies, settled, told, after.owed, now))
        add_notices(connection, tell_desk(policies, settled, new, after.clocks, now))
    return evolve(after, ticket=settled)


def locked_case(connection: "Connection", policies: PolicySet, number: str, now: Instant) -> Case:
    """A ticket with everything that is known of it, which nobody else changes before this transaction ends.

    Raises:
        TicketError: there is no such ticket.
    """
    ticket = lock_ticket(connection, number)
    if ticket is None:
        raise NoSuchTicketError(f"there is no ticket {number!r}: `sla ticket list` shows those that are")
    return case_of(connection, policies, ticket, now)


def read_case(policies: PolicySet, store: Store, number: str, now: Instant) -> Case:
    """A ticket with everything that is known of it.

    Raises:
        TicketError: there is no such ticket.
    """
    with store.reading() as connection:
        ticket = ticket_numbered(connection, number)
        if ticket is None:
            raise NoSuchTicketError(f"there is no ticket {number!r}: `sla ticket list` shows those that are")
        return case_of(connection, policies, ticket, now)


def case_of(connection: "Connection", policies: PolicySet, ticket: Ticket, now: Instant) -> Case:
    """A ticket with everything that is known of it."""
    entries, files = entries_of(connection, ticket.id), files_of(connection, ticket.id)
    return Case(policies, ticket, tuple(entries), tuple(files), max(now, entered_at(ticket)))


def entered_at(ticket: Ticket) -> Instant:
    """When anything was entered last by our own clocks; what lives elsewhere has clocks that we do not know."""
    return ticket.last_at if ticket.foreign_id is None else 0
