"""Tickets: what customers asked for, and everything that happened to it, kept as it was entered."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, TypeAlias

import sqlalchemy as sa
from attrs import evolve, field, frozen

from sla_engine.model.instant import Instant
from sla_engine.model.ticket import TicketAct, TicketEvent
from sla_engine.store.tables import attachments, ticket_entries, tickets

TicketState: TypeAlias = Literal["open", "answered", "waiting", "resolved"]
_LARGEST = 2**31 - 1
"""No id is larger."""
CLOCKED = tuple(act.value for act in TicketAct)
"""What moves response clocks."""


@frozen
class Ticket:
    """A ticket as it stands; it follows from its entries.

    Attributes:
        opened_at: when the customer asked, from which the clock of the first level runs.
        subject: one line.
        customer: the id of the customer, or None where it is not known.
        sender: the address that the customer writes from, or None.
        name: what the customer is called, or None.
        language: in which the customer is written to.
        topic: what it is about, as ``deliverability``, or None.
        level: the support level that has it now.
        team: who has it there, or None.
        state: whose turn it is.
        last_at: when anything was entered last.
        is_settled: whether no response clock runs.
        token: opens the customer's own view of it.
        source: where it lives: ``desk`` is here, else the name of a ticket source.
        foreign_id: its number there, or None.
        id: its number; 0 until it stands in the database.
    """

    opened_at: Instant
    subject: str
    level: str
    token: str = field(repr=False)
    customer: str | None = None
    sender: str | None = None
    name: str | None = None
    language: str = "en"
    topic: str | None = None
    team: str | None = None
    state: TicketState = "open"
    last_at: Instant = 0
    is_settled: bool = False
    source: str = "desk"
    foreign_id: str | None = None
    id: int = 0

    @property
    def number(self) -> str:
        """As people write it, ``T-1042``; of one that lives elsewhere, ``zammad:22013``, with its source."""
        return number_of(self.id, self.source, self.foreign_id)


def number_of(ticket: int, source: str, foreign_id: str | None) -> str:
    """The number of a ticket, which no other has."""
    return f"T-{ticket}" if foreign_id is None else f"{source}:{foreign_id}"


@frozen
class TicketEntry:
    """Something that happened to a ticket.

    Attributes:
        act: one of `TicketAct`, which move clocks, or ``wrote`` (the customer), ``told`` (to the customer),
            ``noted``, ``found`` (for the checklist), ``assigned``.
        level: the support level that it is of, or None.
        who: did it, or None where it happened by itself.
        text: what was written.
        is_public: whether the customer sees it.
        facts: what was found, by the names of the checklist, and other details.
        key: what makes it the same when it comes again, as the ``Message-ID`` of a mail, or None.
    """

    at: Instant
    act: str
    level: str | None = None
    who: str | None = None
    text: str = ""
    is_public: bool = False
    facts: Mapping[str, Any] = field(factory=dict)
    key: str | None = None
    id: int = 0


@frozen
class Attachment:
    """A file that came with an entry.

    Attributes:
        name: as it is shown; never a path.
        media_type: by what is in it, not by what its name says.
        content: its bytes; empty where only what it is was asked for.
    """

    name: str
    media_type: str
    content: bytes = field(default=b"", repr=False)
    size: int = 0
    digest: str = ""
    entry: int = 0
    id: int = 0


def keep_ticket(
    connection: sa.Connection, ticket: Ticket, entries: Sequence[TicketEntry], files: Iterable[Attachment] = ()
) -> Ticket:
    """Keep a new ticket with its first entries, to the first of which the files belong; gives it with its number."""
    row = _ticket_row(evolve(ticket, last_at=entries[-1].at))
    number = connection.execute(tickets.insert().returning(tickets.c.id), row).scalar_one()
    kept = evolve(ticket, id=number, last_at=entries[-1].at)
    add_entries(connection, kept, entries, files)
    return kept


def add_entries(
    connection: sa.Connection,
    ticket: Ticket,
    entries: Sequence[TicketEntry],
    files: Iterable[Attachment] = (),
) -> None:
    """Add entries, to the first of which the files belong, and have the ticket stand as it is given.

    Raises:
        sqlalchemy.exc.IntegrityError: an entry of that key stands already.
    """
    for position, entry in enumerate(entries):
        row = _entry_row(entry, ticket.id)
        number = connection.execute(ticket_entries.insert().returning(ticket_entries.c.id), row).scalar_one()
        if position == 0:
            for one in files:
                connection.execute(attachments.insert(), _file_row(one, ticket.id, number))
    last_at = max(ticket.last_at, *(entry.at for entry in entries)) if entries else ticket.last_at
    changed = _ticket_row(evolve(ticket, last_at=last_at))
    connection.execute(tickets.update().where(tickets.c.id == sa.bindparam("own")), {**changed, "own": ticket.id})


def lock_ticket(connection: sa.Connection, number: str) -> Ticket | None:
    """A ticket by its number, which nobody else can change before this transaction ends; or None."""
    touched = tickets.update().where(_is_numbered(number)).values(last_at=tickets.c.last_at).returning(tickets)
    row = connection.execute(touched).first()
    return None if row is None else _ticket(row)


def ticket_numbered(connection: sa.Connection, number: str) -> Ticket | None:
    """A ticket by its number, in any case, or None."""
    return find_ticket(connection, _is_numbered(number))


def ticket_by_token(connection: sa.Connection, token: str) -> Ticket | None:
    """The ticket that a customer's token opens, or None."""
    return find_ticket(connection, tickets.c.token == token)


