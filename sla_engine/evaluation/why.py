"""Why an instant counts as it does: who spoke for it, what they said, and which rule decided."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Literal, TypeAlias

from attrs import evolve, frozen

from sla_engine.calendars import ALWAYS
from sla_engine.calendars.periods import Period
from sla_engine.evaluation.agreed import agreed_time, scope_of, within_dates
from sla_engine.evaluation.availability import judge_availability
from sla_engine.evaluation.counting import attempts, count_slots, error_rate
from sla_engine.evaluation.covers import claims
from sla_engine.evaluation.evidence import explained
from sla_engine.evaluation.history import History
from sla_engine.evaluation.timeline import Known
from sla_engine.evaluation.votes import Opinion, Vote, votes_on
from sla_engine.model.accounting import Accounting
from sla_engine.model.contract import AvailabilityObjective, BusinessTime, Contract
from sla_engine.model.instant import DAY, Instant
from sla_engine.model.interval import Interval
from sla_engine.model.maintenance import Exclusion, Maintenance
from sla_engine.model.percent import Percent
from sla_engine.model.result import Result
from sla_engine.model.service import Service, all_checks
from sla_engine.model.verdict import Outage, Refusal

Kind: TypeAlias = Literal["up", "down", "unknown", "excluded", "unscheduled"]
Rule: TypeAlias = Literal["future", "dates", "calendar", "maintenance", "exclusion", "min_outage", "checks"]
"""What decided: the instant has not come, lies outside the contract's dates or the agreed time, is taken out, or is
part of an outage too short to count; else what the checks say."""

_AROUND = 21 * DAY
"""How far a calendar is looked at for the edges of the open or closed time about an instant."""


@frozen
class Grounds:
    """By what the instants of a service are explained.

    Attributes:
        contract: the agreement, as if it promised the availability of the service and nothing else.
        objective: that upon the availability of the service.
        promised: what it really promises: the availability; only the latency, whose calendar then is the agreed time;
            or nothing, so that all the time is.
    """

    contract: Contract
    service: Service
    objective: AvailabilityObjective
    promised: Literal["availability", "latency", "nothing"]


def grounds_for(contract: Contract, service: Service) -> Grounds:
    """By what an agreement explains the instants of any service, whether it promises it or not."""
    for promise in contract.availability:
        if promise.service == service.id:
            return Grounds(_alone(contract, service, promise), service, promise, "availability")
    during = next((bound.during for bound in contract.latency if bound.service == service.id), None)
    objective = AvailabilityObjective(service.id, Percent(Fraction(1)), during or "always")
    return Grounds(_alone(contract, service, objective), service, objective, "latency" if during else "nothing")


def _alone(contract: Contract, service: Service, objective: AvailabilityObjective) -> Contract:
    """The contract as if it promised nothing else, so that no more is read than an explanation needs."""
    return evolve(
        contract,
        availability=(objective,),
        latency=(),
        services={service.id: service},
        calendars={"always": ALWAYS, **contract.calendars},
    )


@frozen
class Counted:
    """What counts about an instant where the profile counts single checks, or slots of them, instead of time.

    Attributes:
        slot: that in which the instant lies, or None where checks are counted.
        good, bad: how many of the checks in the slot, or of those that speak at the instant, count as such.
        total: the slots of the period so far that take part, or the checks.
        error_rate: how bad they make the slot, from 0 to 1.
    """

    slot: Interval | None
    good: int
    bad: int
    total: int
    error_rate: Fraction


@frozen
class Opening:
    """The open or closed time about an instant.

    Attributes:
        since, until: its edges, or None where they are weeks away.
    """

    is_open: bool
    since: Instant | None
    until: Instant | None


@frozen
class Touching:
    """Maintenance or an exclusion about an instant, which it takes out unless something stands against it."""

    source: Maintenance | Exclusion
    refusal: Refusal | None


@frozen
class Why:
    """An instant explained.

    Attributes:
        seen: what the checks make of the service, whatever the instant counts as; None is unknown.
        votes: of the service, which comes last, and of all that it is composed of.
        counted: None where time is measured.
        outage: that in which it lies, with its evidence, where it lies in one that has agreed time.
    """

    grounds: Grounds
    accounting: Accounting
    period: Period
    at: Instant
    kind: Kind
    rule: Rule
    seen: Known | None
    votes: tuple[Vote, ...]
    opening: Opening
    touching: tuple[Touching, ...]
    outage: Outage | None
    counted: Counted | None

    @property
    def opinions(self) -> list[Opinion]:
        """Of all checks by which the service is judged."""
        return [opinion for vote in self.votes for opinion in vote.opinions]


def why(grounds: Grounds, history: History, at: Instant, period: Period, now: Instant) -> Why:
    """Explain one instant of a service.

    Args:
        history: as for a verdict upon the period, and in any case with the single results that speak at the instant.
        period: that in which it lies.
    """
    contract, objective = grounds.contract, grounds.objective
    votes = tuple(votes_on(grounds.service, history.results, contract.accounting.stale_after, at, now))
    touching = tuple(_touching(contract, objective, history, at, period))
    outage = _outage(contract, objective, history, at, period, now)
    rule = _rule(contract, objective, at, now, touching, outage)
    return Why(
        grounds=grounds,
        accounting=contract.accounting,
        period=period,
        at=at,
        kind=_kind(rule, votes[-1].says),
        rule=rule,
        seen=votes[-1].says,
        votes=votes,
        opening=_opening(contract.calendars[objective.during], at),
        touching=touching,
        outage=outage,
        counted=_counted(grounds, history, votes, at, period, now),
    )


def _kind(rule: Rule, seen: Known | None) -> Kind:
    if rule in {"future", "dates", "calendar"}:
        return "unscheduled"
    if rule in {"maintenance", "exclusion"}:
        return "excluded"
    return "up" if rule == "min_outage" else seen or "unknown"


def _rule(
    contract: Contract,
    objective: AvailabilityObjective,
    at: Instant,
    now: Instant,
    touching: Iterable[Touching],
    outage: Outage | None,
) -> Rule:
    """The first rule that decides, in the order in which judgement asks them."""
    moment = Interval(at, at + 1)
    if within_dates(contract, moment).length == 0:
        return "dates"
    if not agreed_time(contract, objective.during, moment):
        return "calendar"
    if at >= now:
        return "future"
    for one in touching:
        if one.refusal is None:
            return "maintenance" if isinstance(one.source, Maintenance) else "exclusion"
    is_short = outage is not None and outage.evidence is not None and outage.evidence.is_short
    return "min_outage" if is_short else "checks"


def _touching(
    contract: Contract, objective: AvailabilityObjective, history: History, at: Instant, period: Period
) -> Iterator[Touching]:
    agreed = agreed_time(contract, objective.during, Interval(period.start, period.end))
    for claim in claims(objective.service, history, contract.accounting, agreed):
        if _holds([claim.source.window], at):
            is_within_cap = claim.refusal == "cap" and not _holds(claim.refused, at)
            yield Touching(claim.source, None if is_within_cap else claim.refusal)


def _holds(intervals: Iterable[Interval], at: Instant) -> bool:
    return any(start <= at < end for start, end in intervals)


def _outage(
    contract: Contract, objective: AvailabilityObjective, history: History, at: Instant, period: Period, now: Instant
) -> Outage | None:
    verdict = judge_availability(contract, objective, history, period, now)
    about = tuple(outage for outage in verdict.outages if _holds([outage.span], at))
    if not about:
        return None
    return explained(evolve(verdict, outages=about), contract, history, period, now).outages[0]


def _counted(
    grounds: Grounds, history: History, votes: Iterable[Vote], at: Instant, period: Period, now: Instant
) -> Counted | None:
    """What counts about an instant, of all that counts in the period."""
    contract, objective = grounds.contract, grounds.objective
    accounting, checks = contract.accounting, {check.id for check in all_checks([grounds.service])}
    if accounting.measure == "time":
        return None
    scope = scope_of(contract, objective.service, objective.during, history, period, now)
    valid = attempts(checks, history.results, scope, accounting)
    if accounting.measure == "slots":
        length = accounting.slot.microseconds
        start = at - (at - period.start) % length
        about = [is_good for result, is_good in valid if start <= result.at < start + length]
        total, slot = count_slots(scope, accounting), Interval(start, start + length)
    else:
        speaking = {_identity(one.result) for vote in votes for one in vote.voices if not one.is_stale(at)}
        about = [is_good for result, is_good in valid if _identity(result) in speaking]
        total, slot = len(valid), None
    good, bad = about.count(True), about.count(False)
    return Counted(slot, good, bad, total, error_rate(bad, good + bad, accounting))


def _identity(result: Result) -> tuple[str, str, Instant]:
    return result.check, result.location, result.at


def _opening(calendar: BusinessTime, at: Instant) -> Opening:
    first, last = at - _AROUND, at + _AROUND
    edges = [edge for interval in calendar.open_intervals(first, last) for edge in interval]
    before = [edge for edge in edges if edge <= at]
    # An even number of openings and closings before it leaves it closed.
    since = before[-1] if before else first
    until = edges[len(before)] if len(before) < len(edges) else last
    return Opening(len(before) % 2 == 1, None if since == first else since, None if until == last else until)
