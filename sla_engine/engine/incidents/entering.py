"""Entering what became of incidents, and who is to be told of it, as one: after a crash it all stands or none does."""

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from attrs import evolve, frozen

from sla_engine.engine.incidents.case import Case, Compose, Composed
from sla_engine.engine.incidents.looking import Look
from sla_engine.engine.incidents.reconciling import Change
from sla_engine.model.incident import IncidentRecord
from sla_engine.model.instant import Instant
from sla_engine.model.interval import Interval
from sla_engine.store.incidents import add_incident, change_incident, notices_on
from sla_engine.store.outbox import add_notices

_MOST_AT_ONCE = 100
"""Incidents in one transaction: results wait for it."""


@frozen
class Entered:
    """An incident as it stands now.

    Attributes:
        record: the last of its events are the news.
        news: how many events are new.
        next_at: when more is to be told of it, if nothing happens until then; or None.
    """

    record: IncidentRecord
    news: int
    next_at: Instant | None


def enter(changes: Sequence[Change], look: Look, compose: Compose, escalations: Collection[str]) -> list[Entered]:
    """Enter changes, and the notices of all of these incidents that are due.

    Args:
        escalations: those that are, and that were, by which anybody may have been told.
    """
    look.take_parents(change.record.service for change in changes if change.record.service in look.policies.services)
    done: list[Entered] = []
    for first in range(0, len(changes), _MOST_AT_ONCE):
        done += _enter_some(_Composing(changes[first : first + _MOST_AT_ONCE], look, compose, escalations))
    return done


class _Composing:
    """Some changes, and what was told of their incidents before."""

    def __init__(self, changes: Sequence[Change], look: Look, compose: Compose, escalations: Collection[str]) -> None:
        self.changes, self._look, self._compose = changes, look, compose
        self.store = look.store
        with look.store.reading() as connection:
            self._told = notices_on(connection, [one.record.number for one in changes], escalations)

    def composed(self, record: IncidentRecord, change: Change) -> Composed:
        """Who is to be told of an incident that stands as ``record`` says."""
        look, service = self._look, self._look.policies.services.get(record.service)
        opened = record.last("opened")
        seen = {} if opened is None else opened.detail
        span = Interval(record.began_at, look.now if record.closed_at is None else record.closed_at)
        case = Case(
            record=record,
            service=service,
            parts=() if change.found is None else change.found.parts,
            held=() if service is None else look.held(service.id),
            cause=None if service is None else look.cause(service.id, seen.get("check"), span),
            check=seen.get("check"),
            reason=seen.get("reason"),
            told=self._told.get(record.number, {}),
        )
        return self._compose(case, look.policies, look.now)


def _enter_some(composing: _Composing) -> list[Entered]:
    """Enter some changes in one transaction, if there is anything to enter."""
    known = {id(one): composing.composed(one.record, one) for one in composing.changes if not one.happened}
    if len(known) == len(composing.changes) and not any(composed.notices for composed in known.values()):
        return [Entered(one.record, 0, known[id(one)].next_at) for one in composing.changes]
    with composing.store.changing() as connection:
        return [_enter_one(connection, one, known.get(id(one)), composing) for one in composing.changes]


def _enter_one(connection: sa.Connection, change: Change, known: Composed | None, composing: _Composing) -> Entered:
    record = change.record
    if record.number == 0:
        record = add_incident(connection, evolve(record, events=change.happened))
    elif change.happened:
        record = change_incident(connection, record, change.happened)
    composed = composing.composed(record, change) if known is None else known
    add_notices(connection, composed.notices)
    return Entered(record, len(change.happened), composed.next_at)
