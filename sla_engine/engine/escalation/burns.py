"""Telling of error budgets that burn too fast, once when that begins and once when it is over.

It begins when both windows of an alert burn at its factor, and is over once the short window of every alert burns at
less than half of it: a budget at the edge would otherwise begin and end with every minute. What is not known ends
nothing, and while too little of the short windows is known, as after the engine was away, nobody is told anything more.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from attrs import frozen

from sla_engine.engine.budgets import BudgetStatus
from sla_engine.engine.escalation.routing import Route, routes_of_budgets
from sla_engine.engine.escalation.telling import Abouts, Matter, Telling, tell, together
from sla_engine.evaluation.burn import BurnAlert
from sla_engine.model.contract import Contract
from sla_engine.model.instant import Instant
from sla_engine.model.percent import format_ratio
from sla_engine.policy import PolicySet
from sla_engine.store.outbox import Notice

ROOT = "burn"
"""The first part of the threads."""
_ABOUTS = Abouts("burn", "burn", "burn-over")


@frozen
class Budget:
    """The error budget of one objective, as it stands now."""

    contract: Contract
    service: str
    status: BudgetStatus

    @property
    def customer(self) -> str | None:
        """Whose contract it is in, or None for an SLA's."""
        return None if self.contract.customer is None else self.contract.customer.id


@frozen
class Burns:
    """Who is to be told of budgets that burn.

    Attributes:
        since: of each thread that burns, since when; to be handed in at the next look.
    """

    telling: Telling
    since: Mapping[str, Instant]


def tell_burns(
    budgets: Iterable[Budget], since: Mapping[str, Instant], told: Sequence[Notice], now: Instant, policies: PolicySet
) -> Burns:
    """Whom the escalations have to tell of budgets that burn, or do so no longer.

    Args:
        since: as the look before found it; what is not in it is taken from what was told, else it begins now.
        told: the notices of such threads that are on record.
    """
    tellings, burning = [], {}
    for budget in budgets:
        for route, alerts in _watched(budget, policies):
            matter = _matter(budget, route, alerts, since, told, now, policies)
            if matter.opened_at is not None:
                burning[matter.thread] = matter.opened_at
            if _is_certain(alerts):
                tellings.append(tell(matter, route, told, now, policies))
    return Burns(together(tellings), burning)


def is_over(alert: BurnAlert) -> bool:
    """Whether what was told of an alert has ended; where nothing is agreed, nothing burns."""
    if alert.factor is None or not alert.short.allowance:
        return True
    return alert.short.is_known and alert.short.rate is not None and alert.short.rate < alert.factor / 2


def _is_certain(alerts: Sequence[BurnAlert]) -> bool:
    """Whether enough is known to say that any goes on, or that all are over."""
    return any(alert.fires or (alert.short.is_known and not is_over(alert)) for alert in alerts) or all(
        map(is_over, alerts)
    )


def _watched(budget: Budget, policies: PolicySet) -> Iterator[tuple[Route, Sequence[BurnAlert]]]:
    for route in routes_of_budgets(budget.service, budget.customer, policies):
        yield route, [one.alert for one in budget.status.alerts if one.escalation == route.escalation]


def _matter(
    budget: Budget,
    route: Route,
    alerts: Sequence[BurnAlert],
    since: Mapping[str, Instant],
    told: Sequence[Notice],
    now: Instant,
    policies: PolicySet,
) -> Matter:
    service = policies.services[budget.service]
    whose = budget.contract.agreement if budget.customer is None else f"{budget.contract.agreement}@{budget.customer}"
    thread = f"{ROOT}/{route.escalation}/{whose}/{budget.service}"
    before = since.get(thread, _told_since(thread, told))
    fires = any(alert.fires for alert in alerts)
    lasts = fires or (before is not None and not all(map(is_over, alerts)))
    opened_at = (now - 1 if before is None else before) if lasts else None
    outlook, recent = budget.status.outlook, budget.status.outlook.recent[0].forecast
    facts = {
        "service": service.id,
        "title": dict(service.title.translations),
        "agreement": dict(budget.contract.title.translations),
        "customer": None if budget.contract.customer is None else budget.contract.customer.name,
        "left": outlook.affordable,
        "breach_at": None if recent is None else recent.breached_at,
        **({} if opened_at is None else {"opened_at": opened_at, **_figures(alerts)}),
    }
    closed_at = None if lasts else now - 1
    return Matter(thread, _ABOUTS, facts, service.severity, opened_at=opened_at, closed_at=closed_at)


def _told_since(thread: str, told: Sequence[Notice]) -> Instant | None:
    """Since when it has burnt by what was told last, or None where that was its end, or nothing."""
    last = next((one for one in reversed(told) if one.thread == thread), None)
    return None if last is None or last.about == _ABOUTS.ends else last.facts.get("opened_at")


def _figures(alerts: Sequence[BurnAlert]) -> Mapping[str, str]:
    """Those of the fastest alert that fires, else of the fastest that there is."""
    alert = max(alerts, key=lambda one: (one.fires, one.factor or 0))
    rate = alert.long.least_rate
    return {
        "share": str(alert.rule.share),
        "long": str(alert.rule.long),
        "short": str(alert.rule.short),
        "rate": "" if rate is None else format_ratio(rate),
    }
