"""Evidence: what a verdict's outages and clocks are made of, so that a customer can follow each by hand.

It is worked out from a verdict afterwards, as most who judge do not ask for it.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise
from operator import attrgetter

from attrs import evolve, frozen

from sla_engine.calendars.periods import Period
from sla_engine.evaluation.agreed import Scope, agreed_time, scope_of
from sla_engine.evaluation.covers import Claim, claims, covers
from sla_engine.evaluation.history import History
from sla_engine.evaluation.response import TermsAt
from sla_engine.evaluation.timeline import speaks_until
from sla_engine.evaluation.warnings import warnings
from sla_engine.model.accounting import Accounting
from sla_engine.model.contract import Contract
from sla_engine.model.instant import Instant
from sla_engine.model.interval import Interval
from sla_engine.model.result import Run, State
from sla_engine.model.service import StaleAfter
from sla_engine.model.verdict import AvailabilityVerdict, Clock, Evidence, Outage, ResponseVerdict, Verdict, Witness


def with_evidence(
    verdict: Verdict,
    contract: Contract,
    history: History,
    period: Period,
    now: Instant,
    *,
    terms_at: TermsAt | None = None,
) -> Verdict:
    """A verdict whose outages name their results, exclusions and rules, and whose clocks their warnings.

    Args:
        contract, history, period, now, terms_at: what the verdict was made of.
    """
    terms = terms_at or (lambda _: contract)
    return evolve(
        verdict,
        availability=tuple(explained(one, contract, history, period, now) for one in verdict.availability),
        response=tuple(_with_warnings(one, terms) for one in verdict.response),
    )


def explained(
    verdict: AvailabilityVerdict, contract: Contract, history: History, period: Period, now: Instant
) -> AvailabilityVerdict:
    """An availability verdict whose outages have their evidence."""
    if not verdict.outages:
        return verdict
    objective, accounting = verdict.objective, contract.accounting
    scope = scope_of(contract, objective.service, objective.during, history, period, now)
    agreed = agreed_time(contract, objective.during, scope.period)
    claimed = claims(objective.service, history, accounting, agreed)
    speeches = down_speeches(history.runs_of(contract.services[objective.service]), accounting.stale_after)
    return evolve(
        verdict,
        outages=tuple(
            outage._replace(evidence=_evidence(outage, scope, accounting, claimed, speeches, now))
            for outage in verdict.outages
        ),
    )


def _evidence(
    outage: Outage,
    scope: Scope,
    accounting: Accounting,
    claimed: Sequence[Claim],
    speeches: Iterable[Sequence["Speech"]],
    now: Instant,
) -> Evidence:
    span = outage.span
    in_period = min(span.end, scope.period.end) - max(span.start, scope.period.start)
    real = scope.elapsed.within(*span)
    return Evidence(
        real=real,
        beyond=span.length - in_period,
        unagreed=in_period - real,
        is_short=span.length < accounting.min_outage.microseconds,
        covers=covers(claimed, span, scope.elapsed.intervals),
        witnesses=tuple(_witness(speech.run, now) for own in speeches for speech in _speaking(own, span)),
    )


@frozen
class Speech:
    """A run that says down, and until when."""

    run: Run
    end: Instant


def down_speeches(runs: Iterable[Run], stale_after: StaleAfter) -> list[list[Speech]]:
    """Of each check and location the runs that say down, in order."""
    source = attrgetter("check", "location")
    ordered = sorted(runs, key=attrgetter("check", "location", "first_at"))
    return [list(_down(list(own), stale_after)) for _, own in groupby(ordered, key=source)]


def _down(runs: Sequence[Run], stale_after: StaleAfter) -> Iterator[Speech]:
    for run, following in pairwise([*runs, None]):
        if run is not None and run.state is State.DOWN:
            end = speaks_until(run.last_at, run.interval, stale_after)
            yield Speech(run, end if following is None else min(end, following.first_at))


def _speaking(speeches: Sequence[Speech], span: Interval) -> Iterator[Speech]:
    """Those that speak within a span."""
    first = bisect_left(speeches, span.start, key=attrgetter("end"))
    for speech in speeches[first:]:
        if speech.run.first_at >= span.end:
            return
        if speech.end > span.start:
            yield speech


def _witness(run: Run, now: Instant) -> Witness:
    goes_on = run.last_at >= now
    return Witness(
        check=run.check,
        location=run.location,
        first_at=run.first_at,
        last_at=None if goes_on else run.last_at,
        count=None if goes_on else run.count,
        reason=run.reason,
    )


def _with_warnings(verdict: ResponseVerdict, terms_at: TermsAt) -> ResponseVerdict:
    return evolve(verdict, clocks=tuple(_warned(clock, terms_at) for clock in verdict.clocks))


def _warned(clock: Clock, terms_at: TermsAt) -> Clock:
    return evolve(clock, warnings=tuple(warnings(clock, terms_at(clock.started_at).calendars[clock.during])))
