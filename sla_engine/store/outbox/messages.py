"""Messages: what is sent, under which key, and how far it got."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

import attrs
import sqlalchemy as sa
from attrs import frozen

from sla_engine.model.instant import DAY, Instant
from sla_engine.plugin import Message
from sla_engine.store.outbox.lanes import Lane, lane_of, within
from sla_engine.store.tables import message_words, messages

MessageState: TypeAlias = Literal["pending", "sending", "sent", "uncertain", "dead"]

_WORDS = ("text", "html", "short", "names")
"""What of a message is kept by itself, and goes when it is old."""
_WHOLE = sa.select(messages, message_words.c.content.label("words")).outerjoin(
    message_words, message_words.c.message == messages.c.id
)


@frozen
class Outgoing:
    """A message, and how far it got.

    Attributes:
        message: what the notifier is handed on every try.
        at: when it was written.
        give_up_at: when no further try is made.
        state: ``uncertain`` waits for a person, as it may have gone out; ``dead`` is not tried any more.
        cost: in millionths of the notifier's currency.
        tries: how many were begun.
        may_be_out: whether a try ended without our knowing what the remote side made of it.
        next_at: when it is tried next, or None.
        started_at: when the last try was begun, or None.
        ended_at: when it was settled, or None.
        detail: the last answer, or why there was none.
        reference: what the remote side calls it, or None.
        is_pruned: whether its words are gone; it cannot be sent any more.
        id: its number; 0 until it stands in the outbox.
    """

    lane: Lane
    message: Message
    at: Instant
    give_up_at: Instant
    state: MessageState = "pending"
    cost: int = 0
    tries: int = 0
    may_be_out: bool = False
    next_at: Instant | None = None
    started_at: Instant | None = None
    ended_at: Instant | None = None
    detail: str | None = None
    reference: str | None = None
    is_pruned: bool = False
    id: int = 0

    @property
    def key(self) -> str:
        """The idempotency key."""
        return self.message.key


@frozen
class UnderWay:
    """What of a message tells whether it can still be changed; its words may be long."""

    id: int
    state: MessageState
    tries: int
    may_be_out: bool
    next_at: Instant | None
    cost: int
    detail: str | None


def add_message(connection: sa.Connection, outgoing: Outgoing) -> int:
    """Enter a message; gives its number."""
    inserted = messages.insert().values(**_row(outgoing)).returning(messages.c.id)
    number: int = connection.execute(inserted).scalar_one()
    connection.execute(message_words.insert().values(message=number, content=_words(outgoing.message)))
    return number


def change_message(connection: sa.Connection, outgoing: Outgoing, expected: MessageState) -> bool:
    """Have a message stand otherwise, with the words that it has; False where it is not in the state any more that was
    expected."""
    same = (messages.c.id == outgoing.id) & (messages.c.state == expected)
    return connection.execute(messages.update().where(same).values(**_row(outgoing))).rowcount == 1


def rewrite_message(connection: sa.Connection, outgoing: Outgoing, expected: MessageState) -> bool:
    """The same, with other words."""
    if not change_message(connection, outgoing, expected):
        return False
    own = message_words.c.message == outgoing.id
    connection.execute(message_words.update().where(own).values(content=_words(outgoing.message)))
    return True


def under_way(connection: sa.Connection) -> dict[Lane, UnderWay]:
    """The message that each lane is busy with: it is being tried, or will be tried again."""
    known = [messages.c[name] for name in ("id", "state", "tries", "may_be_out", "next_at", "cost", "detail")]
    lane = [messages.c[name] for name in ("notifier", "recipient", "language")]
    busy = sa.select(*known, *lane).where(messages.c.state.in_(("pending", "sending"))).order_by(messages.c.id)
    return {
        lane_of(row): UnderWay(row.id, row.state, row.tries, row.may_be_out, row.next_at, row.cost, row.detail)
        for row in connection.execute(busy)
    }


def due_messages(connection: sa.Connection, now: Instant) -> list[tuple[int, str]]:
    """The numbers of the messages that are to be tried, and their notifiers; the longest due first.

    No try is put off by more than a day: one that is due later was written while the clock was ahead.
    """
    comes = (messages.c.next_at <= now) | (messages.c.next_at > now + DAY)
    is_due = (messages.c.state == "pending") & comes
    known = sa.select(messages.c.id, messages.c.notifier).where(is_due)
    rows = connection.execute(known.order_by(messages.c.next_at, messages.c.id))
    return [(row.id, row.notifier) for row in rows]


def message_numbered(connection: sa.Connection, number: int) -> Outgoing:
    """The message of a number that stands in the outbox."""
    return _outgoing(connection.execute(_WHOLE.where(messages.c.id == number)).one())


def messages_in(connection: sa.Connection, states: Sequence[MessageState]) -> list[Outgoing]:
    """The messages in any of these states, in the order in which they were written."""
    statement = _WHOLE.where(messages.c.state.in_(states)).order_by(messages.c.id)
    return [_outgoing(row) for row in connection.execute(statement)]


def newest_messages(connection: sa.Connection, state: MessageState, count: int) -> list[Outgoing]:
    """The newest messages in a state, in the order in which they were written."""
    # Asked for as it stands, the index would lead to all that ever were in it, each to be read and put in order.
    is_in_it = messages.c.state.op("||")("") == state
    statement = _WHOLE.where(is_in_it).order_by(messages.c.id.desc()).limit(count)
    return [_outgoing(row) for row in connection.execute(statement)][::-1]


def message_by_key(connection: sa.Connection, key: str) -> Outgoing | None:
    """The message of that key, or None."""
    row = connection.execute(_WHOLE.where(messages.c.key == key)).first()
    return None if row is None else _outgoing(row)


def messages_like(connection: sa.Connection, beginning: str) -> list[Outgoing]:
    """The messages whose keys begin with a text."""
    statement = _WHOLE.where(messages.c.key.startswith(beginning, autoescape=True))
    return [_outgoing(row) for row in connection.execute(statement.order_by(messages.c.id))]


def last_message_at(connection: sa.Connection, lane: Lane) -> Instant | None:
    """When the newest message of a lane was written, or None."""
    newest: Instant | None = connection.execute(
        sa.select(sa.func.max(messages.c.at)).where(within(messages, lane))
    ).scalar()
    return newest


def _row(outgoing: Outgoing) -> dict[str, Any]:
    row = attrs.asdict(outgoing, recurse=False, filter=attrs.filters.exclude("lane", "message", "is_pruned", "id"))
    row |= attrs.asdict(outgoing.lane)
    rest = {name: value for name, value in attrs.asdict(outgoing.message).items() if name not in _WORDS}
    return row | {"key": outgoing.key, "severity": outgoing.message.severity, "content": _as_json(rest)}


def _words(message: Message) -> str:
    return _as_json({name: value for name, value in attrs.asdict(message).items() if name in _WORDS})


def _as_json(content: Mapping[str, Any]) -> str:
    return json.dumps(content, sort_keys=True, ensure_ascii=False)


def _outgoing(row: Any) -> Outgoing:
    content = json.loads(row.content) | ({"text": ""} if row.words is None else json.loads(row.words))
    return Outgoing(
        lane=lane_of(row),
        message=Message(**content | {"to": tuple(content["to"])}),
        at=row.at,
        give_up_at=row.give_up_at,
        state=row.state,
        cost=row.cost,
        tries=row.tries,
        may_be_out=row.may_be_out,
        next_at=row.next_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
        detail=row.detail,
        reference=row.reference,
        is_pruned=row.words is None,
        id=row.id,
    )
