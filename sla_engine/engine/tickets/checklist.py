"""What must be known of a ticket before a level takes it, and what of that is missing.

The contract wants the customer's data, an attempt to reproduce the incident and a look into the FAQ before the second
level is asked, and for deliverability a check of the customer's DNS, SPF and DKIM.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sla_engine.policy import PolicySet
from sla_engine.store.tickets import Attachment, Ticket, TicketEntry

FOUND_BY_ITSELF = ("dns", "spf", "dkim")
"""What the engine looks up by itself."""


def required(policies: PolicySet, level: str, topic: str | None) -> Sequence[str]:
    """The names of what a level wants to know of a ticket of that topic."""
    table = policies.support[level]
    return tuple(dict.fromkeys((*table.requires, *table.requires_for.get(topic or "", ()))))


def known_facts(
    policies: PolicySet, ticket: Ticket, entries: Iterable[TicketEntry], files: Iterable[Attachment]
) -> Mapping[str, Any]:
    """What is known of a ticket, by the names of the checklist; the newest word on each."""
    facts: dict[str, Any] = {}
    customer = policies.customers.get(ticket.customer or "")
    if customer is not None and customer.number:
        facts["customer_number"] = customer.number
    pictures = [one.name for one in files if one.media_type.startswith("image/")]
    if pictures:
        facts["screenshot"] = ", ".join(pictures)
    for entry in entries:
        if entry.act == "found":
            facts |= entry.facts
    return {name: value for name, value in facts.items() if _says_something(value)}


def missing(policies: PolicySet, level: str, topic: str | None, facts: Mapping[str, Any]) -> Sequence[str]:
    """What a level wants to know and is not known, in the order of the policies."""
    return [name for name in required(policies, level, topic) if name not in facts]


def _says_something(value: Any) -> bool:
    return value is not None and (not isinstance(value, str) or bool(value.strip()))
