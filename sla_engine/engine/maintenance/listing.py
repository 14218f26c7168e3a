"""All maintenance in a time, announced or not, for operators."""

from collections.abc import Iterable, Iterator
from typing import Literal, TypeAlias

from attrs import frozen

from sla_engine.engine.maintenance.occurrences import Occurrence
from sla_engine.model.instant import Instant
from sla_engine.model.interval import Interval
from sla_engine.policy import PolicySet
from sla_engine.policy.documents import MaintenanceTable
from sla_engine.policy.maintenance import takes_place, windows_of

Standing: TypeAlias = Literal["draft", "unannounced", "announced", "in_progress", "cancelled", "over"]


@frozen
class Listed:
    """One occurrence of a maintenance.

    Attributes:
        standing: ``unannounced`` where nothing of it is on record, be it to come or over.
        sequence: how often it was changed, or None where nothing of it is on record.
        announced_at: when it was announced first by the engine, or None.
        channels: by which customers are told.
        occurrence: what is on record of it, or None.
    """

    maintenance: str
    window: Interval
    services: tuple[str, ...]
    standing: Standing
    sequence: int | None
    announced_at: Instant | None
    channels: tuple[str, ...]
    occurrence: Occurrence | None


def listed(
    policies: PolicySet, known: Iterable[Occurrence], start: Instant, end: Instant, now: Instant
) -> list[Listed]:
    """Everything that touches ``[start, end)``, the earliest first."""
    found = [_on_record(one, now) for one in known if one.window.start < end and one.window.end > start]
    seen = {(one.maintenance, one.window.start) for one in found}
    for name, table in policies.maintenance.items():
        found += [one for one in _planned(policies, name, table, start, end) if (name, one.window.start) not in seen]
    return sorted(found, key=lambda one: (one.window, one.maintenance))


def _on_record(one: Occurrence, now: Instant) -> Listed:
    latest = one.latest
    return Listed(
        maintenance=latest.maintenance,
        window=latest.window,
        services=latest.services,
        standing=_standing(one, now),
        sequence=latest.sequence,
        announced_at=one.records[0].at,
        channels=latest.channels,
        occurrence=one,
    )


def _standing(one: Occurrence, now: Instant) -> Standing:
    if one.is_cancelled:
        return "cancelled"
    if one.window.end <= now:
        return "over"
    return "announced" if now < one.window.start else "in_progress"


def _planned(policies: PolicySet, name: str, table: MaintenanceTable, start: Instant, end: Instant) -> Iterator[Listed]:
    standing: Standing = "unannounced" if takes_place(table) else "cancelled" if table.cancelled else "draft"
    services = tuple(policies.services) if table.services is None else table.services
    for window in windows_of(table, start, end):
        yield Listed(name, window, services, standing, None, None, table.announce, None)
