"""Announcements of maintenance: what customers were told of it and when, added to and never changed."""

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Literal, TypeAlias

import sqlalchemy as sa
from attrs import frozen

from sla_engine.model.instant import Instant
from sla_engine.model.interval import Interval
from sla_engine.store.tables import announcements, messages, notices

What: TypeAlias = Literal["planned", "changed", "cancelled", "reminder", "started", "ended"]


@frozen
class Announcement:
    """Something that was announced of one occurrence of a maintenance.

    Attributes:
        maintenance: its id.
        occurrence: the start that it was first announced with: it stays when it is moved.
        sequence: how often it was changed before, as in RFC 5545.
        what: what happened.
        at: when.
        window: from its start to its end, as they were announced.
        services: the ids of the services that it touches.
        title, message: language to text; a text for every language stands under ``""``; None where there is none.
        channels: notifiers by which customers are told, and ``in-app``.
        customers: to whom it is confined, or None.
        lead: how long before its start a reminder was due, in microseconds.
    """

    maintenance: str
    occurrence: Instant
    sequence: int
    what: What
    at: Instant
    window: Interval
    services: tuple[str, ...]
    title: Mapping[str, str] | None
    message: Mapping[str, str] | None
    channels: tuple[str, ...]
    customers: tuple[str, ...] | None = None
    lead: int | None = None

    @property
    def thread(self) -> str:
        """What the messages about the occurrence have in common."""
        return f"maintenance/{self.maintenance}/{self.occurrence}"

    @property
    def key(self) -> str:
        """Made of what happened, so that it is on record once, however often it is found to be due."""
        return "/".join([self.thread, str(self.sequence), self.what, *([] if self.lead is None else [str(self.lead)])])


@frozen
class Telling:
    """Somebody is, or was, told of an occurrence by a message.

    Attributes:
        thread: of the occurrence.
        about: as notices have it, such as ``maintenance-changed``.
        sequence: which version of it.
        services: those that they are told it touches.
        notifier, recipient, customer, language: by which, to which address, whom it concerns, and in what language.
        sent_at: when the remote side had taken the message, or None where it has not, or that is not known.
        state: of the message, or of the notice where there is none.
    """

    thread: str
    about: str
    sequence: int
    services: tuple[str, ...]
    notifier: str
    recipient: str
    customer: str | None
    language: str
    sent_at: Instant | None
    state: str


def add_announcements(connection: sa.Connection, found: Iterable[Announcement]) -> None:
    """Keep announcements; what is on record already stays as it stands."""
    for one in found:
        known = sa.select(announcements.c.id).where(announcements.c.key == one.key)
        if connection.execute(known).first() is None:
            connection.execute(announcements.insert().values(**_row(one)))


def announcements_since(connection: sa.Connection, since: Instant) -> list[Announcement]:
    """Everything announced of the occurrences of which any window ends after an instant, the oldest first."""
    recent = sa.select(announcements.c.maintenance, announcements.c.occurrence).where(announcements.c.end > since)
    same = sa.tuple_(announcements.c.maintenance, announcements.c.occurrence).in_(recent)
    return [_announcement(row) for row in connection.execute(sa.select(announcements).where(same).order_by("id"))]


def announcements_of(connection: sa.Connection, maintenance: str) -> list[Announcement]:
    """Everything ever announced of a maintenance, the oldest first."""
    own = sa.select(announcements).where(announcements.c.maintenance == maintenance).order_by("id")
    return [_announcement(row) for row in connection.execute(own)]


def tellings(connection: sa.Connection, threads: Collection[str], customer: str | None = None) -> list[Telling]:
    """Who is told of occurrences, in the order of entry.

    Args:
        customer: leaves out what other customers are told.
    """
    of_notices = [notices.c[name] for name in ("thread", "about", "facts", *_ADDRESS, "state")]
    statement = (
        sa.select(*of_notices, messages.c.state.label("became"), messages.c.ended_at)
        .outerjoin(messages, messages.c.id == notices.c.message)
        .where(notices.c.thread.in_(threads))
        .order_by(notices.c.id)
    )
    if customer is not None:
        statement = statement.where(notices.c.customer.is_(None) | (notices.c.customer == customer))
    read: dict[str, _Version] = {}  # thousands of customers are told the same
    return [_telling(row, read) for row in connection.execute(statement)]


_ADDRESS = ("notifier", "recipient", "customer", "language")
_Version: TypeAlias = tuple[int, tuple[str, ...]]


def _telling(row: Any, read: dict[str, _Version]) -> Telling:
    if row.facts not in read:
        facts = json.loads(row.facts)
        read[row.facts] = facts["sequence"], tuple(service["id"] for service in facts["services"])
    sequence, services = read[row.facts]
    is_told = row.state == "told" and row.became is not None
    return Telling(
        thread=row.thread,
        about=row.about,
        sequence=sequence,
        services=services,
        notifier=row.notifier,
        recipient=row.recipient,
        customer=row.customer,
        language=row.language,
        sent_at=row.ended_at if is_told and row.became == "sent" else None,
        state=row.became if is_told else row.state,
    )


def _row(one: Announcement) -> dict[str, Any]:
    return {
        "key": one.key,
        "maintenance": one.maintenance,
        "occurrence": one.occurrence,
        "sequence": one.sequence,
        "what": one.what,
        "at": one.at,
        "start": one.window.start,
        "end": one.window.end,
        "lead": one.lead,
        "content": json.dumps(
            {
                "services": one.services,
                "title": one.title,
                "message": one.message,
                "channels": one.channels,
                "customers": one.customers,
            },
            sort_keys=True,
        ),
    }


def _announcement(row: Any) -> Announcement:
    content = json.loads(row.content)
    return Announcement(
        maintenance=row.maintenance,
        occurrence=row.occurrence,
        sequence=row.sequence,
        what=row.what,
        at=row.at,
        window=Interval(row.start, row.end),
        services=tuple(content["services"]),
        title=content["title"],
        message=content["message"],
        channels=tuple(content["channels"]),
        customers=None if content["customers"] is None else tuple(content["customers"]),
        lead=row.lead,
    )
