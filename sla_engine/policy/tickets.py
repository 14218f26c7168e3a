"""By whose contract tickets are answered.

A customer with a contract of their own is answered by its terms while it stands, and everybody else by the general
SLA's. What stood when a clock started is its own for ever, so a ticket that is older than a contract may have clocks
of both.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from sla_engine.calendars.wall import date_at
from sla_engine.model.contract import Contract
from sla_engine.model.instant import Instant
from sla_engine.model.ticket import TicketAct, TicketEvent

if TYPE_CHECKING:
    from sla_engine.policy.policies import PolicySet

_STARTING = {TicketAct.OPENED, TicketAct.REACHED, TicketAct.REOPENED}


@frozen(eq=False)
class Answering:
    """By whose contract whoever asks is answered."""

    policies: "PolicySet"

    def terms(self, customer: str | None, at: Instant) -> Contract | None:
        """The contract by which a clock runs that starts at an instant, or None where there is no SLA at all."""
        own = self._own(customer, at)
        if own is not None or self.policies.general_sla is None:
            return own
        return self._terms(None, at)

    def is_by_own(self, customer: str | None, at: Instant) -> bool:
        """Whether a customer's own contract stands at an instant."""
        return self._own(customer, at) is not None

    def _own(self, customer: str | None, at: Instant) -> Contract | None:
        if customer is None or customer not in self.policies.customers:
            return None
        contract = self._terms(customer, at)
        if contract.since is None and contract.until is None:
            return contract
        on = date_at(at, contract.timezone)
        begins, ends = contract.since or on, contract.until
        return contract if begins <= on and (ends is None or on < ends) else None

    def _terms(self, customer: str | None, at: Instant) -> Contract:
        sla = self.policies.general_sla if customer is None else None
        return self.policies.contract_over_time(sla=sla, customer=customer)(at)


def covered_tickets(
    policies: "PolicySet", events: Iterable[TicketEvent], customer: str | None
) -> Sequence[TicketEvent]:
    """The events of the tickets that a customer's contract covers, or with None those that the SLA does.

    A ticket is its customer's by any of its events that names one. Of a ticket of which only some clocks are the SLA's,
    the events that start the others tell no level.
    """
    known = list(events)
    holders = {event.ticket: event.customer for event in known if event.customer is not None}
    if customer is not None:
        return [event for event in known if holders.get(event.ticket) == customer]
    answering, with_contract = policies.answering, policies.customers

    def is_by_own(event: TicketEvent) -> bool:
        return event.act in _STARTING and answering.is_by_own(holders.get(event.ticket), event.at)

    everybodys = {event.ticket for event in known if holders.get(event.ticket) not in with_contract}
    everybodys |= {event.ticket for event in known if event.act in _STARTING and not is_by_own(event)}
    ours = [event for event in known if event.ticket in everybodys]
    return [evolve(event, level=None) if is_by_own(event) else event for event in ours]
