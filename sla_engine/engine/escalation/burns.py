"""Telling of error budgets that burn too fast, once when that begins and once when it is over.

It begins when both windows of an alert burn at its factor, and is over once the short window of every alert burns at
less than half of it: a budget at the edge would otherwise begin and end with every minute. What is not known ends
nothing, and while too little of the short windows is known, as after the engine was away, nobody is told anything more.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen

from sla_engine.engine.budgets import BudgetStatus
from sla_engine.engine.escalation.routing import Route, routes_of_budgets
from sla_engine.engine.escalation.telling import Abouts, Matter, Telling, tell, together
from sla_engine.evaluation.burn import BurnAlert
from sla_engine.model.contract import Contract
from sla_engine.model.instant import Instant
from sla_engine.model.percent import format_ratio
from sla_engine.plugin import Severity
from sla_engine.policy import PolicySet
from sla_engine.store.outbox import Notice

ROOT = "burn"
"""The first part of the threads."""
_ABOUTS = Abouts("burn", "burn", "burn-over")


@frozen
class Burning:
    """How an error budget burns, as one escalation watches it; made of words and numbers alone, as it travels.

    Attributes:
        escalation, agreement, customer, service: which budget, watched by whom; no customer where it is an SLA's.
        severity: of the service.
        fires: whether any of the escalation's alerts does.
        is_over: whether all of them have ended, where any has fired.
        is_certain: whether enough is known to say that it goes on, or that it is over.
        facts: what texts are made of.
        figures: the facts that are of the alert, while it lasts.
    """

    escalation: str
    agreement: str
    customer: str | None
    service: str
    severity: Severity
    fires: bool
    is_over: bool
    is_certain: bool
    facts: Mapping[str, Any]
    figures: Mapping[str, str]

    @property
    def thread(self) -> str:
        """The thread of all notices about it by its escalation."""
        whose = self.agreement if self.customer is None else f"{self.agreement}@{self.customer}"
        return f"{ROOT}/{self.escalation}/{whose}/{self.service}"


@frozen
class Burns:
    """Who is to be told of budgets that burn.

    Attributes:
        since: of each thread that burns, since when; to be handed in at the next look.
    """

    telling: Telling
    since: Mapping[str, Instant]


def burnings(contract: Contract, standing: Iterable[BudgetStatus], policies: PolicySet) -> Iterator[Burning]:
    """How the budgets of an agreement burn, as each escalation sees it that watches them.

    Args:
        standing: the budgets of its availability objectives, in their order.
    """
    customer = None if contract.customer is None else contract.customer.id
    for objective, status in zip(contract.availability, standing, strict=True):
        for route in routes_of_budgets(objective.service, customer, policies):
            alerts = [one.alert for one in status.alerts if one.escalation == route.escalation]
            yield _burning(contract, objective.service, status, route, alerts, policies)


def tell_burns(
    found: Iterable[Burning], since: Mapping[str, Instant], told: Sequence[Notice], now: Instant, policies: PolicySet
) -> Burns:
    """Whom the escalations have to tell of budgets that burn, or do so no longer.

    Args:
        since: as the look before found it; what is not in it is taken from what was told, else it begins now.
        told: the notices of such threads that are on record.
    """
    tellings, lasting = [], {}
    last = {one.thread: one for one in told}
    for one in found:
        route = _route(one, policies)
        before = since.get(one.thread, _told_since(last.get(one.thread)))
        opened_at = _lasts_since(one, before, now)
        if opened_at is not None:
            lasting[one.thread] = opened_at
        if route is not None and one.is_certain and (opened_at is not None or one.thread in last):
            tellings.append(tell(_matter(one, opened_at, now), route, told, now, policies))
    return Burns(together(tellings), lasting)


def is_over(alert: BurnAlert) -> bool:
    """Whether what was told of an alert has ended; where nothing is agreed, nothing burns."""
    if alert.factor is None or not alert.short.allowance:
        return True
    return alert.short.is_known and alert.short.rate is not None and alert.short.rate < alert.factor / 2


def _burning(
    contract: Contract,
    service: str,
    status: BudgetStatus,
    route: Route,
    alerts: Sequence[BurnAlert],
    policies: PolicySet,
) -> Burning:
    known, recent = policies.services[service], status.outlook.recent[0].forecast
    ended = all(map(is_over, alerts))
    return Burning(
        escalation=route.escalation,
        agreement=contract.agreement,
        customer=None if contract.customer is None else contract.customer.id,
        service=service,
        severity=known.severity,
        fires=any(alert.fires for alert in alerts),
        is_over=ended,
        is_certain=ended or any(alert.fires or (alert.short.is_known and not is_over(alert)) for alert in alerts),
        facts={
            "service": service,
            "title": dict(known.title.translations),
            "agreement": dict(contract.title.translations),
            "customer": None if contract.customer is None else contract.customer.name,
            "left": status.outlook.affordable,
            "breach_at": None if recent is None else recent.breached_at,
        },
        figures=_figures(alerts),
    )


def _route(one: Burning, policies: PolicySet) -> Route | None:
    routes = routes_of_budgets(one.service, one.customer, policies)
    return next((route for route in routes if route.escalation == one.escalation), None)


def _lasts_since(one: Burning, before: Instant | None, now: Instant) -> Instant | None:
    """Since when a budget burns, or None where it does not."""
    if before is not None:
        return before if one.fires or not one.is_over else None
    return now - 1 if one.fires else None


def _matter(one: Burning, opened_at: Instant | None, now: Instant) -> Matter:
    facts = one.facts if opened_at is None else {**one.facts, "opened_at": opened_at, **one.figures}
    closed_at = now - 1 if opened_at is None else None
    return Matter(one.thread, _ABOUTS, facts, one.severity, opened_at=opened_at, closed_at=closed_at)


def _told_since(last: Notice | None) -> Instant | None:
    """Since when it has burnt by what was told last, or None where that was its end, or nothing."""
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
