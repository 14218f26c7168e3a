"""For how long the event loop stood still, so that what we did not hear meanwhile is not held against a target."""

import asyncio

from attrs import define, field

from sla_engine.registry.clock import Clock

_BEAT = 0.1


@define(eq=False)
class Heartbeat:
    """Wakes up ten times a second, and counts by how much it overslept."""

    clock: Clock
    _overslept: float = field(default=0.0, init=False)
    _began: float = field(default=float("inf"), init=False)
    _beating: asyncio.Task[None] | None = field(default=None, init=False)

    def stood_still(self) -> float:
        """Seconds for which the loop stood still since the first call, on which the counting begins."""
        if self._beating is None:
            self._beating = asyncio.create_task(self._beat(), name="heartbeat")
        return self._overslept + self._late()

    async def aclose(self) -> None:
        """Count no more."""
        if self._beating is not None:
            self._beating.cancel()
            await asyncio.wait([self._beating])

    def _late(self) -> float:
        return max(0.0, self.clock.monotonic() - self._began - _BEAT)

    async def _beat(self) -> None:
        while True:
            self._began = self.clock.monotonic()
            await asyncio.sleep(_BEAT)  # not the clock's, as it is about this very loop
            self._overslept += self._late()
