"""Latency objectives: the share of a service's checks that answered in less than a bound.

A check that failed did not answer in time. One that succeeded without a measured latency says nothing, and neither
does the monitor's own failure.
"""

from fractions import Fraction

from sla_engine.calendars.periods import Period
from sla_engine.evaluation.agreed import scope_of
from sla_engine.evaluation.counting import results_within
from sla_engine.evaluation.history import History
from sla_engine.model.contract import Contract, LatencyObjective
from sla_engine.model.instant import Instant
from sla_engine.model.result import State
from sla_engine.model.verdict import Finding, LatencyVerdict


def judge_latency(
    contract: Contract, objective: LatencyObjective, history: History, period: Period, now: Instant
) -> LatencyVerdict:
    """The verdict on one latency objective."""
    checks = [check.id for check in contract.services[objective.service].checks]
    scope = scope_of(contract, objective.service, objective.during, history, period, now)
    good = valid = 0
    for result in results_within(checks, history.results, scope):
        if result.state is State.DOWN:
            valid += 1
        elif result.state is not State.ERROR and result.latency is not None:
            valid += 1
            good += result.latency < objective.under.microseconds
    measured = Fraction(good, valid) if valid else None
    return LatencyVerdict(objective, _finding(measured, objective, has_ended=now >= period.end), measured, good, valid)


def _finding(measured: Fraction | None, objective: LatencyObjective, *, has_ended: bool) -> Finding:
    if measured is None:
        return "no_data"
    keeps = measured >= objective.target.ratio
    if has_ended:
        return "met" if keeps else "breached"
    return "on_track" if keeps else "at_risk"
