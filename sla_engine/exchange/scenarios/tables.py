"""A scenario as it is written: what happens, and what is expected of it. The comments are the keys' documentation."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, TypeAlias

from attrs import field, frozen

from sla_engine.model.credit import Cap
from sla_engine.model.duration import Duration
from sla_engine.model.percent import Percent
from sla_engine.policy.values import ServiceList

Moment: TypeAlias = datetime | str
"""An instant, or text such as ``+10d2m``: so long after the scenario's start, or after a ticket's opening."""

Moments: TypeAlias = Moment | tuple[Moment, ...]

Verdict: TypeAlias = Literal["met", "breached", "on_track", "at_risk", "no_data"]


@frozen
class EventTable:
    """One thing that happens to a ticket, where the short form of a ticket cannot tell it."""

    event: Literal["opened", "reached", "answered", "waiting", "resumed", "resolved"]  # what happens
    at: Moment  # when; +... counts from the scenario's start
    level: str | None = None  # support level that is reached or answers
    customer: str | None = None  # whose ticket it is


@frozen
class TicketTable:
    """A customer's ticket; in it +... counts from its opening."""

    level: str  # support level at which it is opened
    opened: Moment  # when; +... counts from the scenario's start
    customer: str | None = None  # whose ticket it is; default: somebody's without a contract of their own
    waiting: Moments = ()  # when the customer is asked for something, which stops the clock
    resumed: Moments = ()  # when the customer has answered
    answered: Moments = ()  # when the level answers
    resolved: Moments = ()  # when all is done, which is an answer on every level


@frozen
class WorkTable:
    """Maintenance that happens in the scenario, beside the policies' own."""

    services: ServiceList  # those it touches, or "all"
    starts: Moment  # when
    lasts: Duration  # how long
    announced: Moment | None = None  # when customers were told; default: never, so that it is not excluded
    by: str | None = None  # channel by which they were told, where the profile asks for some


@frozen
class ExclusionTable:
    """Time that a person takes out of the agreed time."""

    services: ServiceList  # those it is about, or "all"
    starts: Moment  # from when on
    lasts: Duration  # how long
    reason: str  # why


@frozen
class AvailabilityExpected:
    """What a promise of availability comes to; lengths may be negative where they can be, as in -5m."""

    verdict: Verdict | None = None  # met, breached, on_track, at_risk or no_data
    measured: Percent | None = None  # share of the time, to six decimals
    coverage: Percent | None = None  # share of the time of which anything is known
    up: str | None = None  # time that counts as up
    down: str | None = None  # time that counts as down
    unknown: str | None = None  # time of which nothing is known
    excluded: str | None = None  # maintenance and exclusions
    unscheduled: str | None = None  # outside the agreed time
    real_down: str | None = None  # all down time, whether it counts or not
    budget: str | None = None  # downtime that the whole period allows
    budget_left: str | None = None  # what is left of it


@frozen
class LatencyExpected:
    """What a promise of latency comes to."""

    verdict: Verdict | None = None  # met, breached, on_track, at_risk or no_data
    measured: Percent | None = None  # share of the checks that answered in time
    good: int | None = None  # checks that answered in time
    valid: int | None = None  # checks that count


@frozen
class ClockExpected:
    """What the clock of one ticket comes to."""

    due: Moment | None = None  # when the answer is due
    elapsed: str | None = None  # open time that was used
    met: bool | None = None  # whether the answer came in time


@frozen
class ResponseExpected:
    """What a promise of an answer comes to."""

    verdict: Verdict | None = None  # met, breached, on_track, at_risk or no_data
    measured: Percent | None = None  # share of the clocks that were kept
    met: int | None = None  # clocks that were kept
    breached: int | None = None  # clocks that were not
    open: int | None = None  # clocks that run on
    clock: Mapping[str, ClockExpected] = field(factory=dict)  # by ticket


@frozen
class ExpectTable:
    """What one agreement makes of it; what is not said is not compared."""

    sla: str | None = None  # SLA that judges
    customer: str | None = None  # or customer whose contract does
    availability: Mapping[str, Verdict | AvailabilityExpected] = field(factory=dict)  # by service; "met" alone will do
    latency: Mapping[str, Verdict | LatencyExpected] = field(factory=dict)  # by service
    response: Mapping[str, Verdict | ResponseExpected] = field(factory=dict)  # by support level
    credit: Cap | None = None  # what is given back: a share of the fee, an amount, or days such as 3d


@frozen
class ToldTable:
    """One message."""

    at: Moment  # when
    by: str  # notifier
    about: Literal["opened", "repeated", "flapping", "recovered"] | None = None  # which message it is


@frozen
class IncidentTable:
    """One incident; what is not said is not compared."""

    service: str  # which service
    began: Moment | None = None  # first time that it was seen down
    opened: Moment | None = None  # when it was confirmed, or "never" where maintenance kept it from opening
    ended: Moment | None = None  # first time that it was seen up again, or "never"
    closed: Moment | None = None  # when that was confirmed, or "never"
    in_maintenance: bool | None = None  # whether any of it lies in maintenance
    told: tuple[ToldTable, ...] | None = None  # every message about it, in order; [] is nobody


@frozen
class ScenarioTable:
    """What happens in a period, and what is expected of it."""

    period: str  # which period is judged, as in 2026-10, 2026-Q4, 2026-W41, 2026 or a date in it
    title: str | None = None  # for people
    starts: datetime | None = None  # where the virtual clock starts; default: the period's start
    now: Moment | None = None  # up to when time has run; default: the period's end
    service: Mapping[str, str] = field(factory=dict)  # what all checks of a service say; default: "up"
    check: Mapping[str, str] = field(factory=dict)  # what one says: "service/check" or "service/check@location"
    ticket: Mapping[str, TicketTable | tuple[EventTable, ...]] = field(factory=dict)  # by number
    maintenance: tuple[WorkTable, ...] = ()  # beside the policies' own
    exclusion: tuple[ExclusionTable, ...] = ()  # what a person takes out
    expect: tuple[ExpectTable, ...] = ()  # verdicts and credits, by agreement
    expect_incident: tuple[IncidentTable, ...] | None = None  # every incident, in order; [] is none
