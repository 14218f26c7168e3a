"""How the budgets burn that escalations watch, worked out from the store; as much work as a look at the status."""

from collections.abc import Iterator

from attrs import evolve

from sla_engine.calendars.periods import period_at
from sla_engine.engine.burning import budgets
from sla_engine.engine.escalation.burns import Burning, burnings
from sla_engine.engine.escalation.routing import routes_of_budgets
from sla_engine.engine.standing import known_history
from sla_engine.model.contract import Contract
from sla_engine.model.instant import Instant
from sla_engine.policy import PolicySet
from sla_engine.store import Store


def budgets_that_burn(policies: PolicySet, store: Store, now: Instant) -> list[Burning]:
    """How the budgets of all agreements burn that any escalation watches."""
    found: list[Burning] = []
    for contract in _watched(policies, now):
        period = period_at(now, contract.period, contract.timezone)
        # No budget is made of tickets or latencies, which would be read anew for each customer.
        history = known_history(policies, store, evolve(contract, response=(), latency=()), period)
        found += burnings(contract, budgets(policies, store, contract, period, history, now), policies)
    return found


def _watched(policies: PolicySet, now: Instant) -> Iterator[Contract]:
    """The agreements that have a budget which anybody watches."""
    holders = [
        *((None, policies.contract(sla=name, at=now)) for name in policies.slas),
        *((name, policies.contract(customer=name, at=now)) for name in policies.customers),
    ]
    for customer, contract in holders:
        if any(routes_of_budgets(one.service, customer, policies) for one in contract.availability):
            yield contract
