"""The agreed time of an objective in a period: its calendar, within the contract's dates."""

from collections.abc import Sequence

from attrs import frozen

from sla_engine.calendars.periods import Period
from sla_engine.calendars.wall import day_start
from sla_engine.evaluation.exclusions import excluded_time
from sla_engine.evaluation.history import History
from sla_engine.model.contract import Contract
from sla_engine.model.instant import Instant
from sla_engine.model.interval import Interval, intersect, subtract


@frozen
class Scope:
    """What time an objective is judged over.

    Attributes:
        agreed: the agreed time of the whole period.
        excluded: what is taken out of it, planned maintenance included.
        so_far: until now, or the whole period once it has ended.
    """

    period: Interval
    agreed: Sequence[Interval]
    excluded: Sequence[Interval]
    so_far: Sequence[Interval]

    @property
    def judged(self) -> list[Interval]:
        """The agreed time so far, less what is excluded."""
        return subtract(intersect(self.agreed, self.so_far), self.excluded)


def scope_of(contract: Contract, service: str, during: str, history: History, period: Period, now: Instant) -> Scope:
    """The scope of an objective upon a service on a calendar."""
    whole = Interval(period.start, period.end)
    standing = within_dates(contract, whole)
    agreed: Sequence[Interval] = []
    if standing.start < standing.end:
        agreed = contract.calendars[during].open_intervals(standing.start, standing.end)
    excluded = excluded_time(service, history.maintenance, history.exclusions, contract.accounting, agreed)
    end = max(period.start, min(period.end, now))
    return Scope(whole, agreed, excluded, [Interval(period.start, end)] if end > period.start else [])


def within_dates(contract: Contract, span: Interval) -> Interval:
    """The part of a span in which the contract stands; empty where it does not."""
    start = span.start if contract.since is None else max(span.start, day_start(contract.since, contract.timezone))
    end = span.end if contract.until is None else min(span.end, day_start(contract.until, contract.timezone))
    return Interval(start, max(start, end))
