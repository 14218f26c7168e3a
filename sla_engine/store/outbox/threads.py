"""Threads of notices: what people were told of one kind of thing."""

import sqlalchemy as sa

from sla_engine.model.instant import Instant
from sla_engine.store.outbox.notices import Notice, entered
from sla_engine.store.tables import notices

_TO_ONE = (notices.c.thread, notices.c.notifier, notices.c.recipient)


def thread_is_under(root: str) -> sa.ColumnElement[bool]:
    """The condition that a notice is of a thread that begins with ``root`` and a slash."""
    # The character after the slash ends the range, so that the index on threads is used.
    return (notices.c.thread >= f"{root}/") & (notices.c.thread < f"{root}0")


def notices_under(connection: sa.Connection, root: str, since: Instant) -> list[Notice]:
    """The notices of threads such as ``burn/...``, in the order of entry.

    They are those of an instant and later, and before it the last that each was told of each thread: what begins and
    ends again and again goes on from there, however long ago that was.

    Args:
        root: the threads' first part.
    """
    own = thread_is_under(root)
    last = sa.select(sa.func.max(notices.c.id)).where(own).group_by(*_TO_ONE)
    wanted = own & ((notices.c.at >= since) | notices.c.id.in_(last))
    return [entered(row).notice for row in connection.execute(sa.select(notices).where(wanted).order_by(notices.c.id))]
