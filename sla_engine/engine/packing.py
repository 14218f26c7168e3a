"""Packs the days that have ended, when results of them are hardly to be expected any more."""

import threading

import structlog
from attrs import define, field

from sla_engine.model.instant import DAY, HOUR
from sla_engine.registry.clock import Clock
from sla_engine.store import Store

_AFTER = 2 * HOUR

_log = structlog.get_logger("sla_engine.packing")


@define(eq=False)
class Packer:
    """Looks after one store; its looks may be broken off anywhere.

    Attributes:
        is_over: set when no more is to be packed.
    """

    store: Store
    clock: Clock
    is_over: threading.Event = field(factory=threading.Event)

    def look(self) -> None:
        """Pack what there is to pack."""
        if packed := self.store.pack((self.clock.now() - _AFTER) // DAY * DAY, self.is_over.is_set):
            _log.info("days packed", count=packed)
