"""Incidents as they are on record: what became of each, by itself or by a person, in the order it was entered."""

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from attrs import field, frozen

from sla_engine.model.instant import Instant

IncidentState: TypeAlias = Literal["down", "degraded"]
IncidentEventKind: TypeAlias = Literal[
    "opened",
    "closed",
    "down",
    "degraded",
    "flapping",
    "steady",
    "maintenance",
    "acknowledged",
    "unacknowledged",
    "commented",
    "cause",
    "postmortem",
]
"""The first seven happen by themselves, the others are acts of people."""


@frozen
class IncidentEvent:
    """Something that happened to an incident; entered once, never changed.

    Attributes:
        at: when it happened.
        who: did it, or None where it happened by itself.
        detail: more of it, as JSON has it: the ``text`` that a person wrote; ``state`` and ``reason`` of what was seen;
            ``why`` an incident was closed without being over.
        id: its number, which grows in the order of entry; 0 until it stands in the database.
    """

    at: Instant
    kind: IncidentEventKind
    who: str | None = None
    detail: Mapping[str, Any] = field(factory=dict)
    id: int = 0


@frozen
class IncidentRecord:
    """An incident of a service as it is on record.

    Attributes:
        number: by which people name it; 0 until it stands in the database.
        began_at: the first time that the service was seen down, from which the downtime counts.
        opened_at: when that was confirmed, or when the maintenance ended that it began in; None while that lasts, and
            for ever where it was over before.
        ended_at: the first time that it was seen up for good, or None while it lasts.
        closed_at: when that was confirmed, or None.
        state: ``degraded`` where the service is worse than it should be and yet not down; as it was last, once closed.
        in_maintenance: whether any of it lies in maintenance.
        events: in the order of entry.
    """

    number: int
    service: str
    began_at: Instant
    opened_at: Instant | None
    ended_at: Instant | None
    closed_at: Instant | None
    state: IncidentState
    in_maintenance: bool
    events: tuple[IncidentEvent, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether it was opened and is not closed."""
        return self.opened_at is not None and self.closed_at is None

    @property
    def acknowledgement(self) -> IncidentEvent | None:
        """By which somebody said that they look after it, unless that was taken back."""
        last = self.last("acknowledged", "unacknowledged")
        return last if last is not None and last.kind == "acknowledged" else None

    @property
    def is_flapping(self) -> bool:
        """Whether it is kept open because its service flaps."""
        last = self.last("flapping", "steady")
        return self.closed_at is None and last is not None and last.kind == "flapping"

    def last(self, *kinds: IncidentEventKind) -> IncidentEvent | None:
        """The last event of any of these kinds, or None."""
        return next((event for event in reversed(self.events) if event.kind in kinds), None)
