"""What happens to a customer's ticket: what moves a response clock, and the ticket as plugins are told of it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from attrs import field, frozen

from sla_engine.model.instant import Instant


class TicketAct(StrEnum):
    """One kind of event.

    A clock starts when a ticket is ``OPENED`` at a level, has ``REACHED`` one or is ``REOPENED`` there, pauses while
    the customer is waited for, whichever level waits, and stops at that level's answer. A ``RESOLVED`` ticket is
    answered on every level; with one that is ``REOPENED`` the customer has come back. At one instant
    they happen in this order.
    """

    OPENED = "opened"
    REACHED = "reached"
    ANSWERED = "answered"
    WAITING = "waiting"
    RESUMED = "resumed"
    RESOLVED = "resolved"
    REOPENED = "reopened"


@frozen
class TicketEvent:
    """Something that happened to a ticket.

    Attributes:
        ticket: its number.
        act: what happened.
        at: when.
        level: the support level that was reached or has answered; an answer without one is on every level, whoever gave
            it.
        customer: whose ticket it is, or None.
    """

    ticket: str
    act: TicketAct
    at: Instant
    level: str | None = None
    customer: str | None = None


@frozen
class TicketHappening:
    """Something that happened to a ticket; entered once, never changed.

    Attributes:
        at: when it happened.
        act: one of `TicketAct`, or ``wrote`` (the customer), ``told`` (to the customer), ``noted``, ``found`` (for the
            checklist), ``assigned``.
        level: the support level that it is of, or None.
        who: did it, or None where it was the customer, or happened by itself.
        text: what was written; it came from outside.
        is_public: whether the customer sees it.
        facts: what was found, by the names of the checklist, and other details.
        id: its number, which grows in the order of entry.
    """

    at: Instant
    act: str
    level: str | None = None
    who: str | None = None
    text: str = ""
    is_public: bool = False
    facts: Mapping[str, Any] = field(factory=dict)
    id: int = 0


@frozen
class TicketRecord:
    """A ticket as it stands on record.

    Attributes:
        number: as people write it, ``T-1042``, or ``zammad:22013`` where it lives in a help desk.
        source: where it lives: ``desk`` is here, else the name of a ticket source.
        subject: one line; it came from outside.
        state: whose turn it is: ``open``, ``answered``, ``waiting`` (for the customer) or ``resolved``.
        level, team, topic: who has it, and what it is about; the last two may be None.
        customer: whose it is, or None where that is not known.
        sender: the address that the customer writes from, or None.
        language: in which the customer is written to.
        opened_at: when the customer asked.
        due_at: when the next answer falls due, or None where none is owed, or the customer is waited for.
        events: everything that happened, in the order in which it happened.
    """

    number: str
    source: str
    subject: str
    state: str
    level: str
    team: str | None
    topic: str | None
    customer: str | None
    sender: str | None
    language: str
    opened_at: Instant
    due_at: Instant | None
    events: tuple[TicketHappening, ...] = ()
