"""What happens to a customer's ticket, as far as it moves a response clock."""

from enum import StrEnum

from attrs import frozen

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
