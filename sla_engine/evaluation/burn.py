"""Burn: how fast an error budget is used up, over the time that ended just now.

The burn rate is the bad share over the share that the target allows; at 1 the budget lasts exactly as long as its
period. A window is elapsed time cut to what counts: the agreed time in it, less what is excluded, so that outside the
agreed time nothing burns. Windows reach back across the beginning of a period, as a service does not recover at
midnight; the budget that they are compared with is that of the running period.

An alert goes by what was seen to be bad, over all of a window: time of which nothing is known used up nothing. So it
means that so much of the budget is gone, and an engine that was just started, or was away, alerts nobody by the little
that it has seen.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cached_property

from attrs import evolve, frozen

from sla_engine.calendars.periods import Period, period_at
from sla_engine.evaluation.agreed import Scope, scope_of
from sla_engine.evaluation.availability import burn_rate, course, error_budget, measure
from sla_engine.evaluation.extent import measured
from sla_engine.evaluation.history import History
from sla_engine.evaluation.timeline import Segment
from sla_engine.model.burn import BurnRule, burn_factor
from sla_engine.model.contract import AvailabilityObjective, Contract
from sla_engine.model.instant import Instant
from sla_engine.model.interval import Interval, intersect, merge, subtract, total
from sla_engine.model.period import RollingPeriod


@frozen
class Burn:
    """What a stretch of time did to an error budget.

    Attributes:
        span: all of it.
        allowance: microseconds of downtime that the target allows in its agreed time.
        bad: the share of it that was bad, by the contract's profile; None where nothing is known.
        spent: microseconds of the budget that it used up.
        rate: bad share over the share that the target allows; None where nothing is known or nothing allowed.
        is_known: whether at least half of its agreed time is.
    """

    span: Interval
    allowance: Fraction
    bad: Fraction | None
    spent: Fraction
    rate: Fraction | None
    is_known: bool

    @property
    def least_rate(self) -> Fraction | None:
        """The burn rate where nothing bad happened in time of which nothing is known; None where nothing is allowed."""
        return self.spent / self.allowance if self.allowance else None


@frozen
class BurnAlert:
    """A rule, applied to an objective.

    Attributes:
        factor: the burn rate at which it fires; None where the long window has no agreed time, or the period no budget.
        long, short: what was seen in the windows, whatever the profile makes of unknown time.
        fires: both windows burn at the factor or faster, even if nothing bad happened while nothing is known.
    """

    rule: BurnRule
    factor: Fraction | None
    long: Burn
    short: Burn
    fires: bool


@frozen
class Watch:
    """An objective at an instant, with what is known of it.

    Attributes:
        history: as far back as the longest window reaches, and its maintenance from the beginning of that period.
        period: the running one, which has the budget.
    """

    contract: Contract
    objective: AvailabilityObjective
    history: History
    period: Period
    now: Instant

    @cached_property
    def as_seen(self) -> Contract:
        """The contract with a profile that makes nothing of unknown time."""
        return evolve(self.contract, accounting=evolve(self.contract.accounting, unknown="exclude"))

    @cached_property
    def segments(self) -> Sequence[Segment]:
        """What was seen."""
        return course(self.contract, self.objective, self.history, self.now).segments

    @cached_property
    def scope(self) -> Scope:
        """The period until now."""
        return self.scope_in(self.period)

    @cached_property
    def budget(self) -> Fraction:
        """Microseconds of downtime that the whole period allows."""
        return error_budget(self.objective.target, self.scope, self.contract.accounting)

    def scope_in(self, period: Period) -> Scope:
        """Any period until now, by the present terms."""
        return scope_of(self.contract, self.objective.service, self.objective.during, self.history, period, self.now)


def burn_so_far(watch: Watch) -> Burn:
    """The burn of the period until now."""
    return _burn(watch, watch.contract, watch.scope, Interval(watch.period.start, watch.now))


def burn_over(watch: Watch, window: int) -> Burn:
    """The burn of the last so many microseconds."""
    return _burn_over(watch, watch.contract, window)


def burn_alert(watch: Watch, rule: BurnRule) -> BurnAlert:
    """Whether an alert fires now: the long window used up the share of the budget, and the short one goes on so."""
    long, short = (_burn_over(watch, watch.as_seen, window.microseconds) for window in (rule.long, rule.short))
    has_budget = watch.budget and long.allowance
    factor = burn_factor(rule.share.ratio, watch.budget, long.allowance) if has_budget else None
    rates = (long.least_rate, short.least_rate)
    fires = factor is not None and all(rate is not None and rate >= factor for rate in rates)
    return BurnAlert(rule, factor, long, short, fires)


def _burn_over(watch: Watch, contract: Contract, window: int) -> Burn:
    span = Interval(watch.now - window, watch.now)
    return _burn(watch, contract, _scope_over(watch, span), span)


def _burn(watch: Watch, contract: Contract, scope: Scope, span: Interval) -> Burn:
    target = watch.objective.target
    found = measure(contract, watch.objective, watch.history, scope, watch.segments)
    elapsed = scope.judged if contract.accounting.maintenance == "exclude" else scope.elapsed
    return Burn(
        span=span,
        allowance=(1 - target.ratio) * elapsed.length,
        bad=None if found.share is None else 1 - found.share,
        spent=found.spent,
        rate=burn_rate(found.share, target),
        is_known=2 * found.kinds.unknown <= scope.judged.length,
    )


def _scope_over(watch: Watch, span: Interval) -> Scope:
    """The time to be judged in a span that ends now; what is excluded is counted period by period, as caps are."""
    scopes = list(_scopes_back_to(watch, span.start))
    agreed = merge(interval for scope in scopes for interval in intersect(scope.elapsed.intervals, [span]))
    taken_out = merge(interval for scope in scopes for interval in intersect(scope.taken_out.intervals, [span]))
    return Scope(
        period=span,
        agreed=total(agreed),
        excluded=total(taken_out),
        elapsed=measured(agreed),
        taken_out=measured(taken_out),
        judged=measured(subtract(agreed, taken_out)),
    )


def _scopes_back_to(watch: Watch, start: Instant) -> Iterator[Scope]:
    yield watch.scope
    rule, period = watch.contract.period, watch.period
    while period.start > start:
        # Of a rolling rule, the period before is the one that ended where this one begins.
        before = period.start if isinstance(rule, RollingPeriod) else period.start - 1
        period = period_at(before, rule, watch.contract.timezone)
        yield watch.scope_in(period)
