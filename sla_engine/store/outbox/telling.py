"""Who was told of what: what decides whether somebody else is told instead."""

import json
from collections.abc import Collection, Sequence

import sqlalchemy as sa

from sla_engine.model.instant import Instant
from sla_engine.store.outbox.lanes import Lane
from sla_engine.store.outbox.notices import NOBODY, Entered, entered
from sla_engine.store.tables import messages, notices

_AT_ONCE = 500
INSTEAD = "/instead/"
"""Stands in the key of a notice for somebody who is told instead of another."""


def failing_notices(connection: sa.Connection, *, due_before: Instant, tries: int) -> list[Entered]:
    """What should be told to the next notifier: it waits since an instant, was tried that often, or will not be tried.

    What may have gone out counts as told unless it is still being tried.
    """
    has_next = notices.c.next_notifiers != NOBODY
    waiting = (notices.c.state == "waiting") & (notices.c.due_at <= due_before) & has_next
    found = [entered(row) for row in connection.execute(sa.select(notices).where(waiting))]
    # By the messages first, of which few are unsent; what was told of by others is by far the most.
    unsent = messages.c.state.in_(("dead", "pending", "sending"))
    fails = (messages.c.state == "dead") | (messages.c.tries >= tries) | (notices.c.due_at <= due_before)
    told = sa.select(notices).join(messages, messages.c.id == notices.c.message)
    rows = connection.execute(told.where(unsent & has_next & fails))
    found += [entered(row) for row in rows if row.state == "told"]  # asked for in SQL, it would be looked for first
    return sorted(found, key=lambda one: one.id)


def hand_on(connection: sa.Connection, numbers: Sequence[int]) -> None:
    """Note that nobody is left to be told instead: whoever is next has been entered."""
    if numbers:
        handed = notices.update().where(notices.c.id == sa.bindparam("number")).values(next_notifiers=NOBODY)
        connection.execute(handed, [{"number": number} for number in numbers])


def told_by(connection: sa.Connection, notifier: str, threads: Collection[str]) -> dict[tuple[str, str], Instant]:
    """When a notifier was last to tell something of these threads, by thread and what it was about."""
    found: dict[tuple[str, str], Instant] = {}
    ordered = sorted(threads)
    for first in range(0, len(ordered), _AT_ONCE):
        some = notices.c.thread.in_(ordered[first : first + _AT_ONCE]) & (notices.c.notifier == notifier)
        last = sa.select(notices.c.thread, notices.c.about, sa.func.max(notices.c.at)).where(some)
        for thread, about, at in connection.execute(last.group_by(notices.c.thread, notices.c.about)):
            found[thread, about] = at
    return found


def was_told_of(connection: sa.Connection, thread: str, lane: Lane) -> bool:
    """Whether anything of a thread went out, or may have gone out, to those of a lane."""
    went_out = messages.c.may_be_out | messages.c.state.in_(("sent", "sending", "uncertain"))
    statement = (
        sa.select(notices.c.id)
        .join(messages, messages.c.id == notices.c.message)
        .where((notices.c.thread == thread) & (notices.c.notifier == lane.notifier) & went_out)
        .where((notices.c.recipient == lane.recipient) & (notices.c.state == "told"))
        .limit(1)
    )
    return connection.execute(statement).first() is not None


def reference_of(connection: sa.Connection, thread: str, lane: Lane) -> str | None:
    """What the remote side called the first message that told those of a lane of this thread alone, or None."""
    statement = (
        sa.select(messages.c.id, messages.c.reference, messages.c.content)
        .join(notices, notices.c.message == messages.c.id)
        .where((notices.c.thread == thread) & (notices.c.notifier == lane.notifier))
        .where((notices.c.recipient == lane.recipient) & messages.c.reference.is_not(None))
        .order_by(messages.c.id)
    )
    found = (row.reference for row in connection.execute(statement) if json.loads(row.content)["thread"] == thread)
    return next(found, None)
