"""Notices: who is to be told of what, entered in the transaction of its cause."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, TypeAlias

import sqlalchemy as sa
from attrs import field, frozen
from sqlalchemy.dialects import postgresql, sqlite

from sla_engine.model.instant import Instant
from sla_engine.plugin import Severity
from sla_engine.store.outbox.lanes import Lane, lane_of, within
from sla_engine.store.tables import notices

NoticeState: TypeAlias = Literal["waiting", "told", "superseded", "discarded"]

NOBODY = json.dumps([])
"""As what it stands that nobody is to be told instead."""
_SAYS_THE_SAME = ("thread", "notifier", "recipient", "language", "about")


@frozen
class Notice:
    """Somebody is to be told of something.

    Attributes:
        key: made of the cause, so that the same notice is entered once, however often it is found to be due.
        at: when it was entered.
        due_at: when it is to be told.
        notifier: by which.
        recipient: to whom, or an empty text where it is for the notifier's own recipients.
        thread: what belongs together has the same, such as ``incident/7/infrastructure``.
        about: what happened.
        facts: what the text is made of, as JSON has it; which there are depends on what it is about.
        severity: how much it matters.
        customer: whom it concerns, or None.
        language: in which it is told.
        next_notifiers: who is told instead where this one keeps failing, in order.
    """

    key: str
    at: Instant
    due_at: Instant
    notifier: str
    thread: str
    about: str
    facts: Mapping[str, Any]
    recipient: str = ""
    severity: Severity = "major"
    customer: str | None = None
    language: str = "en"
    next_notifiers: tuple[str, ...] = field(default=())

    @property
    def lane(self) -> Lane:
        """Whom it goes to, and how."""
        return Lane(self.notifier, self.recipient, self.language)

    @property
    def is_of_a_ticket(self) -> bool:
        """Whether it is told by itself, whatever comes later: each word about a ticket is news of its own."""
        return self.about.startswith(("ticket-", "desk-"))


@frozen
class Entered:
    """A notice as it stands in the outbox.

    Attributes:
        id: its number, in the order of entry.
        state: what became of it.
        message: the number of the message that tells of it, or None.
    """

    id: int
    notice: Notice
    state: NoticeState
    message: int | None


@frozen
class WaitingLane:
    """A lane in which notices are due.

    Attributes:
        count: how many.
        due_at: when the first of them was due.
    """

    lane: Lane
    count: int
    due_at: Instant


def add_notices(connection: sa.Connection, found: Iterable[Notice]) -> None:
    """Enter notices; one that was entered before stays as it stands, and what repeats another takes its place."""
    new = list(found)
    rows = [
        {
            "key": one.key,
            "at": one.at,
            "due_at": one.due_at,
            "notifier": one.notifier,
            "recipient": one.recipient,
            "thread": one.thread,
            "about": one.about,
            "severity": one.severity,
            "customer": one.customer,
            "language": one.language,
            "facts": json.dumps(one.facts, sort_keys=True),
            "next_notifiers": json.dumps(one.next_notifiers),
            "state": "waiting",
        }
        for one in new
    ]
    if rows:
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        connection.execute(dialect.insert(notices).on_conflict_do_nothing(index_elements=["key"]), rows)
        _overtake(connection, [one for one in new if not one.is_of_a_ticket])


def _overtake(connection: sa.Connection, new: Sequence[Notice]) -> None:
    """Have what says the same and still waits told by these: a month of repetitions must not pile up.

    Nothing is told later for it, and what somebody else is still to be told instead stays until they are.
    """
    if not new:
        return
    this = notices.alias()
    entered_as = sa.select(this.c.id).where(this.c.key == sa.bindparam("of_key")).scalar_subquery()
    same = [notices.c[name] == sa.bindparam(f"of_{name}") for name in _SAYS_THE_SAME]
    waits = (notices.c.state == "waiting") & (notices.c.next_notifiers == NOBODY)
    earlier = (notices.c.id < entered_as) & (notices.c.due_at >= sa.bindparam("not_before"))
    rows = [
        {f"of_{name}": getattr(one, name) for name in ("key", *_SAYS_THE_SAME)}
        | {"not_before": 0 if one.due_at <= one.at else one.due_at}
        for one in new
    ]
    connection.execute(notices.update().where(*same, waits, earlier).values(state="superseded"), rows)


def lanes_due(connection: sa.Connection, now: Instant) -> list[WaitingLane]:
    """The lanes in which notices are due."""
    first = sa.func.min(notices.c.due_at).label("first")
    statement = (
        sa.select(notices.c.notifier, notices.c.recipient, notices.c.language, sa.func.count().label("waiting"), first)
        .where((notices.c.state == "waiting") & (notices.c.due_at <= now))
        .group_by(notices.c.notifier, notices.c.recipient, notices.c.language)
        .order_by(first, notices.c.notifier, notices.c.recipient, notices.c.language)
    )
    return [WaitingLane(lane_of(row), row.waiting, row.first) for row in connection.execute(statement)]


def due_in(connection: sa.Connection, lane: Lane, now: Instant) -> list[Entered]:
    """The notices that are due in a lane, the first due first."""
    is_due = (notices.c.state == "waiting") & (notices.c.due_at <= now)
    statement = sa.select(notices).where(is_due & within(notices, lane)).order_by(notices.c.due_at, notices.c.id)
    return [entered(row) for row in connection.execute(statement)]


def notices_of(connection: sa.Connection, message: int) -> list[Entered]:
    """What a message tells of, the first due first."""
    own = (notices.c.message == message) & (notices.c.state == "told")
    statement = sa.select(notices).where(own).order_by(notices.c.due_at, notices.c.id)
    return [entered(row) for row in connection.execute(statement)]


def notices_in(connection: sa.Connection, states: Sequence[NoticeState]) -> list[Entered]:
    """The notices in any of these states, the first due first."""
    statement = sa.select(notices).where(notices.c.state.in_(states)).order_by(notices.c.due_at, notices.c.id)
    return [entered(row) for row in connection.execute(statement)]


def notice_by_key(connection: sa.Connection, key: str) -> Entered | None:
    """The notice of that key, or None."""
    row = connection.execute(sa.select(notices).where(notices.c.key == key)).first()
    return None if row is None else entered(row)


def change_notices(
    connection: sa.Connection, numbers: Sequence[int], state: NoticeState, message: int | None = None
) -> None:
    """Note what became of notices, and by which message they are told or were overtaken."""
    if numbers:
        changed = notices.update().where(notices.c.id == sa.bindparam("number"))
        rows = [{"number": number, "became": state, "by": message} for number in numbers]
        connection.execute(changed.values(state=sa.bindparam("became"), message=sa.bindparam("by")), rows)


def discard_notice(connection: sa.Connection, key: str) -> bool:
    """Have a notice that waits never told; False where it does not wait."""
    waiting = (notices.c.key == key) & (notices.c.state == "waiting")
    return connection.execute(notices.update().where(waiting).values(state="discarded")).rowcount == 1


def entered(row: Any) -> Entered:
    """The notice of a row."""
    notice = Notice(
        key=row.key,
        at=row.at,
        due_at=row.due_at,
        notifier=row.notifier,
        thread=row.thread,
        about=row.about,
        facts=json.loads(row.facts),
        recipient=row.recipient,
        severity=row.severity,
        customer=row.customer,
        language=row.language,
        next_notifiers=tuple(json.loads(row.next_notifiers)),
    )
    return Entered(row.id, notice, row.state, row.message)
