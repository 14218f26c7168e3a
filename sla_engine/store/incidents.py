"""Incidents and what happened to them: a row as each stands, and events that are added to and never changed."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from attrs import asdict, evolve, filters

from sla_engine.model.incident import IncidentEvent, IncidentRecord
from sla_engine.model.instant import Instant
from sla_engine.store.outbox import Notice
from sla_engine.store.outbox.notices import entered
from sla_engine.store.outbox.threads import thread_is_under
from sla_engine.store.tables import incident_events, incidents, messages, notices

_MOST_NAMED = 10_000
"""Names in one statement; SQLite takes three times as many."""
_ROOT = "incident"
"""What threads of notices about incidents begin with; the number and the escalation follow."""
_NOT_IN_ROW = filters.exclude("events", "number")


def add_incident(connection: sa.Connection, incident: IncidentRecord) -> IncidentRecord:
    """Enter an incident with its events; gives it with its number and theirs."""
    number = connection.execute(incidents.insert().returning(incidents.c.id), _row(incident)).scalar_one()
    return evolve(incident, number=number, events=tuple(add_events(connection, number, incident.events)))


def change_incident(
    connection: sa.Connection, incident: IncidentRecord, happened: Iterable[IncidentEvent]
) -> IncidentRecord:
    """Have an incident stand as it does now, and enter what happened to it; gives it with these events."""
    connection.execute(incidents.update().where(incidents.c.id == incident.number), _row(incident))
    entered = add_events(connection, incident.number, happened)
    return evolve(incident, events=(*incident.events, *entered))


def add_events(connection: sa.Connection, number: int, events: Iterable[IncidentEvent]) -> list[IncidentEvent]:
    """Enter what happened to an incident; gives the events with their numbers."""
    entered = []
    for event in events:
        row = {
            "incident": number,
            "at": event.at,
            "kind": event.kind,
            "who": event.who,
            "detail": json.dumps(event.detail, sort_keys=True),
        }
        key = connection.execute(incident_events.insert().returning(incident_events.c.id), row).scalar_one()
        entered.append(evolve(event, id=key))
    return entered


def incident_numbered(connection: sa.Connection, number: int) -> IncidentRecord | None:
    """An incident, or None where there is none of that number."""
    found = _read(connection, incidents.c.id == number)
    return found[0] if found else None


def incidents_touching(
    connection: sa.Connection, start: Instant, end: Instant, services: Collection[str] | None = None
) -> list[IncidentRecord]:
    """The incidents that lasted at any time of ``[start, end)``, the earliest first."""
    # By their ends, as few have ended lately and nearly all began long ago: the sum keeps the index on beginnings out.
    lasted = (incidents.c.began_at + 0 < end) & (incidents.c.closed_at.is_(None) | (incidents.c.closed_at >= start))
    return _read(connection, lasted, services)


def unclosed_incidents(connection: sa.Connection) -> list[IncidentRecord]:
    """The incidents that last, those that maintenance keeps from opening included; the earliest first."""
    return _read(connection, incidents.c.closed_at.is_(None))


def count_open(connection: sa.Connection) -> int:
    """How many incidents are open; those that maintenance keeps from opening are not."""
    is_open = incidents.c.closed_at.is_(None) & incidents.c.opened_at.is_not(None)
    number: int = connection.execute(sa.select(sa.func.count()).select_from(incidents).where(is_open)).scalar_one()
    return number


def acts_after(connection: sa.Connection, event: int) -> tuple[int, set[str]]:
    """The number of the event that was entered last, and the services to whose incidents people did something since.

    Args:
        event: the number that was the last before; 0 where nothing was.
    """
    newest = connection.execute(sa.select(sa.func.max(incident_events.c.id))).scalar() or 0
    if newest <= event:
        return event, set()
    joined = incident_events.join(incidents, incidents.c.id == incident_events.c.incident)
    is_new = (incident_events.c.id > event) & (incident_events.c.id <= newest) & incident_events.c.who.is_not(None)
    statement = sa.select(incidents.c.service).select_from(joined).where(is_new).distinct()
    return newest, set(connection.execute(statement).scalars())


def escalations_told(connection: sa.Connection) -> set[str]:
    """The escalations by which anybody was ever told of an incident."""
    threads = sa.select(notices.c.thread).where(thread_is_under(_ROOT)).distinct()
    return {thread.split("/", 2)[2] for thread in connection.execute(threads).scalars()}


def notices_on(
    connection: sa.Connection, numbers: Collection[int], escalations: Collection[str]
) -> Mapping[int, Mapping[str, Notice]]:
    """The notices of incidents by some escalations, by incident and key."""
    threads = [f"{_ROOT}/{number}/{name}" for number in numbers for name in escalations]
    found: dict[int, dict[str, Notice]] = {}
    for first in range(0, len(threads), _MOST_NAMED):
        wanted = notices.c.thread.in_(threads[first : first + _MOST_NAMED])
        for row in connection.execute(sa.select(notices).where(wanted)):
            notice = entered(row).notice
            found.setdefault(int(notice.thread.split("/")[1]), {})[notice.key] = notice
    return found


def told_of(connection: sa.Connection, number: int) -> list[Mapping[str, Any]]:
    """Who is or was to be told of an incident, in the order in which that is due.

    Each is a notice's ``at``, ``due_at``, ``notifier``, ``recipient``, ``escalation``, ``about`` and ``state``; with
    the ``message``'s key, ``tries``, ``ended_at`` and ``detail``, where there is one, and then the state is the
    message's.
    """
    joined = notices.outerjoin(messages, messages.c.id == notices.c.message)
    statement = (
        sa.select(
            notices.c.at,
            notices.c.due_at,
            notices.c.notifier,
            notices.c.recipient,
            notices.c.thread,
            notices.c.about,
            sa.func.coalesce(messages.c.state, notices.c.state).label("state"),
            messages.c.key.label("message"),
            messages.c.tries,
            messages.c.ended_at,
            messages.c.detail,
        )
        .select_from(joined)
        .where(thread_is_under(f"{_ROOT}/{number}"))
        .order_by(notices.c.due_at, notices.c.id)
    )
    rows = connection.execute(statement).mappings()
    return [{**row, "escalation": row["thread"].split("/", 2)[2]} for row in rows]


def _row(incident: IncidentRecord) -> Mapping[str, Any]:
    return asdict(incident, filter=_NOT_IN_ROW, recurse=False)


def _by_time(record: IncidentRecord) -> tuple[Instant, int]:
    return record.began_at, record.number


def _read(
    connection: sa.Connection, which: sa.ColumnElement[bool], services: Collection[str] | None = None
) -> list[IncidentRecord]:
    wanted = None if services is None else frozenset(services)
    found = connection.execute(sa.select(incidents).where(which)).all()
    rows = [row for row in found if wanted is None or row.service in wanted]
    happened = _events(connection, [row.id for row in rows])
    records = [
        IncidentRecord(
            row.id,
            row.service,
            row.began_at,
            row.opened_at,
            row.ended_at,
            row.closed_at,
            row.state,
            row.in_maintenance,
            tuple(happened.get(row.id, ())),
        )
        for row in rows
    ]
    return sorted(records, key=_by_time)


def _events(connection: sa.Connection, numbers: Sequence[int]) -> Mapping[int, Sequence[IncidentEvent]]:
    """What happened to incidents, by their numbers."""
    found: dict[int, list[IncidentEvent]] = {}
    for first in range(0, len(numbers), _MOST_NAMED):
        own = incident_events.c.incident.in_(numbers[first : first + _MOST_NAMED])
        for row in connection.execute(sa.select(incident_events).where(own).order_by(incident_events.c.id)):
            event = IncidentEvent(row.at, row.kind, row.who, json.loads(row.detail), row.id)
            found.setdefault(row.incident, []).append(event)
    return found
