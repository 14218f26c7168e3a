"""What judging a contract over a period found, with the evidence to follow it by hand."""

from fractions import Fraction
from typing import Literal, NamedTuple, TypeAlias

from attrs import field, frozen

from sla_engine.model.accounting import Accounting
from sla_engine.model.contract import AvailabilityObjective, LatencyObjective, ResponseObjective
from sla_engine.model.credit import CreditTerms, CreditTier, DaysStood, Grant, ServiceDays
from sla_engine.model.duration import Duration, Within
from sla_engine.model.instant import Instant
from sla_engine.model.interval import Interval
from sla_engine.model.maintenance import Exclusion, Maintenance
from sla_engine.model.money import Money
from sla_engine.model.percent import Percent
from sla_engine.model.zone import Zone

Finding: TypeAlias = Literal["met", "breached", "on_track", "at_risk", "no_data"]
"""``met`` and ``breached`` of a period that has ended; of a running one ``on_track``, ``at_risk`` or ``breached``."""


@frozen
class Kinds:
    """The five kinds of time, in microseconds; they sum exactly to the period.

    Attributes:
        up, down: what was seen, in agreed time; a short outage that does not count is up.
        unknown: agreed time of which nothing is known.
        excluded: maintenance and exclusions within agreed time.
        unscheduled: outside the agreed time or the contract's dates, or still in the future.
    """

    up: int
    down: int
    unknown: int
    excluded: int
    unscheduled: int


Refusal: TypeAlias = Literal["counted", "unannounced", "channel", "notice", "cap"]
"""Why maintenance or an exclusion takes nothing out, or not all of it.

``counted``: by the profile nothing is taken out. ``unannounced``: no announcement is on record. ``channel``,
``notice``: it was announced by no channel that the profile takes, or too late. ``cap``: the maintenance that may be
excluded in the period is used up.
"""


@frozen
class Cover:
    """Maintenance or an exclusion that falls into an outage.

    Attributes:
        source: which.
        excluded: microseconds of the outage that it takes out; where several overlap, of each instant the first of them
            takes it, and exclusions come after maintenance.
        refusal: why it takes out nothing, or less than it could; None where nothing stands against it.
    """

    source: Maintenance | Exclusion
    excluded: int
    refusal: Refusal | None


@frozen
class Witness:
    """Consecutive results of a check at a location that say down.

    Attributes:
        first_at, last_at: their scheduled instants; the last is None where they go on beyond what is known.
        count: how many, or None where they go on.
        reason: what the first of them saw.
    """

    check: str
    location: str
    first_at: Instant
    last_at: Instant | None
    count: int | None
    reason: str | None


@frozen
class Evidence:
    """How to follow an outage by hand: ``real`` is what is counted, what covers take out, and what is too short.

    Attributes:
        real: microseconds of it in the agreed time of the period.
        beyond: microseconds of it outside the period.
        unagreed: microseconds of it in the period and outside the agreed time.
        is_short: whether it is shorter than the profile's ``min_outage``, so that none of it counts.
        covers: in the order in which they take out.
        witnesses: by check, location and time.
    """

    real: int
    beyond: int
    unagreed: int
    is_short: bool
    covers: tuple[Cover, ...]
    witnesses: tuple[Witness, ...]


class Outage(NamedTuple):
    """A maximal run of down; a tuple, as a judgement makes more of them than of all else together.

    Attributes:
        span: all of it, beyond the period too.
        counted: microseconds of it that count as down in the period.
        check: the check that first said so.
        reason: what that check saw.
        evidence: how to follow it by hand; filled by `sla_engine.evaluation.evidence`.
    """

    span: Interval
    counted: int
    check: str
    reason: str | None
    evidence: Evidence | None = None


@frozen
class AvailabilityVerdict:
    """How an availability objective stands.

    Attributes:
        measured: the share that the profile makes of the kinds of time, or None where nothing is known.
        coverage: the share of the time judged of which something is known, or None where no time was to be judged.
        real_down: all down time within agreed time, short, excluded or not.
        budget: downtime that the whole period allows.
        budget_left: what is left of it; negative once it is passed.
        burn_rate: bad share over the share that the target allows, or None; 1 uses the budget up exactly.
    """

    objective: AvailabilityObjective
    finding: Finding
    measured: Fraction | None
    kinds: Kinds
    real_down: int
    coverage: Fraction | None
    budget: int
    budget_left: int
    burn_rate: Fraction | None
    outages: tuple[Outage, ...]


@frozen
class Percentile:
    """A latency that so large a share of the checks did not exceed, by the nearest rank.

    Attributes:
        share: 0.95 for the 95th percentile.
        rank: the place of the check that it was measured at, counted from the fastest.
        latency: microseconds, or None where that check failed.
    """

    share: Percent
    rank: int
    latency: int | None


