"""What is in the outbox, as people and programs see it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, TypeAlias, get_args

import sqlalchemy as sa

from sla_engine.model.instant import Instant, format_instant
from sla_engine.model.text import Text
from sla_engine.store.outbox import (
    Entered,
    MessageState,
    Notice,
    NoticeState,
    Outgoing,
    messages_in,
    newest_messages,
    notices_in,
)

State: TypeAlias = Literal["waiting", "pending", "sending", "uncertain", "dead", "sent", "superseded", "discarded"]
STATES: Sequence[State] = get_args(State)
UNSETTLED: Sequence[State] = ("waiting", "pending", "sending", "uncertain", "dead")
"""What is listed where nothing is asked for: all that was not told."""
_OF_NOTICES: Sequence[NoticeState] = ("waiting", "superseded", "discarded")
_OF_MESSAGES: Sequence[MessageState] = ("pending", "sending", "uncertain", "dead")


def in_outbox(connection: sa.Connection, states: Iterable[State], most_sent: int) -> list[Outgoing | Entered]:
    """The messages and notices in any of these states, the oldest first.

    Args:
        most_sent: how many messages that were sent, which are the newest.
    """
    wanted = set(states)
    found: list[Outgoing | Entered] = []
    found += notices_in(connection, [state for state in _OF_NOTICES if state in wanted])
    found += messages_in(connection, [state for state in _OF_MESSAGES if state in wanted])
    if "sent" in wanted:
        found += newest_messages(connection, "sent", most_sent)
    return sorted(found, key=lambda one: one.at if isinstance(one, Outgoing) else one.notice.at)


def as_json(one: Outgoing | Entered) -> dict[str, Any]:
    """A message or a notice by the names that programs know."""
    return _message_json(one) if isinstance(one, Outgoing) else _notice_json(one)


def _message_json(one: Outgoing) -> dict[str, Any]:
    message = one.message
    return {
        "key": one.key,
        "state": one.state,
        "notifier": one.lane.notifier,
        "recipient": one.lane.recipient or None,
        "language": one.lane.language,
        "about": message.about,
        "severity": message.severity,
        "subject": message.subject,
        "title": message.names.get("title"),
        "thread": message.thread,
        "at": format_instant(one.at),
        "due": None,
        "tries": one.tries,
        "may_be_out": one.may_be_out,
        "last_try": _moment(one.started_at),
        "next_try": _moment(one.next_at),
        "ended": _moment(one.ended_at),
        "answer": one.detail,
        "reference": one.reference,
    }


def _notice_json(one: Entered) -> dict[str, Any]:
    notice = one.notice
    return {
        "key": notice.key,
        "state": one.state,
        "notifier": notice.notifier,
        "recipient": notice.recipient or None,
        "language": notice.language,
        "about": notice.about,
        "severity": notice.severity,
        "subject": None,
        "title": _title(notice),
        "thread": notice.thread,
        "at": format_instant(notice.at),
        "due": format_instant(notice.due_at),
        "tries": 0,
        "may_be_out": False,
        "last_try": None,
        "next_try": None,
        "ended": None,
        "answer": None,
        "reference": None,
    }


def _title(notice: Notice) -> str | None:
    """What a notice is about as people call it, in its language."""
    title = notice.facts.get("title") or notice.facts.get("subject") or notice.facts.get("trouble")
    return Text(title).in_language(notice.language) if isinstance(title, Mapping) else title


def _moment(at: Instant | None) -> str | None:
    return None if at is None else format_instant(at)
