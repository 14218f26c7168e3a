"""What of the store may go once it is old: the words of messages, the content of files, and levels of limits.

Who was told of what and when, what happened to tickets and which files came with them all stays. What is old is given
in order of age, and dropped by whoever asked.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa
from attrs import frozen

from sla_engine.model.instant import Instant
from sla_engine.store.outbox.buckets import Level
from sla_engine.store.tables import attachments, buckets, message_words, messages, tickets


@frozen
class Droppable:
    """Something old.

    Attributes:
        id: of the message or the file.
        bytes: what goes with it.
    """

    id: int
    bytes: int


def old_words(connection: sa.Connection, before: Instant, most: int | None = None) -> list[Droppable]:
    """The messages that were settled before an instant and have their words still; at most so many of them."""
    size = sa.func.length(message_words.c.content)
    known = sa.select(message_words.c.message, size).join(messages, messages.c.id == message_words.c.message)
    oldest = known.where(messages.c.ended_at < before).order_by(message_words.c.message).limit(most)
    return [Droppable(*row) for row in connection.execute(oldest)]


def drop_words(connection: sa.Connection, found: Iterable[Droppable]) -> None:
    """Have messages stand without their words."""
    own = message_words.c.message == sa.bindparam("number")
    connection.execute(message_words.delete().where(own), [{"number": one.id} for one in found])


def old_files(connection: sa.Connection, before: Instant) -> list[Droppable]:
    """The files with content of tickets to which nothing happened since an instant, and upon which no clock runs."""
    is_old = (tickets.c.last_at < before) & tickets.c.is_settled & (sa.func.length(attachments.c.content) > 0)
    known = sa.select(attachments.c.id, attachments.c.size).join(tickets, tickets.c.id == attachments.c.ticket)
    rows = connection.execute(known.where(is_old).order_by(tickets.c.last_at, attachments.c.id))
    return [Droppable(*row) for row in rows]


def drop_files(connection: sa.Connection, found: Iterable[Droppable]) -> None:
    """Have files stand without their content: their names, sizes and digests stay."""
    own = attachments.c.id == sa.bindparam("number")
    dropped = attachments.update().where(own).values(content=b"")
    connection.execute(dropped, [{"number": one.id} for one in found])


def old_levels(connection: sa.Connection, before: Instant) -> Iterator[tuple[str, Level]]:
    """The levels of limits of which nothing was taken since an instant."""
    rows: Any = connection.execute(sa.select(buckets).where(buckets.c.at < before).order_by(buckets.c.name))
    for row in rows:
        yield row.name, Level(row.level, row.at)
