"""Contracts as they stand at one time: everything inherited, amended and resolved."""

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Literal, Protocol

from attrs import field, frozen

from sla_engine.model.accounting import Accounting
from sla_engine.model.credit import CreditTerms, CreditTier
from sla_engine.model.duration import Duration, Within
from sla_engine.model.instant import Instant
from sla_engine.model.interval import Interval
from sla_engine.model.money import Money
from sla_engine.model.percent import Percent
from sla_engine.model.period import PeriodRule
from sla_engine.model.service import Service
from sla_engine.model.text import Text
from sla_engine.model.zone import Zone


class BusinessTime(Protocol):
    """What judgement needs of a calendar. Instants and lengths are microseconds."""

    def open_between(self, start: Instant, end: Instant) -> int:
        """Open microseconds in ``[start, end)``."""
        ...

    def open_intervals(self, start: Instant, end: Instant) -> Sequence[Interval]:
        """The open intervals within ``[start, end)``."""
        ...

    def due(self, start: Instant, within: Within, *, end_of_day: bool = False) -> Instant:
        """The instant by which something promised within that open time, or those business days, is due."""
        ...


@frozen
class AvailabilityObjective:
    """A service shall be up for that share of its agreed time.

    Attributes:
        service: the service's id.
        target: the share; reaching it exactly meets it.
        during: the id of the calendar that is the agreed service time.
    """

    service: str
    target: Percent
    during: str = "always"


@frozen
class LatencyObjective:
    """That share of a service's checks shall answer in less than a bound."""

    service: str
    target: Percent
    under: Duration
    during: str = "always"


@frozen
class ResponseObjective:
    """A customer shall be answered within an open time, or a number of business days.

    Attributes:
        level: the support level's id.
        within: the longest time to an answer.
        during: the id of the calendar on which it runs.
        target: the share of clocks that must keep it.
        business_days: what ``5bd`` means: the same wall time, or the last closing of that date.
    """

    level: str
    within: Within
    during: str = "always"
    target: Percent = Percent(Fraction(1))
    business_days: Literal["same-time", "end-of-day"] = "same-time"


@frozen
class Customer:
    """Who a dedicated contract is with.

    Attributes:
        id: the id in the policies.
        name: as in correspondence.
        number: the customer number, or None.
        contacts: e-mail addresses.
        language: in which the customer is written to.
    """

    id: str
    name: str
    number: str | None = None
    contacts: tuple[str, ...] = ()
    language: str = "en"


@frozen
class Contract:
    """One agreement's terms at one time; compiled once, never changed.

    Attributes:
        agreement: the id of the SLA, ``standard``; of a dedicated contract, the SLA that it extends.
        customer: whose dedicated contract it is, or None for the SLA itself.
        title: for people.
        timezone: the zone in which its periods begin and end.
        period: over what it is judged.
        accounting: how.
        availability, latency, response: what is promised, in the order written.
        credits: tiers from the mildest to the worst.
        clauses: texts of the agreement that are printed and not judged, by id.
        since, until: the first day it stands and the first day it does not, in ``timezone``; None is open.
        fee: per period, or None.
        services: the services that its objectives name.
        calendars: the calendars that its objectives name.
        policy_hash: of the policy text that made it.
        credit_terms: how what the tiers grant becomes a credit.
    """

    agreement: str
    customer: Customer | None
    title: Text
    timezone: Zone
    period: PeriodRule
    accounting: Accounting
    availability: tuple[AvailabilityObjective, ...]
    latency: tuple[LatencyObjective, ...]
    response: tuple[ResponseObjective, ...]
    credits: tuple[CreditTier, ...]
    clauses: Mapping[str, Text]
    since: date | None
    until: date | None
    fee: Money | None
    services: Mapping[str, Service]
    calendars: Mapping[str, BusinessTime]
    policy_hash: str
    credit_terms: CreditTerms = field(factory=CreditTerms)
