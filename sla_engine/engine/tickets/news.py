"""Tells plugins of tickets: whatever happens to one, by whichever way and in whatever process, stands in the store."""

from collections.abc import Callable, Sequence

from attrs import define, field

from sla_engine.engine.tickets.changing import Case, case_of
from sla_engine.model.ticket import TicketHappening, TicketRecord
from sla_engine.policy import PolicySet
from sla_engine.registry.clock import Clock
from sla_engine.store import Store
from sla_engine.store.ticket_events import newest_entry, touched_after

_MOST_AT_ONCE = 200


@define(eq=False)
class TicketNews:
    """What happened to one store's tickets since the engine was started.

    Attributes:
        policies: gives those that are in force.
        tell: told of each ticket as it stands after something happened to it.
    """

    policies: Callable[[], PolicySet]
    store: Store
    clock: Clock
    tell: Callable[[Sequence[TicketRecord]], None]
    _newest: int | None = field(default=None, init=False)

    def look(self) -> None:
        """Tell of what happened since the last look; the first one only finds out where to begin."""
        policies, now = self.policies(), self.clock.now()
        with self.store.reading() as connection:
            if self._newest is None:
                self._newest = newest_entry(connection)
                return
            newest, touched = touched_after(connection, self._newest, _MOST_AT_ONCE)
            told = [record_of(case_of(connection, policies, ticket, now)) for ticket in touched]
        self._newest = newest
        if told:
            self.tell(told)


def record_of(case: Case) -> TicketRecord:
    """A ticket as plugins are told of it: without what opens the customer's view."""
    ticket, owed = case.ticket, case.owed
    return TicketRecord(
        number=ticket.number,
        source=ticket.source,
        subject=ticket.subject,
        state=ticket.state,
        level=ticket.level,
        team=ticket.team,
        topic=ticket.topic,
        customer=ticket.customer,
        sender=ticket.sender,
        language=ticket.language,
        opened_at=ticket.opened_at,
        due_at=None if owed is None else owed.clock.due_at,
        events=tuple(
            TicketHappening(
                entry.at, entry.act, entry.level, entry.who, entry.text, entry.is_public, entry.facts, entry.id
            )
            for entry in case.entries
        ),
    )
