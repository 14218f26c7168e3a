"""Which time is taken out of the agreed time: maintenance that kept the rules, and what people excluded.

Maintenance that was announced too late, or not at all, counts; so does what goes beyond the cap of the period.
"""

from collections.abc import Iterable, Sequence

from sla_engine.model.accounting import Accounting
from sla_engine.model.interval import Interval, intersect, merge, subtract, total
from sla_engine.model.maintenance import Exclusion, Maintenance


def excluded_time(
    service: str,
    maintenance: Iterable[Maintenance],
    exclusions: Iterable[Exclusion],
    accounting: Accounting,
    agreed: Sequence[Interval],
) -> list[Interval]:
    """The part of the agreed time of a service that is excluded; overlaps count once."""
    by_people = merge(exclusion.window for exclusion in exclusions if service in exclusion.services)
    taken = intersect(by_people, agreed)
    if accounting.maintenance == "count":
        return taken
    valid = merge(
        window.window for window in maintenance if service in window.services and is_announced(window, accounting)
    )
    # What people excluded anyway uses up none of the cap.
    within = _capped(subtract(intersect(valid, agreed), taken), accounting)
    return merge([*taken, *within])


def is_announced(maintenance: Maintenance, accounting: Accounting) -> bool:
    """Whether it was announced at least the notice ahead of its start."""
    notice = accounting.maintenance_notice.microseconds
    return maintenance.announced_at is not None and maintenance.window.start - maintenance.announced_at >= notice


def _capped(intervals: Sequence[Interval], accounting: Accounting) -> list[Interval]:
    """The first of the intervals, up to the cap."""
    if accounting.maintenance_cap is None:
        return list(intervals)
    left = accounting.maintenance_cap.microseconds
    kept: list[Interval] = []
    for interval in intervals:
        length = min(left, interval.length)
        if length > 0:
            kept.append(Interval(interval.start, interval.start + length))
        left -= length
    assert total(kept) <= accounting.maintenance_cap.microseconds
    return kept
