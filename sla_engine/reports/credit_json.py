"""A credit as JSON: shares as text rounded down, money as text in whole minor units."""

from collections.abc import Mapping
from typing import Any

from sla_engine.model.credit import ServiceDays
from sla_engine.model.percent import format_percent
from sla_engine.model.verdict import Credit, ServiceCredit
from sla_engine.reports.credit_text import explanation


def credit_json(credit: Credit) -> Mapping[str, Any]:
    """What is given, and how it came to that."""
    return {
        "percent": format_percent(credit.percent.ratio),
        "amount": None if credit.amount is None else f"{credit.amount.amount:f}",
        "currency": None if credit.amount is None else credit.amount.currency,
        "days": None if credit.days is None else credit.days.count,
        "provisional": credit.is_provisional,
        "by_service": [_of_service(one) for one in credit.by_service],
        "explanation": explanation(credit),
    }


def _of_service(one: ServiceCredit) -> Mapping[str, Any]:
    return {
        "service": one.service,
        "measured": format_percent(one.measured),
        "below": format_percent(one.tier.below.ratio),
        "percent": None if isinstance(one.granted, ServiceDays) else format_percent(one.granted.ratio),
        "days": one.granted.count if isinstance(one.granted, ServiceDays) else None,
    }
