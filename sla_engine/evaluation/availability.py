"""Availability: the whole period is cut into five kinds of time, and the profile makes a share of them.

Here the 99 % is decided. Ratios are exact and compared unrounded; reaching the target exactly meets it.
"""

from collections.abc import Sequence
from fractions import Fraction

from attrs import frozen

from sla_engine.calendars.periods import Period
from sla_engine.evaluation.agreed import Scope, scope_of
from sla_engine.evaluation.counting import checks_ratio, slots_ratio
from sla_engine.evaluation.history import History
from sla_engine.evaluation.timeline import Segment, Timeline, lay_out_said
from sla_engine.model.accounting import Accounting
from sla_engine.model.contract import AvailabilityObjective, Contract
from sla_engine.model.instant import Instant
from sla_engine.model.interval import Interval
from sla_engine.model.percent import Percent
from sla_engine.model.verdict import AvailabilityVerdict, Finding, Kinds, Outage


def judge_availability(
    contract: Contract, objective: AvailabilityObjective, history: History, period: Period, now: Instant
) -> AvailabilityVerdict:
    """The verdict on one availability objective."""
    accounting = contract.accounting
    scope = scope_of(contract, objective.service, objective.during, history, period, now)
    found = measure(contract, objective, history, scope, course(contract, objective, history, now).segments)
    kinds = found.kinds
    budget = error_budget(objective.target, scope, accounting)
    return AvailabilityVerdict(
        objective=objective,
        finding=_finding(found.share, objective.target, found.spent > budget, has_ended=now >= period.end),
        measured=found.share,
        kinds=kinds,
        real_down=found.real_down,
        coverage=_ratio(kinds.up + kinds.down, kinds.up + kinds.down + kinds.unknown),
        budget=int(budget),
        budget_left=(budget - found.spent).__floor__(),
        burn_rate=burn_rate(found.share, objective.target),
        outages=found.outages,
    )


@frozen
class Measure:
    """What was found over a scope, the period or a part of it.

    Attributes:
        share: what the profile makes of the kinds of time, or None where nothing is known.
        counting: microseconds that take part in the share.
        spent: microseconds that were used of the budget, the bad share of those that take part.
    """

    kinds: Kinds
    real_down: int
    outages: tuple[Outage, ...]
    share: Fraction | None
    counting: int
    spent: Fraction


def course(contract: Contract, objective: AvailabilityObjective, history: History, now: Instant) -> Timeline:
    """The states of an objective's service until now, as its contract sees them."""
    service = contract.services[objective.service]
    return lay_out_said(service, history.said, contract.accounting.stale_after, now)


def measure(
    contract: Contract,
    objective: AvailabilityObjective,
    history: History,
    scope: Scope,
    segments: Sequence[Segment],
) -> Measure:
    """Cut a scope into the kinds of time, and make a share of them by the contract's profile."""
    accounting = contract.accounting
    kinds, real_down, outages = _cut(scope, segments, accounting)
    share, counting = _share(contract, objective, history, scope, kinds)
    spent = Fraction(0) if share is None else (1 - share) * counting
    return Measure(kinds, real_down, outages, share, counting, spent)


def error_budget(target: Percent, scope: Scope, accounting: Accounting) -> Fraction:
    """The downtime in microseconds that the whole period allows, its future included: (1 - target) of the agreed time.

    Maintenance that shrinks the agreed time shrinks this too, as the share is of what remains.
    """
    agreed = scope.agreed - (scope.excluded if accounting.maintenance == "exclude" else 0)
    return (1 - target.ratio) * agreed


def burn_rate(measured: Fraction | None, target: Percent) -> Fraction | None:
    """The bad share over the share that the target allows; None where nothing is known or nothing is allowed."""
    if measured is None or target.ratio == 1:
        return None
    return (1 - measured) / (1 - target.ratio)


def _cut(scope: Scope, segments: Sequence[Segment], accounting: Accounting) -> tuple[Kinds, int, tuple[Outage, ...]]:
    """The five kinds of time, the real downtime and the outages.

    Each instant has one kind, decided in the order unscheduled, excluded, then what was seen.
    """
    judged, elapsed = scope.judged, scope.elapsed
    least = accounting.min_outage.microseconds
    known_until, period_end = scope.period
    outages = []
    down = unknown = real_down = 0
    for segment in segments:
        start, end, state, check, reason = segment
        if end <= known_until:
            continue
        if start >= period_end:
            break
        if start > known_until:
            unknown += judged.within(known_until, start)
        known_until = end
        if state == "up":
            continue
        counted = judged.within(start, end)
        real = counted if judged is elapsed else elapsed.within(start, end)
        if not real:
            continue
        real_down += real
        # Google's cloud SLAs, for example, ignore downtime of less than some consecutive minutes.
        if end - start < least:
            counted = 0
        down += counted
        outages.append(Outage(Interval(start, end), counted, check, reason))
    if known_until < period_end:
        unknown += judged.within(known_until, period_end)
    kinds = Kinds(
        up=judged.length - down - unknown,
        down=down,
        unknown=unknown,
        excluded=scope.taken_out.length,
        unscheduled=scope.period.length - elapsed.length,
    )
    return kinds, real_down, tuple(outages)


def _share(
    contract: Contract, objective: AvailabilityObjective, history: History, scope: Scope, kinds: Kinds
) -> tuple[Fraction | None, int]:
    """The share that counts as up, and the microseconds that take part in it."""
    service, accounting = contract.services[objective.service], contract.accounting
    if accounting.measure == "checks":
        return checks_ratio(service, history.results, scope, accounting)
    counting = _counting(kinds, accounting)
    if accounting.measure == "slots":
        return slots_ratio(service, history.results, scope, accounting), counting
    return time_ratio(kinds, accounting), counting


def time_ratio(kinds: Kinds, accounting: Accounting) -> Fraction | None:
    """The share of time that counts as up; None where nothing at all is known, which is neither 0 % nor 100 %."""
    if kinds.up + kinds.down == 0:
        return None
    counting = _counting(kinds, accounting)
    return Fraction(counting - _bad(kinds, accounting), counting)


def _bad(kinds: Kinds, accounting: Accounting) -> int:
    return kinds.down + (kinds.unknown if accounting.unknown == "down" else 0)


def _counting(kinds: Kinds, accounting: Accounting) -> int:
    """The time that takes part in the share; that of slots without a check does, as they have no errors."""
    credited = kinds.excluded if accounting.maintenance == "credit" else 0
    is_unknown_counted = accounting.unknown != "exclude" or accounting.measure == "slots"
    return kinds.up + kinds.down + credited + (kinds.unknown if is_unknown_counted else 0)


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
