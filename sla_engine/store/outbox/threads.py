"""Threads of notices: what people were told of one kind of thing."""

import sqlalchemy as sa

from sla_engine.model.instant import Instant
from sla_engine.store.outbox.notices import Notice, entered
from sla_engine.store.tables import notices


def thread_is_under(root: str) -> sa.ColumnElement[bool]:
    """The condition that a notice is of a thread that begins with ``root`` and a slash."""
    # The character after the slash ends the range, so that the index on threads is used.
    return (notices.c.thread >= f"{root}/") & (notices.c.thread < f"{root}0")


def notices_under(connection: sa.Connection, root: str, since: Instant) -> list[Notice]:
    """The notices of threads such as ``burn/...``, as of an instant, in the order of entry.

    Args:
        root: the threads' first part.
    """
    own = thread_is_under(root) & (notices.c.at >= since)
    return [entered(row).notice for row in connection.execute(sa.select(notices).where(own).order_by(notices.c.id))]
