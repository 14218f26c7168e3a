"""Entering tickets that were read from a file, some hundred at a time, so that an engine beside it writes meanwhile.

What is wrong is looked for in the whole file before anything is entered. Broken off anywhere, the same file enters the
rest when it comes again, as what is known changes nothing.
"""

import time
from collections.abc import Iterable, Sequence
from contextlib import suppress

from attrs import frozen

from sla_engine.engine.sources.entering import Entered, by_ticket, desk_of, enter_ticket
from sla_engine.engine.tickets.levels import TicketError
from sla_engine.model.instant import Instant
from sla_engine.plugin import SourceEvent
from sla_engine.policy import PolicySet
from sla_engine.store import Store
from sla_engine.store.tickets import ticket_numbered


@frozen
class Imported:
    """What came of it.

    Attributes:
        entered: what was new.
        unknown_customers: names that the policies do not know: their tickets are answered by the first SLA's terms.
    """

    entered: Entered
    unknown_customers: tuple[str, ...]


_TOGETHER = 100
"""Tickets that are entered in one transaction."""
_LETS_OTHERS_WRITE = 0.12
"""Seconds between two transactions: whoever waits for SQLite looks ten times a second whether it is free."""


class _NotMeant(Exception):  # noqa: N818
    """What was entered is not meant to stay."""


def faults_of(policies: PolicySet, store: Store, source: str, events: Sequence[SourceEvent]) -> list[tuple[str, str]]:
    """What of a file cannot be entered, by ticket: levels that are none, and tickets that were never opened."""
    desk = desk_of(policies, source)
    known = {*desk.levels, *policies.support}
    faults = [
        (event.ticket, f"there is no support level {event.level!r}; there is {', '.join(policies.support) or 'none'}")
        for event in events
        if event.level is not None and event.level not in known
    ]
    opened = {event.ticket for event in events if event.act == "opened"}
    with store.reading() as connection:
        unopened = [
            ticket
            for ticket in dict.fromkeys(event.ticket for event in events if event.ticket not in opened)
            if ticket_numbered(connection, f"{source}:{ticket}") is None
        ]
    faults += [(ticket, f"ticket {ticket} is never opened") for ticket in unopened]
    return list(dict.fromkeys(faults))


def import_events(
    policies: PolicySet, store: Store, source: str, events: Iterable[SourceEvent], now: Instant, *, is_dry: bool
) -> Imported:
    """Enter events, each ticket's at once; those that are known change nothing.

    Args:
        is_dry: whether only to tell what would be entered.

    Raises:
        TicketError: the policies have no support level to begin at.
    """
    desk, entered = desk_of(policies, source), Entered()
    waiting = list(by_ticket(events))
    for first in range(0, len(waiting), _TOGETHER):
        if first:
            time.sleep(_LETS_OTHERS_WRITE)
        with suppress(_NotMeant), store.changing() as connection:
            for own in waiting[first : first + _TOGETHER]:
                entered += enter_ticket(connection, policies, desk, own, now)
            if is_dry:
                raise _NotMeant
    named = {event.customer for own in waiting for event in own if event.customer is not None}
    unknown = sorted(named - {*desk.customers, *policies.customers})
    return Imported(entered, tuple(unknown))


def check_source(source: str) -> None:
    """Refuse the name under which this engine's own tickets live.

    Raises:
        TicketError: it is that.
    """
    if source == "desk" or ":" in source or not source.isprintable() or not source.strip():
        raise TicketError(f"{source!r} is no name for a help desk: write a word such as import or zammad")
