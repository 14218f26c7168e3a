"""What the customer is sent of a ticket: its number first, and then what is answered or asked."""

from collections.abc import Iterable, Sequence

from sla_engine.engine.tickets.clocks import RunningClock
from sla_engine.model.instant import Instant
from sla_engine.policy import PolicySet
from sla_engine.policy.documents import DeskTable
from sla_engine.store.outbox import Notice
from sla_engine.store.tickets import Ticket, TicketEntry

ABOUT = {
    "opened": "ticket-opened",
    "reopened": "ticket-reopened",
    "answered": "ticket-answered",
    "told": "ticket-answered",
    "waiting": "ticket-waiting",
    "reached": "ticket-escalated",
    "resolved": "ticket-resolved",
}
"""What a notice is about, by the act that it tells of."""


def tell_customer(
    policies: PolicySet, ticket: Ticket, entries: Sequence[TicketEntry], owed: RunningClock | None, now: Instant
) -> Iterable[Notice]:
    """The notice of the last entry to the customer, if there is an address and the policies name a way to write to it.

    Args:
        entries: everything that happened to the ticket up to what is told.
        owed: the clock that falls due next, whose due instant the customer is told.
    """
    desk, entry = policies.engine.desk, entries[-1]
    about = ABOUT.get(entry.act)
    if about is None or not entry.is_public or ticket.sender is None or desk.notifier is None:
        return
    if about == "ticket-waiting" and not entry.text:
        return  # nothing is asked of the customer
    level = policies.support.get(ticket.level)
    yield Notice(
        key=f"ticket/{ticket.number}/{entry.act}/{entry.at}",
        at=now,
        due_at=now,
        notifier=desk.notifier,
        recipient=ticket.sender,
        thread=f"ticket/{ticket.number}",
        about=about,
        severity="info",
        customer=ticket.customer,
        language=ticket.language,
        facts={
            "ticket": ticket.number,
            "subject": ticket.subject,
            "text": entry.text,
            "name": ticket.name,
            "customer": ticket.customer,
            "level": {} if level is None or level.title is None else dict(level.title.translations),
            "due_at": None if owed is None else owed.clock.due_at,
            "during": None if owed is None else owed.clock.during,
            "link": None if desk.site is None else f"{desk.site.rstrip('/')}/tickets/view/{ticket.token}",
            "at": entry.at,
            "answers": _newest_mail(entries),
            "reply_to": numbered_address(desk, ticket.number),
        },
    )


def numbered_address(desk: DeskTable, number: str) -> str | None:
    """The address at which mails about a ticket are read, or None where the desk has none."""
    if desk.address is None or not desk.delimiter:
        return desk.address
    local, _, domain = desk.address.rpartition("@")
    return f"{local}{desk.delimiter}{number}@{domain}"


def _newest_mail(entries: Sequence[TicketEntry]) -> str | None:
    """The ``Message-ID`` of the last mail that the customer wrote, or None."""
    written = [entry.facts["message_id"] for entry in entries if entry.is_public and "message_id" in entry.facts]
    return written[-1] if written else None
