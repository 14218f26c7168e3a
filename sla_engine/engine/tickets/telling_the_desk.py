"""What those who answer hear of a ticket at once: that it is theirs now, and what the customer wrote."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sla_engine.engine.escalation.reaching import reach
from sla_engine.engine.escalation.recipients import recipients
from sla_engine.engine.tickets.clocks import RunningClock, next_due
from sla_engine.model.instant import Instant
from sla_engine.policy import PolicySet
from sla_engine.store.outbox import Notice
from sla_engine.store.tickets import Ticket, TicketEntry

_ABOUT = {"opened": "desk-opened", "reopened": "desk-opened", "reached": "desk-reached"}
"""What a notice is about, by the act that brings a ticket to a level, whoever does it."""
_HEARD = frozenset({"wrote", "resumed"})
"""The acts by which what the customer wrote is entered, where nobody of the desk did it."""


def tell_desk(
    policies: PolicySet, ticket: Ticket, new: Sequence[TicketEntry], clocks: Sequence[RunningClock], now: Instant
) -> Iterator[Notice]:
    """The notices of what was entered at once to each whom the ticket's level tells, as its notifiers open.

    A ticket that lives elsewhere is told of there.

    Args:
        new: the act, and what follows from it, such as a note for the level that it is handed on to.
        clocks: those of the ticket, as they stand then.
    """
    about, level = _about(new[0]), policies.support.get(ticket.level)
    if about is None or level is None or ticket.source != "desk":
        return
    thread, facts = f"desk/{ticket.number}", _facts(policies, ticket, new, clocks)
    for name in level.notify:
        reached = reach(name, now, (), policies)
        if reached is None:
            continue  # closed for ever, or nobody is on call any more
        known = policies.notifiers.get(reached.notifier)
        for recipient in recipients(reached.notifier, policies):
            yield Notice(
                key=f"{thread}/{new[0].act}/{new[0].at}/{reached.notifier}/{recipient}",
                at=now,
                due_at=reached.at,
                notifier=reached.notifier,
                recipient=recipient,
                thread=thread,
                about=about,
                severity="info",
                customer=ticket.customer,
                language="en" if known is None else known.table.language,
                facts=facts,
            )


def _about(entry: TicketEntry) -> str | None:
    if entry.act in _HEARD:
        return "desk-wrote" if entry.who is None and entry.is_public else None
    return _ABOUT.get(entry.act)


def _facts(
    policies: PolicySet, ticket: Ticket, new: Sequence[TicketEntry], clocks: Sequence[RunningClock]
) -> Mapping[str, Any]:
    level, site = policies.support[ticket.level], policies.engine.desk.site
    own = next_due(one for one in clocks if one.level == ticket.level)
    return {
        "ticket": ticket.number,
        "act": new[0].act,
        "subject": ticket.subject,
        "text": "\n\n".join(entry.text for entry in new if entry.text),
        "name": ticket.name,
        "sender": new[0].facts.get("from") or ticket.sender,
        "customer": ticket.customer,
        "level": {"": ticket.level} if level.title is None else dict(level.title.translations),
        "team": ticket.team,
        "due_at": None if own is None else own.clock.due_at,
        "link": None if site is None else f"{site.rstrip('/')}/tickets/{ticket.number}",
        "at": new[0].at,
    }
