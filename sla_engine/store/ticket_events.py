"""What moved the response clocks of many tickets at once, for judgements and figures over a period."""

import json
from collections.abc import Iterator, Mapping

import sqlalchemy as sa

from sla_engine.model.instant import Instant
from sla_engine.model.support import TicketStory
from sla_engine.model.ticket import TicketAct, TicketEvent
from sla_engine.store.tables import ticket_entries, tickets
from sla_engine.store.tickets import CLOCKED, Ticket, number_of, tickets_by_id

TOPIC = "topic"
"""The fact by which an entry says what its ticket is about from then on."""

_ACTS = {act.value: act for act in TicketAct}


def ticket_events(connection: sa.Connection, start: Instant, end: Instant) -> list[TicketEvent]:
    """What moved the response clocks that may have been decided in ``[start, end)``, or still run.

    Those are the clocks of tickets to which anything happened from ``start`` on, or whose clocks ran then.
    """
    touched = (tickets.c.opened_at < end) & ((tickets.c.last_at >= start) | ~tickets.c.is_settled)
    return [event for _, event in _events(connection, touched)]


def unsettled_events(connection: sa.Connection) -> Mapping[int, list[TicketEvent]]:
    """What moved the clocks of the tickets upon which one runs, by the tickets' ids."""
    found: dict[int, list[TicketEvent]] = {}
    for ticket, event in _events(connection, ~tickets.c.is_settled):
        found.setdefault(ticket, []).append(event)
    return found


def ticket_stories(connection: sa.Connection, start: Instant, end: Instant) -> list[TicketStory]:
    """The tickets to which anything happened in ``[start, end)``, or which were not resolved then.

    Nothing is told that happened from ``end`` on, so that it is the same whenever it is asked for.
    """
    is_left = (tickets.c.state != "resolved") | ~tickets.c.is_settled
    touched = (tickets.c.opened_at < end) & ((tickets.c.last_at >= start) | is_left)
    found: dict[int, list[TicketEvent]] = {}
    for ticket, event in _events(connection, touched & (ticket_entries.c.at < end)):
        found.setdefault(ticket, []).append(event)
    topics = _topics(connection, touched, end)
    return [
        TicketStory(own[0].ticket, own[0].customer, topics.get(ticket), tuple(own)) for ticket, own in found.items()
    ]


def newest_entry(connection: sa.Connection) -> int:
    """The number of the entry that was made last, upon whichever ticket; 0 where there is none."""
    return connection.execute(sa.select(sa.func.max(ticket_entries.c.id))).scalar() or 0


def touched_after(connection: sa.Connection, entry: int, most: int) -> tuple[int, list[Ticket]]:
    """The tickets upon which the next entries after one were made, and the number of the last of these.

    Args:
        entry: the number of the last that is known.
        most: how many entries are looked at.
    """
    found = ticket_entries.c
    statement = sa.select(found.id, found.ticket).where(found.id > entry).order_by(found.id).limit(most)
    rows = connection.execute(statement).all()
    if not rows:
        return entry, []
    return rows[-1].id, tickets_by_id(connection, {row.ticket for row in rows})


def _events(connection: sa.Connection, wanted: sa.ColumnElement[bool]) -> Iterator[tuple[int, TicketEvent]]:
    """What moved clocks, with the id of its ticket, in the order in which it was entered."""
    entries = ticket_entries.c
    statement = (
        sa.select(
            tickets.c.id, tickets.c.source, tickets.c.foreign_id, tickets.c.customer, entries.act, entries.at,
            entries.level,
        )
        .join(tickets, tickets.c.id == entries.ticket)
        .where(wanted & entries.act.in_(CLOCKED))
        .order_by(entries.id)
    )  # fmt: skip
    for ticket, source, foreign_id, customer, act, at, level in connection.execute(statement):
        yield ticket, TicketEvent(number_of(ticket, source, foreign_id), _ACTS[act], at, level, customer)


def _topics(connection: sa.Connection, wanted: sa.ColumnElement[bool], end: Instant) -> Mapping[int, str | None]:
    """What tickets were about at an instant: as their entries say, or where none ever did, as they stand."""
    entries = ticket_entries.c
    stand = connection.execute(sa.select(tickets.c.id, tickets.c.topic).where(wanted))
    topics = {ticket: topic for ticket, topic in stand}  # noqa: C416 (rows are not quite tuples)
    said = (
        sa.select(entries.ticket, entries.at, entries.facts)
        .join(tickets, tickets.c.id == entries.ticket)
        .where(wanted & entries.facts.contains(f'"{TOPIC}"', autoescape=True))
        .order_by(entries.at, entries.id)
    )
    told: dict[int, str | None] = {}
    for ticket, at, facts in connection.execute(said):
        told.setdefault(ticket, None)
        if at < end:
            told[ticket] = json.loads(facts).get(TOPIC, told[ticket])
    return {**topics, **told}
