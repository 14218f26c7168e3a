"""Which time is taken out of the agreed time: maintenance that kept the rules, and what people excluded.

Maintenance that was announced too late, by no channel that the profile takes, or of which no announcement is on
record, counts; so does what goes beyond the cap of the period. A profile with ``maintenance = "count"`` excludes
nothing at all.
"""

from collections.abc import Iterable, Sequence

from sla_engine.model.accounting import Accounting
from sla_engine.model.interval import Interval, intersect, merge
from sla_engine.model.maintenance import Exclusion, Maintenance


def excluded_time(
    service: str,
    maintenance: Iterable[Maintenance],
    exclusions: Iterable[Exclusion],
    accounting: Accounting,
    agreed: Sequence[Interval],
) -> list[Interval]:
    """The part of the agreed time of a service that is excluded; overlaps count once."""
    if accounting.maintenance == "count":
        return []
    capped = maintained_time(service, maintenance, accounting, agreed)
    by_people = merge(exclusion.window for exclusion in exclusions if service in exclusion.services)
    return merge([*capped, *intersect(by_people, agreed)])


def maintained_time(
    service: str, maintenance: Iterable[Maintenance], accounting: Accounting, agreed: Sequence[Interval]
) -> list[Interval]:
    """The part of the agreed time of a service in which maintenance was announced as it should be, up to the cap.

    The cap is used up by maintenance within the agreed time, in chronological order.
    """
    announced = merge(
        window.window for window in maintenance if service in window.services and is_announced(window, accounting)
    )
    return _capped(intersect(announced, agreed), accounting)


def is_announced(maintenance: Maintenance, accounting: Accounting) -> bool:
    """Whether it was announced at least the notice ahead of its start, by a channel that counts."""
    notice, channels = accounting.maintenance_notice.microseconds, accounting.maintenance_channels
    if maintenance.announced_at is None or (channels and maintenance.channel not in channels):
        return False
    return maintenance.window.start - maintenance.announced_at >= notice


def _capped(intervals: Sequence[Interval], accounting: Accounting) -> list[Interval]:
    """The first of the intervals, up to the cap."""
    if accounting.maintenance_cap is None:
        return list(intervals)
    left = accounting.maintenance_cap.microseconds
    kept: list[Interval] = []
    for start, end in intervals:
        if left <= 0:
            break
        kept.append(Interval(start, min(end, start + left)))
        left -= end - start
    return kept
