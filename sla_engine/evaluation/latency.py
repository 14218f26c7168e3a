"""Latency objectives: the share of a service's checks that answered in less than a bound, and the percentiles.

A check that failed did not answer in time. One that succeeded without a measured latency says nothing, and neither
does the monitor's own failure; a degraded one took as long as it took.
"""

from fractions import Fraction

from sla_engine.calendars.periods import Period
from sla_engine.evaluation.agreed import scope_of
from sla_engine.evaluation.history import History
from sla_engine.evaluation.percentiles import USUAL, percentiles, pooled, slowest
from sla_engine.evaluation.samples import FAILED, LONGEST
from sla_engine.model.contract import Contract, LatencyObjective
from sla_engine.model.instant import Instant
from sla_engine.model.verdict import Finding, LatencyVerdict


def judge_latency(
    contract: Contract, objective: LatencyObjective, history: History, period: Period, now: Instant
) -> LatencyVerdict:
    """The verdict on one latency objective; a service that is composed of others has no latency of its own."""
    import numpy as np

    checks = {check.id for check in contract.services[objective.service].checks}
    scope = scope_of(contract, objective.service, objective.during, history, period, now)
    latencies = pooled([piece for samples in history.samples_of(checks) for piece in samples.within(scope.judged)])
    is_good = latencies < min(objective.under.microseconds, LONGEST)
    good, valid = int(np.count_nonzero(is_good)), len(latencies)
    measured = Fraction(good, valid) if valid else None
    return LatencyVerdict(
        objective=objective,
        finding=_finding(measured, objective, has_ended=now >= period.end),
        measured=measured,
        good=good,
        valid=valid,
        failed=int(np.count_nonzero(latencies == FAILED)),
        percentiles=percentiles(latencies, [*USUAL, objective.target]),
        slowest=slowest(latencies),
    )


def _finding(measured: Fraction | None, objective: LatencyObjective, *, has_ended: bool) -> Finding:
    if measured is None:
        return "no_data"
    keeps = measured >= objective.target.ratio
    if has_ended:
        return "met" if keeps else "breached"
    return "on_track" if keeps else "at_risk"
