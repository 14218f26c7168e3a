"""Why an instant counts as it does: who spoke for it, what they said, and which rule decided."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Literal, TypeAlias

from attrs import evolve, frozen

from sla_engine.calendars.periods import Period
from sla_engine.evaluation.agreed import agreed_time, within_dates
from sla_engine.evaluation.availability import judge_availability
from sla_engine.evaluation.covers import claims
from sla_engine.evaluation.evidence import explained
from sla_engine.evaluation.history import History
from sla_engine.evaluation.timeline import Known, check_state, service_state, speaks_until
from sla_engine.model.accounting import Accounting
from sla_engine.model.contract import AvailabilityObjective, BusinessTime, Contract
from sla_engine.model.instant import DAY, Instant
from sla_engine.model.interval import Interval
from sla_engine.model.maintenance import Exclusion, Maintenance
from sla_engine.model.result import Result, State, unique_results
from sla_engine.model.service import Service, StaleAfter
from sla_engine.model.verdict import Outage, Refusal

Kind: TypeAlias = Literal["up", "down", "unknown", "excluded", "unscheduled"]
Rule: TypeAlias = Literal["future", "dates", "calendar", "maintenance", "exclusion", "min_outage", "checks"]
"""What decided: the instant has not come, lies outside the contract's dates or the agreed time, is taken out, or is
part of an outage too short to count; else what the checks say."""

_AROUND = 21 * DAY
"""How far a calendar is looked at for the edges of the open or closed time about an instant."""


@frozen
class Voice:
    """The latest result of a check from one location.

    Attributes:
        speaks_until: up to when it speaks, at the latest.
        says: up or down, or None where it is stale or the monitor's own failure.
    """

    result: Result
    speaks_until: Instant
    says: Known | None


@frozen
class Opinion:
    """What the locations make of a check.

    Attributes:
        up, down: how many of them say so.
        says: what that makes together, or None for unknown.
    """

    check: str
    voices: tuple[Voice, ...]
    up: int
    down: int
    says: Known | None


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
        outage: that in which it lies, with its evidence, where it lies in one that has agreed time.
    """

    service: Service
    objective: AvailabilityObjective
    accounting: Accounting
    period: Period
    at: Instant
    kind: Kind
    rule: Rule
    seen: Known | None
    opinions: tuple[Opinion, ...]
    opening: Opening
    touching: tuple[Touching, ...]
    outage: Outage | None


def why(
    contract: Contract, objective: AvailabilityObjective, history: History, at: Instant, period: Period, now: Instant
) -> Why:
    """Explain one instant of an availability objective.

    Args:
        history: as for a verdict upon the period, and in any case with the single results that speak at the instant.
        period: that in which it lies.
    """
    service, accounting = contract.services[objective.service], contract.accounting
    opinions = tuple(_opinions(service, history.results, accounting.stale_after, at, now))
    says = [opinion.says for opinion in opinions]
    seen = service_state(says.count("up"), says.count("down"), len(opinions), service.up_when)
    touching = tuple(_touching(contract, objective, history, at, period))
    outage = _outage(contract, objective, history, at, period, now)
    rule = _rule(contract, objective, at, now, touching, outage)
    return Why(
        service=service,
        objective=objective,
        accounting=accounting,
        period=period,
        at=at,
        kind=_kind(rule, seen),
        rule=rule,
        seen=seen,
        opinions=opinions,
        opening=_opening(contract.calendars[objective.during], at),
        touching=touching,
        outage=outage,
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


def _opinions(
    service: Service, results: Sequence[Result], stale_after: StaleAfter, at: Instant, now: Instant
) -> Iterator[Opinion]:
    known = unique_results(result for result in results if result.at <= at and result.at < now)
    latest: dict[str, list[Result]] = {check.id: [] for check in service.checks}
    for (check, _), own in groupby(known, key=attrgetter("check", "location")):
        if check in latest:
            latest[check].append(list(own)[-1])
    for check, heard in latest.items():
        voices = tuple(_voice(result, stale_after, at) for result in heard)
        says = [voice.says for voice in voices]
        up, down = says.count("up"), says.count("down")
        yield Opinion(check, voices, up, down, check_state(up, down, service.agree))


def _voice(result: Result, stale_after: StaleAfter, at: Instant) -> Voice:
    until = speaks_until(result.at, result.interval, stale_after)
    if at >= until or result.state is State.ERROR:
        return Voice(result, until, None)
    return Voice(result, until, "down" if result.state is State.DOWN else "up")


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


def _opening(calendar: BusinessTime, at: Instant) -> Opening:
    first, last = at - _AROUND, at + _AROUND
    edges = [edge for interval in calendar.open_intervals(first, last) for edge in interval]
    before = [edge for edge in edges if edge <= at]
    # An even number of openings and closings before it leaves it closed.
    since = before[-1] if before else first
    until = edges[len(before)] if len(before) < len(edges) else last
    return Opening(len(before) % 2 == 1, None if since == first else since, None if until == last else until)
