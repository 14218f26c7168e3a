"""The error budgets of an agreement, worked out from what the store knows."""

from collections.abc import Sequence

from attrs import evolve

from sla_engine.calendars.periods import Period, period_at
from sla_engine.engine.budgets import BudgetAlert, BudgetStatus
from sla_engine.engine.escalation import routes_of_budgets
from sla_engine.engine.exclusions import exclusions_within
from sla_engine.engine.maintenance.proof import maintenance_within
from sla_engine.evaluation import History
from sla_engine.evaluation.burn import Watch, burn_alert
from sla_engine.evaluation.outlook import WINDOWS, outlook
from sla_engine.model.burn import BurnRule
from sla_engine.model.contract import AvailabilityObjective, Contract
from sla_engine.model.instant import Instant
from sla_engine.model.service import all_checks
from sla_engine.policy import PolicySet
from sla_engine.store import Store


def budgets(
    policies: PolicySet, store: Store, contract: Contract, period: Period, history: History, now: Instant
) -> list[BudgetStatus]:
    """The budgets of a contract's availability objectives, in their order.

    Args:
        history: what is known of the running period.
    """
    rules = [_rules_on(objective, contract, policies) for objective in contract.availability]
    reach = max(one.microseconds for one in (*WINDOWS, *(rule.long for own in rules for _, rule in own)))
    known = _reaching_back(history, policies, store, contract, period, now - reach)
    found = []
    for objective, own in zip(contract.availability, rules, strict=True):
        watch = Watch(contract, objective, known, period, now)
        alerts = tuple(BudgetAlert(name, burn_alert(watch, rule)) for name, rule in own)
        found.append(BudgetStatus(outlook(watch), alerts))
    return found


def _rules_on(
    objective: AvailabilityObjective, contract: Contract, policies: PolicySet
) -> Sequence[tuple[str, BurnRule]]:
    customer = None if contract.customer is None else contract.customer.id
    routes = routes_of_budgets(objective.service, customer, policies)
    return [(route.escalation, rule) for route in routes for rule in route.table.on.burn]


def _reaching_back(
    history: History, policies: PolicySet, store: Store, contract: Contract, period: Period, since: Instant
) -> History:
    """A period's history with what came before it; of maintenance, all of the periods that are touched."""
    if since >= period.start:
        return history
    checks = [check.id for check in all_checks(contract.services.values())]
    singly = [] if contract.accounting.measure == "time" else checks
    first = period_at(since, contract.period, contract.timezone).start
    return evolve(
        history,
        runs=store.runs(since, period.end, checks),
        results=[*history.results, *(one for check in singly for one in store.results(check, since, period.start))],
        maintenance=maintenance_within(policies, store, contract, first, period.end),
        exclusions=exclusions_within(store, first, period.end),
    )
