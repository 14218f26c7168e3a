"""Forecast: how a running period ends if a service goes on burning as it does, and what it can still afford.

What comes is taken to be known throughout, and maintenance that is announced by now to take place. The forecast agrees
with the verdict: the burn of the period so far leads to a breach exactly where the verdict is ``at_risk``.
"""

from collections.abc import Sequence
from fractions import Fraction

from attrs import frozen

from sla_engine.evaluation.agreed import scope_of
from sla_engine.evaluation.availability import Measure, measure
from sla_engine.evaluation.burn import Watch
from sla_engine.model.accounting import Accounting
from sla_engine.model.instant import Instant
from sla_engine.model.interval import Interval, intersect, total
from sla_engine.model.percent import Percent


@frozen
class Prospect:
    """A running period, seen from now.

    Attributes:
        target: what is promised.
        budget, spent: microseconds of downtime that the whole period allows, and those that were used or will count
            as used as soon as anything is known.
        counting: microseconds that take part in the share so far.
        ahead: what will take part in it until the period ends.
        now, end: a rolling period ends now.
    """

    target: Percent
    budget: Fraction
    spent: Fraction
    counting: int
    ahead: Sequence[Interval]
    now: Instant
    end: Instant


@frozen
class Forecast:
    """Where a burn leads.

    Attributes:
        measured: the share at the period's end.
        breached_at: when the objective will be breached, at the latest when the period ends; None where it will not
            be, or is already.
    """

    measured: Fraction
    breached_at: Instant | None


def prospect(watch: Watch) -> Prospect:
    """What lies behind and ahead of an objective in its running period."""
    contract, objective, period = watch.contract, watch.objective, watch.period
    found: Measure = measure(contract, objective, watch.history, watch.scope, watch.segments)
    whole = scope_of(contract, objective.service, objective.during, watch.history, period, period.end)
    counting = whole.judged if contract.accounting.maintenance == "exclude" else whole.elapsed
    return Prospect(
        target=objective.target,
        budget=watch.budget,
        spent=_spent(found, contract.accounting),
        counting=found.counting,
        ahead=intersect(counting.intervals, [Interval(watch.now, period.end)]) if watch.now < period.end else (),
        now=watch.now,
        end=period.end,
    )


def forecast(seen: Prospect, bad: Fraction) -> Forecast | None:
    """How the period ends if such a share of what comes is bad; None where nothing comes or counts."""
    ahead = total(seen.ahead)
    if not ahead:
        return None
    measured = 1 - (seen.spent + bad * ahead) / (seen.counting + ahead)
    return Forecast(measured, _breached_at(seen, bad, measured))


def affordable(seen: Prospect) -> int:
    """Microseconds of downtime that can still come without a breach; never more than what is left of the period.

    That is less than what is left of the budget where time was unknown and is left out, as the share is then one of
    less time. Of a rolling period, of which nothing is ahead, it is what may come before anything old has gone.
    """
    ahead = total(seen.ahead)
    left = ((1 - seen.target.ratio) * (seen.counting + ahead) - seen.spent).__floor__()
    return max(0, left if seen.now >= seen.end else min(left, ahead))


def _spent(found: Measure, accounting: Accounting) -> Fraction:
    if found.share is None and accounting.measure == "time" and accounting.unknown == "down":
        return Fraction(found.kinds.unknown)
    return found.spent


def _breached_at(seen: Prospect, bad: Fraction, measured: Fraction) -> Instant | None:
    left = seen.budget - seen.spent
    if left < 0 or measured >= seen.target.ratio:
        return None
    return _instant_after(seen.ahead, left / bad) if bad * total(seen.ahead) > left else seen.end


def _instant_after(intervals: Sequence[Interval], length: Fraction) -> Instant:
    """The instant by which so much of some intervals has passed, to the next microsecond."""
    passed = -(-length.numerator // length.denominator)
    for start, end in intervals:
        if passed <= end - start:
            return start + passed
        passed -= end - start
    return intervals[-1].end
