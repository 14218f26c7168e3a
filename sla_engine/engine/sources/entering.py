"""Entering what happened to tickets that live elsewhere: each event once, in whatever order they come.

How a ticket stands follows from all its entries by the time at which they happened, so that events that come late,
twice or by several ways leave it as they would have in their own order.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from sla_engine.engine.sources.standing import DETAILS, details_of, in_order, standing
from sla_engine.engine.tickets.levels import first_level
from sla_engine.model.ticket import TicketAct
from sla_engine.plugin import SourceEvent
from sla_engine.policy import PolicySet
from sla_engine.store.tickets import (
    Ticket,
    TicketEntry,
    add_entries,
    entries_of,
    keep_ticket,
    lock_foreign_ticket,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from sla_engine.model.instant import Instant


@frozen
class HelpDesk:
    """A help desk, and what its names mean here.

    Attributes:
        source: its name in the policies, which its tickets are numbered by.
        levels, customers: ours by its own names.
    """

    source: str
    levels: Mapping[str, str] = field(factory=dict)
    customers: Mapping[str, str] = field(factory=dict)


@frozen
class Entered:
    """What was new.

    Attributes:
        tickets: tickets that were not known.
        events: events that were not.
        known: events that were.
    """

    tickets: int = 0
    events: int = 0
    known: int = 0

    def __add__(self, other: "Entered") -> "Entered":
        return Entered(self.tickets + other.tickets, self.events + other.events, self.known + other.known)


def by_ticket(events: Iterable[SourceEvent]) -> Iterator[Sequence[SourceEvent]]:
    """The events of each ticket, in the order in which they happened."""
    in_order = sorted(events, key=lambda one: (one.ticket, one.at, one.key))
    for _, own in groupby(in_order, key=lambda one: one.ticket):
        yield list(own)


def enter_ticket(
    connection: "Connection", policies: PolicySet, desk: HelpDesk, events: Sequence[SourceEvent], now: "Instant"
) -> Entered:
    """Enter the events of one ticket that are not known yet, and have the ticket stand as all of them have it.

    Raises:
        TicketError: the policies have no first support level, where a ticket must be at one.
    """
    ticket = lock_foreign_ticket(connection, desk.source, events[0].ticket)
    known = [] if ticket is None else entries_of(connection, ticket.id)
    keys = {entry.key for entry in known}
    new: dict[str | None, TicketEntry] = {}
    for event in events:
        entry = _entry(policies, desk, event)
        if entry is not None and entry.key not in keys:
            new.setdefault(entry.key, entry)
    added = [entry for entry in new.values() if _says_more(entry, [*known, *new.values()], desk.source)]
    if not added:
        return Entered(known=len(events))
    begun = ticket or _begun(policies, desk, events[0])
    stands = standing(policies, desk.customers, begun, [*known, *added], now)
    if ticket is None:
        keep_ticket(connection, stands, added)
    else:
        add_entries(connection, stands, added)
    return Entered(int(ticket is None), len(added), len(events) - len(added))


def _entry(policies: PolicySet, desk: HelpDesk, event: SourceEvent) -> TicketEntry | None:
    """An event as it is kept, or None where it says nothing to us, as a move to a group that is no level of ours."""
    level = desk.levels.get(event.level or "")
    if level is None and event.level in policies.support:
        level = event.level
    act = TicketAct(event.act) if event.act != "described" else None
    if act is TicketAct.REACHED and level is None:
        return None
    if act in {TicketAct.OPENED, TicketAct.REOPENED} and level is None:
        level = first_level(policies)
    if act not in {TicketAct.OPENED, TicketAct.REACHED, TicketAct.REOPENED, TicketAct.ANSWERED}:
        level = None
    facts: dict[str, Any] = {name: value for name in DETAILS if (value := getattr(event, name))}
    if event.level is not None and event.level != level:
        facts["level"] = event.level
    return TicketEntry(
        at=event.at,
        act="noted" if act is None else act.value,
        level=level,
        facts=facts,
        key=f"{desk.source}/{event.ticket}/{event.key}",
    )


def _says_more(entry: TicketEntry, entries: Sequence[TicketEntry], source: str) -> bool:
    """Whether it moves a clock, or describes the ticket otherwise than what was said of it before."""
    if entry.act != "noted":
        return True
    when = (entry.at, entry.key or "")
    before = in_order(other for other in entries if (other.at, other.key or "") < when)
    known = details_of(before, source)
    return any(known.get(name) != value for name, value in entry.facts.items() if name in DETAILS)


def _begun(policies: PolicySet, desk: HelpDesk, event: SourceEvent) -> Ticket:
    """A ticket of which nothing is known yet; nobody is written to about it, so it has no address."""
    return Ticket(
        opened_at=event.at,
        subject="(no subject)",
        level=first_level(policies),
        token=token_urlsafe(24),
        source=desk.source,
        foreign_id=event.ticket,
    )


def desk_of(policies: PolicySet, source: str) -> HelpDesk:
    """A help desk as the policies name it, or by its name alone where they do not."""
    named = policies.ticket_sources.get(source)
    return HelpDesk(source) if named is None else HelpDesk(source, named.table.levels, named.table.customers)
