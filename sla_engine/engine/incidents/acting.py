"""What people do about an incident: each act is entered with who did it, and stays; the engine sees it in a second."""

from collections.abc import Callable

import sqlalchemy as sa
from attrs import evolve

from sla_engine.model.incident import IncidentEvent, IncidentEventKind, IncidentRecord
from sla_engine.model.instant import Instant
from sla_engine.store import Store
from sla_engine.store.incidents import add_events, incident_numbered


class IncidentError(ValueError):
    """Something cannot be done about an incident; the message says why and what to do."""


def incident(store: Store, number: int) -> IncidentRecord:
    """The incident of a number.

    Raises:
        IncidentError: there is none.
    """
    with store.reading() as connection:
        return _numbered(connection, number)


def acknowledge(store: Store, number: int, text: str = "", *, who: str, now: Instant) -> IncidentRecord:
    """Say that one looks after it: nobody else is called to it any more, until that is taken back.

    Raises:
        IncidentError: there is none of that number, it is over, somebody has it in hand already, or a name is missing.
    """

    def check(record: IncidentRecord) -> None:
        if record.closed_at is not None:
            raise IncidentError(f"incident {number} is over: add a comment instead")
        if (taken := record.acknowledgement) is not None:
            raise IncidentError(f"{taken.who} has incident {number} in hand already: add a comment, or --undo first")

    return _enter(store, number, "acknowledged", text, who, now, check)


def take_back(store: Store, number: int, text: str = "", *, who: str, now: Instant) -> IncidentRecord:
    """Say that nobody looks after it after all: its steps go on.

    Raises:
        IncidentError: there is none of that number, it is over, nobody has it in hand, or a name is missing.
    """

    def check(record: IncidentRecord) -> None:
        if record.closed_at is not None:
            raise IncidentError(f"incident {number} is over: add a comment instead")
        if record.acknowledgement is None:
            raise IncidentError(f"nobody has incident {number} in hand")

    return _enter(store, number, "unacknowledged", text, who, now, check)


def write(store: Store, number: int, kind: IncidentEventKind, text: str, *, who: str, now: Instant) -> IncidentRecord:
    """Write a comment, the cause or the postmortem of an incident; of the last two the newest counts.

    Raises:
        IncidentError: there is none of that number, or a text or a name is missing.
    """
    if not text.strip():
        raise IncidentError("write something: it is kept for ever with the incident")
    return _enter(store, number, kind, text, who, now, lambda _: None)


def _enter(
    store: Store,
    number: int,
    kind: IncidentEventKind,
    text: str,
    who: str,
    now: Instant,
    check: Callable[[IncidentRecord], None],
) -> IncidentRecord:
    if not who.strip():
        raise IncidentError("say who does this")
    event = IncidentEvent(now, kind, who.strip(), {"text": text.strip()} if text.strip() else {})
    with store.changing() as connection:  # of two who take it at one moment, the second is told that the first has it
        record = _numbered(connection, number)
        check(record)
        entered = add_events(connection, number, [event])
    return evolve(record, events=(*record.events, *entered))


def _numbered(connection: sa.Connection, number: int) -> IncidentRecord:
    found = incident_numbered(connection, number)
    if found is None:
        raise IncidentError(f"there is no incident {number}: `sla incident list --all` has them all")
    return found
