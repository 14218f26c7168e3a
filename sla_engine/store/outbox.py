"""The outbox: who is to be told of what, written in the transaction of its cause, so that nothing is ever missed."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from attrs import field, frozen
from sqlalchemy.dialects import postgresql, sqlite

from sla_engine.model.instant import Instant
from sla_engine.plugin import Severity
from sla_engine.store.tables import notices


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


def add_notices(connection: sa.Connection, found: Iterable[Notice]) -> None:
    """Enter notices; one that was entered before stays as it stands."""
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
        for one in found
    ]
    if rows:
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        connection.execute(dialect.insert(notices).on_conflict_do_nothing(index_elements=["key"]), rows)
