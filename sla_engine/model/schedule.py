"""When a service is probed."""

from typing import TypeAlias

from attrs import frozen

from sla_engine.model.duration import Duration
from sla_engine.model.zone import Zone


@frozen
class Every:
    """Probed at a fixed interval, counted on the monotonic clock."""

    interval: Duration

    def __str__(self) -> str:
        return f"every {self.interval}"


@frozen
class Cron:
    """Probed at the instants of a five-field cron expression, on the wall clock of a zone."""

    expression: str
    zone: Zone

    def __str__(self) -> str:
        return f"cron {self.expression} ({self.zone})"


Schedule: TypeAlias = Every | Cron
