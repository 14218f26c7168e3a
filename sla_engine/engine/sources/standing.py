"""How a ticket that lives elsewhere stands, from everything that happened to it, by the time at which it happened."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from attrs import evolve

from sla_engine.engine.tickets.clocks import clocks_of, is_settled
from sla_engine.engine.tickets.levels import first_level, team_for
from sla_engine.engine.tickets.opening import customer_of
from sla_engine.engine.tickets.words import one_line
from sla_engine.model.instant import Instant
from sla_engine.model.ticket import TicketAct
from sla_engine.policy import PolicySet
from sla_engine.store.tickets import Ticket, TicketEntry, TicketState, events_of

_STATES: Mapping[str, TicketState] = MappingProxyType(
    {
        "opened": "open",
        "reached": "open",
        "answered": "answered",
        "waiting": "waiting",
        "resumed": "open",
        "resolved": "resolved",
        "reopened": "open",
    }
)
_ORDER = tuple(act.value for act in TicketAct)
_AT_A_LEVEL = ("opened", "reached", "reopened")

DETAILS = ("subject", "customer", "sender")
"""What an event tells of a ticket beside what happened, as the help desk has it."""


def standing(
    policies: PolicySet, customers: Mapping[str, str], ticket: Ticket, entries: Iterable[TicketEntry], now: Instant
) -> Ticket:
    """The ticket as its entries have it; the same in whatever order they came.

    Args:
        customers: ours by the names that the help desk calls them.
    """
    story = in_order(entries)
    details = details_of(story, ticket.source)
    level = first_level(policies)
    state: TicketState = "open"
    for entry in story:
        if entry.act != "reached" or state != "waiting":  # handing on ends no wait for the customer
            state = _STATES.get(entry.act, state)
        if entry.act in _AT_A_LEVEL and entry.level is not None:
            level = entry.level
    stands = evolve(
        ticket,
        opened_at=_opened_at(story),
        subject=one_line(str(details.get("subject", ""))) or "(no subject)",
        customer=_customer(policies, customers, details),
        name=one_line(str(details["customer"])) if details.get("customer") else None,
        level=level,
        team=team_for(policies, level, ticket.topic) if level in policies.support else None,
        state=state,
        last_at=story[-1].at,
    )
    clocks = clocks_of(policies, events_of(stands, story), stands.customer, now)
    return evolve(stands, is_settled=is_settled(clocks))


def in_order(entries: Iterable[TicketEntry]) -> Sequence[TicketEntry]:
    """Entries by the time at which they happened; those of one instant as clocks take them."""
    return sorted(entries, key=_when)


def details_of(story: Iterable[TicketEntry], source: str) -> Mapping[str, Any]:
    """The last word of a help desk on each detail of a ticket; what people entered here is none."""
    details: dict[str, Any] = {}
    for entry in story:
        if entry.key is not None and entry.key.startswith(f"{source}/"):
            details |= {name: entry.facts[name] for name in DETAILS if name in entry.facts}
    return details


def _when(entry: TicketEntry) -> tuple[Instant, int, str]:
    return (entry.at, _ORDER.index(entry.act) if entry.act in _ORDER else len(_ORDER), entry.key or "")


def _opened_at(story: Sequence[TicketEntry]) -> Instant:
    return next((entry.at for entry in story if entry.act == "opened"), story[0].at)


def _customer(policies: PolicySet, customers: Mapping[str, str], details: Mapping[str, Any]) -> str | None:
    """Ours: by the help desk's name for them, by our own, or by their address."""
    named = details.get("customer")
    found = customers.get(str(named), str(named))
    return found if found in policies.customers else customer_of(policies, details.get("sender"))
