"""When a limit holds messages, somebody is told by another notifier: once, until it has held nothing for a while."""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from sla_engine.engine.escalation.reaching import on_call
from sla_engine.engine.escalation.recipients import recipients
from sla_engine.engine.outbox.limiting import Limit
from sla_engine.model.instant import MINUTE, Instant
from sla_engine.policy import PolicySet
from sla_engine.store.outbox import (
    Entered,
    Lane,
    Level,
    Notice,
    WaitingLane,
    add_notices,
    drop_level,
    due_in,
    level_of,
    levels_like,
    set_level,
)

EPISODE = "held/"
"""What the names begin with by which it is kept that a limit holds something."""
_NOTED_EVERY = MINUTE


def note_held(connection: sa.Connection, limit: Limit, held: WaitingLane, policies: PolicySet, now: Instant) -> None:
    """Note that a limit holds notices of a lane, and tell of it where that is news."""
    name = EPISODE + limit.name
    episode = level_of(connection, name)
    if episode is not None and now - episode.at < _NOTED_EVERY:
        return
    set_level(connection, name, Level(limit.every, now))
    if episode is None:
        due = due_in(connection, held.lane, now)
        other = next(_others(held.lane, due, policies, now), None)
        if other is not None:
            add_notices(connection, _notices(name, limit, held, other, policies, now))


def end_episodes(connection: sa.Connection, now: Instant) -> None:
    """Forget which limits held something, where they have not for as long as they take to be whole again."""
    for name, episode in levels_like(connection, EPISODE):
        if not 0 <= now - episode.at < episode.level:
            drop_level(connection, name)


def _notices(
    name: str, limit: Limit, held: WaitingLane, other: str, policies: PolicySet, now: Instant
) -> Iterator[Notice]:
    for recipient in recipients(other, policies):
        yield Notice(
            key=f"{name}/{now}/{other}/{recipient}",
            at=now,
            due_at=now,
            notifier=other,
            thread=name,
            about="held",
            facts={"count": held.count, "since": held.due_at, "limit": limit.shown},
            recipient=recipient,
            language=policies.notifiers[other].table.language,
        )


def _others(lane: Lane, due: Sequence[Entered], policies: PolicySet, now: Instant) -> Iterator[str]:
    """Who may be told instead: who follows in the steps, then anybody whom an escalation tells."""
    following = [name for one in due for name in one.notice.next_notifiers]
    operators = [
        on_call(name, now, policies)
        for escalation in policies.escalations.values()
        for step in escalation.step
        for name in step.notify
    ]
    for name in dict.fromkeys([*following, *operators]):
        if name != lane.notifier and name in policies.notifiers:
            yield name
