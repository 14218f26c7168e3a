"""From effective terms to a contract: the values that judgement works with."""

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from sla_engine.calendars import Calendar
from sla_engine.model.accounting import Accounting
from sla_engine.model.contract import (
    AvailabilityObjective,
    Contract,
    Customer,
    LatencyObjective,
    ResponseObjective,
)
from sla_engine.model.credit import CreditTerms, CreditTier
from sla_engine.model.percent import parse_percent
from sla_engine.model.period import CalendarPeriod, PeriodRule, RollingPeriod
from sla_engine.model.service import Service
from sla_engine.model.text import Text, plain
from sla_engine.model.zone import parse_zone
from sla_engine.policy.documents import CreditTable
from sla_engine.policy.terms import Leaves

_UTC = parse_zone("UTC")
_EVERY_CLOCK = parse_percent("100%")


@frozen
class Parts:
    """What contracts are made of besides their terms."""

    calendars: Mapping[str, Calendar]
    services: Mapping[str, Service]
    accounting: Mapping[str, Accounting]
    policy_hash: str


def build_contract(agreement: str, customer: Customer | None, leaves: Leaves, parts: Parts) -> Contract:
    """The contract that these terms make."""
    owner = customer.id if customer else None
    availability = tuple(
        AvailabilityObjective(service_id(name, owner, parts.services), terms["target"], terms.get("during", "always"))
        for name, terms in _named(leaves, "availability").items()
        if "target" in terms
    )
    latency = tuple(
        LatencyObjective(
            service_id(name, owner, parts.services), terms["target"], terms["under"], terms.get("during", "always")
        )
        for name, terms in _named(leaves, "latency").items()
        if {"target", "under"} <= set(terms)
    )
    response = tuple(
        ResponseObjective(
            level,
            terms["within"],
            terms.get("during", "always"),
            terms.get("target", _EVERY_CLOCK),
            terms.get("business_days", "same-time"),
        )
        for level, terms in _named(leaves, "response").items()
        if "within" in terms
    )
    promised = {promise.service for promise in availability} | {bound.service for bound in latency}
    used = {promise.during for promise in availability} | {bound.during for bound in latency}
    used |= {clock.during for clock in response}
    return Contract(
        agreement=agreement,
        customer=customer,
        title=_value(leaves, "title", plain(customer.name if customer else agreement)),
        timezone=_value(leaves, "timezone", _UTC),
        period=_period(leaves),
        accounting=parts.accounting[_value(leaves, "accounting", "default")],
        availability=availability,
        latency=latency,
        response=response,
        credits=tuple(_tier(tier, owner, parts.services) for tier in _value(leaves, "credit", ())),
        clauses={name: _clause(terms) for name, terms in _named(leaves, "clause").items()},
        since=_value(leaves, "since", None),
        until=_value(leaves, "until", None),
        fee=_value(leaves, "fee", None),
        services={name: parts.services[name] for name in sorted(promised)},
        calendars={name: parts.calendars[name] for name in sorted(used)},
        policy_hash=parts.policy_hash,
        credit_terms=_credit_terms(leaves, owner, parts.services),
    )


def service_id(name: str, customer: str | None, services: Mapping[str, Any]) -> str:
    """The service that a contract means by a name: the customer's own of that name, else everybody's."""
    own = f"{customer}/{name}"
    return own if customer is not None and own in services else name


def _tier(tier: CreditTable, owner: str | None, services: Mapping[str, Any]) -> CreditTier:
    about = None if tier.services is None else tuple(service_id(name, owner, services) for name in tier.services)
    return CreditTier(tier.below, tier.credit, about)


def _credit_terms(leaves: Leaves, owner: str | None, services: Mapping[str, Any]) -> CreditTerms:
    said = {key[1]: leaf.value for key, leaf in leaves.items() if key[0] == "credits"}
    share = {service_id(name, owner, services): part for name, part in said.pop("share", {}).items()}
    return CreditTerms(share=share, **said)


def _named(leaves: Leaves, group: str) -> Mapping[str, Mapping[str, Any]]:
    named: dict[str, dict[str, Any]] = {}
    for key, leaf in leaves.items():
        if key[0] == group:
            named.setdefault(key[1], {})[key[2]] = leaf.value
    return named


def _value(leaves: Leaves, name: str, default: Any) -> Any:
    leaf = leaves.get((name,))
    return default if leaf is None else leaf.value


def _period(leaves: Leaves) -> PeriodRule:
    rolling = _value(leaves, "rolling", None)
    if rolling is not None:
        return RollingPeriod(rolling)
    return CalendarPeriod(_value(leaves, "period", "month"), _value(leaves, "anchor", None))


def _clause(terms: Mapping[str, Any]) -> Text:
    text: Text = terms["text"]
    return text
