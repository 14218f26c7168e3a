"""Whose contract a ticket falls under."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sla_engine.model.ticket import TicketEvent

if TYPE_CHECKING:
    from sla_engine.policy.policies import PolicySet


def covered_tickets(
    policies: "PolicySet", events: Iterable[TicketEvent], customer: str | None
) -> Sequence[TicketEvent]:
    """The events of the tickets that a contract covers.

    A customer with a contract of their own is answered by its terms, and everybody else by the SLA's. A ticket is its
    customer's by any of its events that names one.
    """
    known = list(events)
    holders = {event.ticket: event.customer for event in known if event.customer is not None}

    def is_covered(event: TicketEvent) -> bool:
        holder = holders.get(event.ticket)
        return holder == customer if customer is not None else holder not in policies.customers

    return [event for event in known if is_covered(event)]
