"""Availability: the whole period is cut into five kinds of time, and the profile makes a share of them.

Here the 99 % is decided. Ratios are exact and compared unrounded; reaching the target exactly meets it.
"""

from fractions import Fraction

from attrs import frozen

from sla_engine.calendars.periods import Period
from sla_engine.evaluation.agreed import Scope, scope_of
from sla_engine.evaluation.counting import checks_ratio, slots_ratio
from sla_engine.evaluation.history import History
from sla_engine.evaluation.timeline import Segment, Timeline, lay_out
from sla_engine.model.accounting import Accounting
from sla_engine.model.contract import AvailabilityObjective, Contract
from sla_engine.model.instant import Instant
from sla_engine.model.interval import intersect, total
from sla_engine.model.percent import Percent
from sla_engine.model.verdict import AvailabilityVerdict, Finding, Kinds, Outage


def judge_availability(
    contract: Contract, objective: AvailabilityObjective, history: History, period: Period, now: Instant
) -> AvailabilityVerdict:
    """The verdict on one availability objective."""
    accounting = contract.accounting
    service = contract.services[objective.service]
    scope = scope_of(contract, objective.service, objective.during, history, period, now)
    timeline = lay_out(service, history.runs, accounting.stale_after, now)
    cut = _cut(scope, timeline, accounting)
    measured = _measured(contract, objective, history, scope, cut.kinds)
    budget = error_budget(objective.target, scope, accounting)
    bad = cut.kinds.down + (cut.kinds.unknown if accounting.unknown == "down" else 0)
    return AvailabilityVerdict(
        objective=objective,
        finding=_finding(measured, objective.target, bad > budget, has_ended=now >= period.end),
        measured=measured,
        kinds=cut.kinds,
        real_down=cut.real_down,
        coverage=_ratio(cut.kinds.up + cut.kinds.down, cut.kinds.up + cut.kinds.down + cut.kinds.unknown),
        budget=budget,
        budget_left=budget - bad,
        burn_rate=burn_rate(measured, objective.target),
        outages=cut.outages,
    )


def error_budget(target: Percent, scope: Scope, accounting: Accounting) -> int:
    """The downtime that the whole period allows, its future included: (1 - target) of the agreed time.

    Maintenance that shrinks the agreed time shrinks this too, as the share is of what remains.
    """
    agreed = total(scope.agreed)
    if accounting.maintenance == "exclude":
        agreed -= total(scope.excluded)
    return int((1 - target.ratio) * agreed)


def burn_rate(measured: Fraction | None, target: Percent) -> Fraction | None:
    """The bad share over the share that the target allows; None where nothing is known or nothing is allowed."""
    if measured is None or target.ratio == 1:
        return None
    return (1 - measured) / (1 - target.ratio)


@frozen
class _Cut:
    kinds: Kinds
    real_down: int
    outages: tuple[Outage, ...]


def _cut(scope: Scope, timeline: Timeline, accounting: Accounting) -> _Cut:
    scheduled = intersect(scope.agreed, scope.so_far)
    judged = scope.judged
    outages, up, down = [], total(intersect(judged, timeline.intervals("up"))), 0
    for segment in timeline.segments:
        if segment.state != "down" or not intersect([segment.span], scheduled):
            continue
        counted = total(intersect([segment.span], judged))
        if _is_short(segment, accounting):
            up, counted = up + counted, 0
        down += counted
        outages.append(Outage(segment.span, counted, segment.check, segment.reason))
    excluded = total(intersect(scheduled, scope.excluded))
    kinds = Kinds(
        up=up,
        down=down,
        unknown=total(judged) - up - down,
        excluded=excluded,
        unscheduled=scope.period.length - total(scheduled),
    )
    return _Cut(kinds, total(intersect(scheduled, timeline.intervals("down"))), tuple(outages))


def _is_short(segment: Segment, accounting: Accounting) -> bool:
    """Google's cloud SLAs, for example, ignore downtime of less than some consecutive minutes."""
    return segment.span.length < accounting.min_outage.microseconds


def _measured(
    contract: Contract, objective: AvailabilityObjective, history: History, scope: Scope, kinds: Kinds
) -> Fraction | None:
    checks = [check.id for check in contract.services[objective.service].checks]
    if contract.accounting.measure == "checks":
        return checks_ratio(checks, history.results, scope.judged)
    if contract.accounting.measure == "slots":
        return slots_ratio(checks, history.results, scope, contract.accounting.slot)
    return time_ratio(kinds, contract.accounting)


def time_ratio(kinds: Kinds, accounting: Accounting) -> Fraction | None:
    """The share of time that counts as up; None where nothing at all is known, which is neither 0 % nor 100 %."""
    if kinds.up + kinds.down == 0:
        return None
    credited = kinds.excluded if accounting.maintenance == "credit" else 0
    good = kinds.up + credited + (kinds.unknown if accounting.unknown == "up" else 0)
    bad = kinds.down + (kinds.unknown if accounting.unknown == "down" else 0)
    return Fraction(good, good + bad)


def _finding(measured: Fraction | None, target: Percent, budget_is_passed: bool, *, has_ended: bool) -> Finding:
    if measured is None:
        return "no_data"
    keeps = measured >= target.ratio
    if has_ended:
        return "met" if keeps else "breached"
    if budget_is_passed:
        return "breached"
    # The share so far is below the target exactly where the present burn, kept up, would pass the whole budget.
    return "on_track" if keeps else "at_risk"


def _ratio(part: int, whole: int) -> Fraction | None:
    return Fraction(part, whole) if whole else None