@frozen
class LatencyVerdict:
    """How a latency objective stands: ``good`` of ``valid`` checks answered in time.

    Attributes:
        failed: those of them that did not answer at all.
        percentiles: the usual ones and the one at the target, ascending; none where nothing is known.
        slowest: microseconds of the slowest answer, or None where none came.
    """

    objective: LatencyObjective
    finding: Finding
    measured: Fraction | None
    good: int
    valid: int
    failed: int = 0
    percentiles: tuple[Percentile, ...] = ()
    slowest: int | None = None


@frozen
class Warned:
    """The instant at which a share of the promised open time was used up.

    Attributes:
        percent: 50, 75 or 90.
    """

    at: Instant
    percent: int


@frozen
class Clock:
    """One response clock.

    Attributes:
        started_at: when the ticket reached the level.
        stopped_at: when it was answered, or None.
        due_at: when the answer is due; None while the customer is waited for, and where the calendar will never have
            been open for so long.
        breached_at: the due instant that passed without an answer, or None.
        elapsed: open time used, pauses left out.
        met: whether it was answered in time; None while that is open.
        within, during: what was promised when it started, and on which calendar.
        allowed: that promise in microseconds of the calendar's open time.
        paused: open time in which the customer was waited for.
        pauses: when that was; the last may be open, with None for its end.
        warnings: when how much of it was used up; filled by `sla_engine.evaluation.evidence`.
        decided_at: when it was answered in time, or could be for the last time; None while it is open. It is of the
            period in which that lies.
    """

    ticket: str
    started_at: Instant
    stopped_at: Instant | None
    due_at: Instant | None
    breached_at: Instant | None
    elapsed: int
    met: bool | None
    within: Within = Duration(0)
    during: str = "always"
    allowed: int = 0
    paused: int = 0
    pauses: tuple[tuple[Instant, Instant | None], ...] = ()
    warnings: tuple[Warned, ...] = ()
    decided_at: Instant | None = None

    @property
    def is_paused(self) -> bool:
        """Whether the customer is being waited for."""
        return bool(self.pauses) and self.pauses[-1][1] is None


@frozen
class ResponseVerdict:
    """How a response objective stands, over the clocks that ended or fell due in the period.

    Attributes:
        open: clocks that run on.
    """

    objective: ResponseObjective
    finding: Finding
    measured: Fraction | None
    met: int
    breached: int
    open: int
    clocks: tuple[Clock, ...]


@frozen
class ServiceCredit:
    """What one service's availability grants.

    Attributes:
        measured: its availability.
        tier: the worst that it fell below.
        granted: a share of the whole fee, or days of service.
    """

    service: str
    measured: Fraction
    tier: CreditTier
    granted: Grant


@frozen
class Credit:
    """What is given back.

    Attributes:
        percent: the share of the fee that is given; none where days are.
        amount: that share in money, rounded once, or None where the contract has no fee or days are given.
        days: of service, or None where the tiers are shares of the fee.
        by_service: what each service grants that fell below a tier, in the contract's order.
        reached: what they grant together, before minimum and cap.
        terms: by which it was made.
        fee: of a whole period, or None.
        stood: the part of the period that the contract stood, and whose fee is paid; None is all of it.
        is_below_minimum: whether nothing is given, as it would be less than the minimum.
        is_provisional: whether the period runs on, so that it may become more or less.
    """

    percent: Percent
    amount: Money | None
    days: ServiceDays | None = None
    by_service: tuple[ServiceCredit, ...] = ()
    reached: Grant = Percent(Fraction(0))
    terms: CreditTerms = field(factory=CreditTerms)
    fee: Money | None = None
    stood: DaysStood | None = None
    is_below_minimum: bool = False
    is_provisional: bool = False


@frozen
class Verdict:
    """A contract judged over a period. The same inputs give an equal verdict, whatever order they came in.

    Attributes:
        credit: None where the contract has no tiers.
        has_ended: whether the period is over; until then a verdict is provisional.
        exclusions: what people took out of the period, of any service that the contract promises.
    """

    agreement: str
    customer: str | None
    policy_hash: str
    start: Instant
    end: Instant
    zone: Zone
    has_ended: bool
    accounting: Accounting
    availability: tuple[AvailabilityVerdict, ...]
    latency: tuple[LatencyVerdict, ...]
    response: tuple[ResponseVerdict, ...]
    credit: Credit | None
    exclusions: tuple[Exclusion, ...] = ()

    @property
    def is_breached(self) -> bool:
        """Whether any promise was broken."""
        findings = [verdict.finding for verdict in self.availability]
        findings += [verdict.finding for verdict in self.latency]
        findings += [verdict.finding for verdict in self.response]
        return "breached" in findings