def lock_foreign_ticket(connection: sa.Connection, source: str, foreign_id: str) -> Ticket | None:
    """A ticket that lives elsewhere, as `lock_ticket` gives it."""
    return lock_ticket(connection, number_of(0, source, foreign_id))


def _is_numbered(number: str) -> sa.ColumnElement[bool]:
    if own := re.fullmatch(r"[Tt]-([0-9]{1,9})", number):
        return (tickets.c.id == int(own[1])) & tickets.c.foreign_id.is_(None)
    source, _, foreign_id = number.partition(":")
    return (tickets.c.source == source) & (tickets.c.foreign_id == foreign_id)


def find_ticket(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> Ticket | None:
    """The ticket that a condition upon `tickets` names, or None."""
    row = connection.execute(sa.select(tickets).where(condition)).first()
    return None if row is None else _ticket(row)


def ticket_of_entry(connection: sa.Connection, key: str) -> Ticket | None:
    """The ticket that has an entry of that key, or None."""
    number = connection.execute(sa.select(ticket_entries.c.ticket).where(ticket_entries.c.key == key)).scalar()
    return None if number is None else find_ticket(connection, tickets.c.id == number)


def entry_by_key(connection: sa.Connection, key: str) -> TicketEntry | None:
    """The entry of that key, or None."""
    row = connection.execute(sa.select(ticket_entries).where(ticket_entries.c.key == key)).first()
    return None if row is None else _entry(row)


def select_tickets(
    connection: sa.Connection,
    *,
    states: Iterable[TicketState] = (),
    customer: str | None = None,
    level: str | None = None,
    before: int | None = None,
    most: int = 1_000,
) -> list[Ticket]:
    """Tickets, the newest first.

    Args:
        before: only those of a smaller id.
    """
    statement = sa.select(tickets).order_by(tickets.c.id.desc()).limit(most)
    if wanted := list(states):
        statement = statement.where(tickets.c.state.in_(wanted))
    if customer is not None:
        statement = statement.where(tickets.c.customer == customer)
    if level is not None:
        statement = statement.where(tickets.c.level == level)
    if before is not None:
        statement = statement.where(tickets.c.id < before)
    return [_ticket(row) for row in connection.execute(statement)]


def unsettled_tickets(connection: sa.Connection) -> list[Ticket]:
    """The tickets upon which a response clock runs, the oldest first."""
    statement = sa.select(tickets).where(~tickets.c.is_settled).order_by(tickets.c.id)
    return [_ticket(row) for row in connection.execute(statement)]


def written_since(connection: sa.Connection) -> Mapping[int, Instant]:
    """When its customer wrote last, by ticket, of those that are to be answered although no response clock runs."""
    statement = (
        sa.select(tickets.c.id, sa.func.max(ticket_entries.c.at))
        .join(ticket_entries, ticket_entries.c.ticket == tickets.c.id)
        .where((tickets.c.state == "open") & tickets.c.is_settled & (ticket_entries.c.act == "wrote"))
        .group_by(tickets.c.id)
    )
    return {ticket: at for ticket, at in connection.execute(statement)}  # noqa: C416 (rows are not quite tuples)


def tickets_by_id(connection: sa.Connection, ids: Iterable[int]) -> list[Ticket]:
    """Some tickets, the oldest first."""
    statement = sa.select(tickets).where(tickets.c.id.in_(list(ids))).order_by(tickets.c.id)
    return [_ticket(row) for row in connection.execute(statement)]


def tickets_about(connection: sa.Connection, topic: str) -> list[Ticket]:
    """The tickets about a topic that are not resolved, the oldest first."""
    wanted = (tickets.c.topic == topic) & (tickets.c.state != "resolved")
    return [_ticket(row) for row in connection.execute(sa.select(tickets).where(wanted).order_by(tickets.c.id))]


def entries_of(connection: sa.Connection, ticket: int) -> list[TicketEntry]:
    """Everything that happened to a ticket, in the order in which it happened."""
    own = ticket_entries.c.ticket == ticket
    rows = connection.execute(sa.select(ticket_entries).where(own).order_by(ticket_entries.c.at, ticket_entries.c.id))
    return [_entry(row) for row in rows]


def files_of(connection: sa.Connection, ticket: int) -> list[Attachment]:
    """What a ticket's attachments are, without their content."""
    columns = [column for column in attachments.c if column.name != "content"]
    rows = connection.execute(sa.select(*columns).where(attachments.c.ticket == ticket).order_by(attachments.c.id))
    return [_file(row, b"") for row in rows]


def file_content(connection: sa.Connection, ticket: int, number: int) -> Attachment | None:
    """An attachment of a ticket with its content, or None."""
    if number > _LARGEST:
        return None
    own = (attachments.c.ticket == ticket) & (attachments.c.id == number)
    row = connection.execute(sa.select(attachments).where(own)).first()
    return None if row is None else _file(row, row.content)


def events_of(ticket: Ticket, entries: Iterable[TicketEntry]) -> Iterator[TicketEvent]:
    """What of a ticket's entries moves its response clocks."""
    for entry in entries:
        if entry.act in CLOCKED:
            yield TicketEvent(ticket.number, TicketAct(entry.act), entry.at, entry.level, ticket.customer)


def _ticket_row(ticket: Ticket) -> Mapping[str, Any]:
    return {
        "opened_at": ticket.opened_at,
        "customer": ticket.customer,
        "sender": ticket.sender,
        "name": ticket.name,
        "language": ticket.language,
        "subject": ticket.subject,
        "topic": ticket.topic,
        "level": ticket.level,
        "team": ticket.team,
        "state": ticket.state,
        "last_at": ticket.last_at,
        "is_settled": ticket.is_settled,
        "token": ticket.token,
        "source": ticket.source,
        "foreign_id": ticket.foreign_id,
    }


def _ticket(row: Any) -> Ticket:
    return Ticket(**row._mapping)


def _entry_row(entry: TicketEntry, ticket: int) -> Mapping[str, Any]:
    return {
        "ticket": ticket,
        "at": entry.at,
        "act": entry.act,
        "level": entry.level,
        "who": entry.who,
        "text": entry.text,
        "is_public": entry.is_public,
        "facts": json.dumps(entry.facts, sort_keys=True),
        "key": entry.key,
    }


def _entry(row: Any) -> TicketEntry:
    return TicketEntry(
        row.at, row.act, row.level, row.who, row.text, row.is_public, json.loads(row.facts), row.key, row.id
    )


def _file_row(one: Attachment, ticket: int, entry: int) -> Mapping[str, Any]:
    return {
        "ticket": ticket,
        "entry": entry,
        "name": one.name,
        "media_type": one.media_type,
        "size": len(one.content),
        "digest": hashlib.sha256(one.content).hexdigest(),
        "content": one.content,
    }


def _file(row: Any, content: bytes) -> Attachment:
    return Attachment(row.name, row.media_type, content, row.size, row.digest, row.entry, row.id)
