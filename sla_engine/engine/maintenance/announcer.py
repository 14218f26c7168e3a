"""Announces maintenance by itself, as soon as policies plan it and as time goes by."""

from collections.abc import Callable, Iterable

import structlog
from attrs import define, field

from sla_engine.engine.maintenance.announcing import Due, announcements_due
from sla_engine.engine.maintenance.occurrences import Occurrence, known_occurrences
from sla_engine.engine.steadiness import Steadiness
from sla_engine.model.instant import DAY, MINUTE, Instant
from sla_engine.policy import PolicySet
from sla_engine.registry.clock import Clock
from sla_engine.store import Store
from sla_engine.store.announcements import add_announcements
from sla_engine.store.outbox import add_notices

_LOOKS_ANYWAY = MINUTE
_LOOK_BACK = 3 * DAY
"""How long ago maintenance may have ended for its end still to be told."""

_log = structlog.get_logger("sla_engine.maintenance")


@define(eq=False)
class Announcer:
    """Looks after one engine's store; its looks may be broken off anywhere.

    What is announced and who is told of it are entered in one transaction. Where the wall clock was set, it waits for a
    minute: a clock that is wrong for a moment must not tell customers that maintenance is over.

    Attributes:
        policies: gives those that are in force.
    """

    policies: Callable[[], PolicySet]
    store: Store
    clock: Clock
    _steadiness: Steadiness = field(init=False)
    _looked_by: str = field(default="", init=False)
    _quiet_until: Instant = field(default=0, init=False)

    def __attrs_post_init__(self) -> None:
        self._steadiness = Steadiness(self.clock)

    def look(self) -> None:
        """Announce what is due."""
        policies, now = self.policies(), self.clock.now()
        if self._steadiness.was_set_lately(now):
            self._quiet_until = 0
            return
        if now < self._quiet_until and self._looked_by == policies.hash:
            return
        known = known_occurrences(self.store, now - _LOOK_BACK)
        due = announcements_due(policies, known, now)
        self._enter(due)
        self._looked_by, self._quiet_until = policies.hash, next_look(policies, known, due, now)

    def _enter(self, due: Due) -> None:
        if not (due.records or due.notices):
            return
        with self.store.changing() as connection:
            add_announcements(connection, due.records)
            add_notices(connection, due.notices)
        for record in due.records:
            _log.info("maintenance announced", maintenance=record.maintenance, what=record.what, key=record.key)


def next_look(policies: PolicySet, known: Iterable[Occurrence], due: Due, now: Instant) -> Instant:
    """When something may fall due next, or in a minute."""
    windows = [*(one.window for one in known), *(record.window for record in due.records)]
    leads = {lead.microseconds for table in policies.maintenance.values() for lead in table.reminders}
    moments = [at for start, end in windows for at in (start, end, *(start - lead for lead in leads))]
    return min([at for at in moments if at > now] + [now + _LOOKS_ANYWAY])
