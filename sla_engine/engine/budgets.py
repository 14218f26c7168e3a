"""How error budgets stand: how they burn, where that leads, and which alerts fire by it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from attrs import frozen

from sla_engine.model.instant import format_instant, seconds
from sla_engine.model.percent import format_percent, format_ratio

if TYPE_CHECKING:
    from sla_engine.evaluation.burn import BurnAlert
    from sla_engine.evaluation.outlook import Outlook, Pace


@frozen
class BudgetAlert:
    """A burn-rate alert upon an objective, and the escalation that has it."""

    escalation: str
    alert: "BurnAlert"


@frozen
class BudgetStatus:
    """How the error budget of an objective stands.

    Attributes:
        alerts: those that do not fire too.
    """

    outlook: "Outlook"
    alerts: tuple[BudgetAlert, ...]


def budget_json(status: BudgetStatus) -> Mapping[str, Any]:
    """A budget as programs read it; lengths in seconds, percentages and rates as text that is rounded down."""
    found = status.outlook
    return {
        "budget_spent": seconds(int(found.spent)),
        "affordable": seconds(found.affordable),
        "burn": [_pace_json(pace) for pace in (found.so_far, *found.recent)],
        "burn_alerts": [_alert_json(one) for one in status.alerts],
    }


def _pace_json(pace: "Pace") -> Mapping[str, Any]:
    forecast = pace.forecast
    at = None if forecast is None else forecast.breached_at
    return {
        "window": "period" if pace.window is None else str(pace.window),
        "rate": None if pace.burn.rate is None else format_ratio(pace.burn.rate),
        "spent": seconds(int(pace.burn.spent)),
        "measured_at_end": None if forecast is None else format_percent(forecast.measured),
        "breach_at": None if at is None else format_instant(at),
    }


def _alert_json(one: BudgetAlert) -> Mapping[str, Any]:
    alert = one.alert
    factor, long, short = (
        None if rate is None else format_ratio(rate)
        for rate in (alert.factor, alert.long.least_rate, alert.short.least_rate)
    )
    return {
        "escalation": one.escalation,
        "share": format_percent(alert.rule.share.ratio),
        "long": {"window": str(alert.rule.long), "rate": long},
        "short": {"window": str(alert.rule.short), "rate": short},
        "factor": factor,
        "fires": alert.fires,
    }
