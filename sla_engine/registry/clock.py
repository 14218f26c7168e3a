"""The machine's time: the wall clock, which may be set, and two that may not, of which one stands still in sleep."""

import asyncio
import time
from typing import Protocol

from attrs import frozen

from sla_engine.model.instant import Instant


class Clock(Protocol):
    """What the engine reads time from, and waits by."""

    def now(self) -> Instant:
        """The wall clock, in microseconds since the Unix epoch; it may be set forth or back at any moment."""
        ...

    def monotonic(self) -> float:
        """Seconds on a clock that is never set, and stands still while the machine is suspended."""
        ...

    def boot(self) -> float:
        """Seconds on a clock that is never set, and goes on while the machine is suspended."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait on the monotonic clock."""
        ...


@frozen
class SystemClock:
    """The clocks of this machine."""

    def now(self) -> Instant:
        """``CLOCK_REALTIME``."""
        return time.time_ns() // 1000

    def monotonic(self) -> float:
        """``CLOCK_MONOTONIC``."""
        return time.monotonic()

    def boot(self) -> float:
        """``CLOCK_BOOTTIME`` where there is one (Linux), else the monotonic clock."""
        return time.clock_gettime(_BOOT)

    async def sleep(self, seconds: float) -> None:
        """Wait on the event loop, which counts on ``CLOCK_MONOTONIC``."""
        await asyncio.sleep(seconds)


_BOOT: int = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
