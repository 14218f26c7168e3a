"""The agreed time of an objective in a period: its calendar, within the contract's dates."""

from collections.abc import Sequence

from attrs import frozen

from sla_engine.calendars.periods import Period
from sla_engine.calendars.wall import day_start
from sla_engine.evaluation.exclusions import excluded_time
from sla_engine.evaluation.extent import Extent, measured
from sla_engine.evaluation.history import History
from sla_engine.model.contract import Contract
from sla_engine.model.instant import Instant
from sla_engine.model.interval import Interval, intersect, subtract, total


@frozen
class Scope:
    """What time an objective is judged over.

    Attributes:
        period: all of it.
        agreed: microseconds of agreed time in the whole period, its future included.
        excluded: microseconds of it that are taken out, planned maintenance included.
        elapsed: the agreed time until now, or of the whole period once it has ended.
        taken_out: the part of the elapsed time that is excluded.
        judged: the rest of it.
    """

    period: Interval
    agreed: int
    excluded: int
    elapsed: Extent
    taken_out: Extent
    judged: Extent


def scope_of(contract: Contract, service: str, during: str, history: History, period: Period, now: Instant) -> Scope:
    """The scope of an objective upon a service on a calendar."""
    whole = Interval(period.start, period.end)
    agreed = agreed_time(contract, during, whole)
    excluded = excluded_time(service, history.maintenance, history.exclusions, contract.accounting, agreed)
    so_far = Interval(period.start, max(period.start, min(period.end, now)))
    elapsed = agreed if so_far == whole else intersect(agreed, [so_far])
    taken_out = intersect(excluded, [so_far])
    elapsed_extent = measured(elapsed)
    return Scope(
        period=whole,
        agreed=total(agreed),
        excluded=total(excluded),
        elapsed=elapsed_extent,
        taken_out=measured(taken_out),
        judged=measured(subtract(elapsed, taken_out)) if taken_out else elapsed_extent,
    )


def agreed_time(contract: Contract, during: str, span: Interval) -> Sequence[Interval]:
    """When a calendar is open in a span, within the contract's dates."""
    standing = within_dates(contract, span)
    if standing.start == standing.end:
        return []
    return contract.calendars[during].open_intervals(standing.start, standing.end)


def within_dates(contract: Contract, span: Interval) -> Interval:
    """The part of a span in which the contract stands; empty where it does not."""
    start = span.start if contract.since is None else max(span.start, day_start(contract.since, contract.timezone))
    end = span.end if contract.until is None else min(span.end, day_start(contract.until, contract.timezone))
    return Interval(start, max(start, end))
