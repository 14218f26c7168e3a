"""Looks after tickets: opens those of incidents, and has those told whom a policy names before an answer is late."""

from collections.abc import Callable

import structlog
from attrs import define, field, frozen

from sla_engine.engine.escalation.reaching import FOREVER
from sla_engine.engine.steadiness import Steadiness
from sla_engine.engine.tickets.changing import locked_case
from sla_engine.engine.tickets.falling_due import clock_notices, thread_of
from sla_engine.engine.tickets.of_incidents import tickets_of_incidents
from sla_engine.model.instant import MINUTE, Instant
from sla_engine.policy import PolicySet
from sla_engine.registry.clock import Clock
from sla_engine.store import Store
from sla_engine.store.outbox import add_notices
from sla_engine.store.outbox.threads import notices_under
from sla_engine.store.tickets import unsettled_tickets

LATE_WITHIN = 5 * MINUTE
"""How long a ticket that lives elsewhere is left alone: what happened there earlier may be heard of later."""

_log = structlog.get_logger("sla_engine.tickets")


@frozen
class _Quiet:
    """Until when there is nothing to tell of a ticket, unless something happens to it."""

    last_at: Instant
    until: Instant


@define(eq=False)
class Watcher:
    """Watches one store's tickets; its looks may be broken off anywhere. Where the clock was set, it waits a minute.

    Attributes:
        policies: gives those that are in force.
    """

    policies: Callable[[], PolicySet]
    store: Store
    clock: Clock
    _steadiness: Steadiness = field(init=False)
    _looked_by: str = field(default="", init=False)
    _quiet: dict[int, _Quiet] = field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        self._steadiness = Steadiness(self.clock)

    def look(self) -> None:
        """Enter who is to be told by now; again and again it is the same."""
        policies, now = self.policies(), self.clock.now()
        if self._steadiness.was_set_lately(now):
            return
        tickets_of_incidents(policies, self.store, now)
        if policies.hash != self._looked_by:
            self._quiet, self._looked_by = {}, policies.hash
        with self.store.reading() as connection:
            running = unsettled_tickets(connection)
        self._quiet = {one.id: self._quiet[one.id] for one in running if one.id in self._quiet}
        for ticket in running:
            quiet = self._quiet.get(ticket.id)
            if quiet is None or quiet.last_at != ticket.last_at or quiet.until <= now:
                self._quiet[ticket.id] = self._look_at(policies, ticket.number, now)

    def _look_at(self, policies: PolicySet, number: str, now: Instant) -> _Quiet:
        """One ticket in one transaction, so that nobody is told of what was answered just now."""
        with self.store.changing() as connection:
            case = locked_case(connection, policies, number, now)
            told = notices_under(connection, thread_of(number), case.ticket.opened_at)
            telling = clock_notices(case, told)
            add_notices(connection, telling.notices)
        for notice in telling.notices:
            _log.info(notice.about, ticket=number, notifier=notice.notifier)
        until = FOREVER if telling.next_at is None else telling.next_at
        if case.ticket.foreign_id is not None:
            until = min(until, now + LATE_WITHIN)
        return _Quiet(case.ticket.last_at, until)
