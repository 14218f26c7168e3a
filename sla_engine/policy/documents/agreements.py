"""What is promised, as it is written: in an SLA, in a customer's contract, and in its amendments."""

from collections.abc import Mapping
from datetime import date
from typing import Literal

from attrs import field, frozen

from sla_engine.model.credit import Cap, Grant
from sla_engine.model.duration import Duration, Within
from sla_engine.model.money import Money
from sla_engine.model.percent import Percent
from sla_engine.model.text import Text
from sla_engine.model.zone import Zone
from sla_engine.policy.documents.services import ServiceTable
from sla_engine.policy.values import Id, ServiceList


@frozen
class AvailabilityTable:
    """A share of the agreed time for which a service shall be up."""

    target: Percent | None = None  # reaching it exactly meets it
    during: str | None = None  # calendar of the agreed service time; default: always


@frozen
class LatencyTable:
    """A share of a service's checks that shall answer in less than a bound."""

    target: Percent | None = None  # share of the checks
    under: Duration | None = None  # bound
    during: str | None = None  # calendar of the agreed service time; default: always


@frozen
class ResponseTable:
    """The time within which a customer shall be answered."""

    within: Within | None = None  # open time, or business days such as 5bd
    during: str | None = None  # calendar on which it runs; default: always
    target: Percent | None = None  # share of the clocks that must keep it; default: 100%
    business_days: Literal["same-time", "end-of-day"] | None = None  # what 5bd means


@frozen
class CreditTable:
    """What is given back when availability falls below a bound."""

    below: Percent  # bound
    credit: Grant  # share of the fee, or days of service such as 3d
    services: ServiceList = None  # those whose availability it is about, or "all"


@frozen
class CreditsTable:
    """How what the tiers grant becomes one credit: the worst tier of each service, then the minimum, then the cap."""

    combine: Literal["worst", "sum"] | None = None  # largest of the services' credits, or all added; default: worst
    share: Mapping[str, Percent] | None = None  # how much of the fee is each service's; default: a credit is of all
    minimum: Money | None = None  # a smaller credit is not given
    cap: Cap | None = None  # most that a period gives back: a share of the fee, money or days; default: the whole fee


@frozen
class ClauseTable:
    """A text of the agreement that is printed and not judged."""

    text: Text  # in one or several languages
    title: Text | None = None  # for people


@frozen
class Terms:
    """What an SLA promises, a customer's contract changes, and an amendment changes again."""

    availability: Mapping[str, AvailabilityTable] = field(factory=dict)  # by service
    latency: Mapping[str, LatencyTable] = field(factory=dict)  # by service
    response: Mapping[Id, ResponseTable] = field(factory=dict)  # by support level
    credit: tuple[CreditTable, ...] | None = None  # tiers; a contract's own replace those it inherits
    credits: CreditsTable = CreditsTable()  # how what the tiers grant becomes one credit
    clause: Mapping[Id, ClauseTable] = field(factory=dict)  # by id
    title: Text | None = None  # for people
    timezone: Zone | None = None  # in which its periods begin and end
    period: Literal["week", "month", "quarter", "year"] | None = None  # over what it is judged
    anchor: date | None = None  # a date on which a period begins, such as the 16th of a month
    rolling: Duration | None = None  # or the length of time that ended just now
    accounting: str | None = None  # profile by which it is judged
    fee: Money | None = None  # per period


@frozen
class SlaTable(Terms):
    """An agreement that holds for everybody, and that dedicated contracts start from."""

    since: date | None = None  # first day it stands
    until: date | None = None  # first day it does not


@frozen
class Amendment(Terms):
    """Terms that hold from a date on; the time before keeps its own."""

    from_: date = field(kw_only=True)  # first day


@frozen
class CustomerTable(Terms):
    """A customer with a dedicated contract: what is not said here comes from the SLA that it names."""

    name: str | None = None  # as in correspondence
    number: str | None = None  # customer number
    contacts: tuple[str, ...] = ()  # e-mail addresses
    language: Literal["en", "pt", "es", "fr", "de"] = "en"  # in which the customer is written to
    sla: str | None = None  # the SLA that the contract starts from
    incident_tickets: bool = False  # whether an incident of a service in the contract opens a ticket
    since: date | None = None  # first day it stands
    until: date | None = None  # first day it does not
    amendment: tuple[Amendment, ...] = ()  # later changes
    service: Mapping[Id, ServiceTable] = field(factory=dict)  # own infrastructure, known elsewhere as customer/service
