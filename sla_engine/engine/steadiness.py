"""Whether the wall clock can be trusted: it goes on as the monotonic one does."""

from attrs import define, field

from sla_engine.model.instant import SECOND, Instant
from sla_engine.registry.clock import Clock

_STEP = 5 * SECOND
_SETTLES = 60.0


@define
class Steadiness:
    """Looks at the clocks again and again.

    Attributes:
        steps: how often the wall clock was set between two looks.
    """

    clock: Clock
    steps: int = field(default=0, init=False)
    _offset: int | None = field(default=None, init=False)
    _since: float = field(default=0.0, init=False)

    def look(self, now: Instant) -> float:
        """Seconds since the first look, or since the look that found the wall clock set.

        Args:
            now: the wall clock's time, read just now.
        """
        steady = self.clock.monotonic()
        offset = now - int(steady * SECOND)
        is_set = self._offset is not None and abs(offset - self._offset) > _STEP
        if self._offset is None or is_set:
            self._since = steady
        self.steps += is_set
        self._offset = offset
        return steady - self._since

    def was_set_lately(self, now: Instant) -> bool:
        """Whether the wall clock was set within the last minute: what is told meanwhile may be wrong a moment later.

        Args:
            now: the wall clock's time, read just now.
        """
        return self.look(now) < _SETTLES and self.steps > 0
