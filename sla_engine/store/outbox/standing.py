"""How the outbox stands, for operators."""

import sqlalchemy as sa
from attrs import frozen

from sla_engine.model.instant import Instant
from sla_engine.store.tables import messages, notices


@frozen
class Standing:
    """What is in the outbox.

    Attributes:
        waiting: notices that are due and in no message yet.
        pending: messages that were not settled yet.
        uncertain: messages that may have gone out, and wait for a person.
        dead: messages that are not tried any more.
        oldest_at: since when the oldest of what is due waits to be told, or None.
    """

    waiting: int = 0
    pending: int = 0
    uncertain: int = 0
    dead: int = 0
    oldest_at: Instant | None = None

    @property
    def has_work(self) -> bool:
        """Whether anything is to be gathered or sent."""
        return bool(self.waiting or self.pending)


def standing(connection: sa.Connection, now: Instant) -> Standing:
    """How the outbox stands now."""
    due = (notices.c.state == "waiting") & (notices.c.due_at <= now)
    waiting, first_due = connection.execute(sa.select(sa.func.count(), sa.func.min(notices.c.due_at)).where(due)).one()
    unsent = messages.c.state.in_(("pending", "sending", "uncertain", "dead"))  # named one by one, for the index
    by_state = sa.select(messages.c.state, sa.func.count()).where(unsent).group_by(messages.c.state)
    counts: dict[str, int] = {row[0]: row[1] for row in connection.execute(by_state)}
    being_told = messages.c.state.in_(("pending", "sending"))
    told = sa.select(sa.func.min(notices.c.due_at)).join(messages, messages.c.id == notices.c.message)
    first_told = connection.execute(told.where(being_told)).scalar()  # a message may have been written anew since
    return Standing(
        waiting=waiting,
        pending=counts.get("pending", 0) + counts.get("sending", 0),
        uncertain=counts.get("uncertain", 0),
        dead=counts.get("dead", 0),
        oldest_at=min((at for at in (first_due, first_told) if at is not None), default=None),
    )
