"""Time that may be taken out of the agreed time: announced maintenance, and exclusions that a person entered."""

from attrs import frozen

from sla_engine.model.instant import Instant
from sla_engine.model.interval import Interval


@frozen
class Maintenance:
    """One maintenance window as it was carried out or is planned.

    Attributes:
        id: ``database-upgrade``, as reports name it.
        services: the ids of the services it touches.
        window: from start to end.
        announced_at: when customers were told, or None where there is no record of it.
        channel: how they were told, or None where there is no record of it.
    """

    id: str
    services: tuple[str, ...]
    window: Interval
    announced_at: Instant | None
    channel: str | None = None


@frozen
class Exclusion:
    """Time that a person took out of the agreed time, with a reason that is kept for ever.

    Attributes:
        id: as reports name it.
        services: the ids of the services it touches.
        window: from start to end.
        reason: why.
        author: who entered it.
    """

    id: str
    services: tuple[str, ...]
    window: Interval
    reason: str
    author: str
