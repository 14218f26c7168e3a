"""Clocks that go only when they are told to."""

from sla_engine.model.instant import SECOND, Instant, parse_instant


class FakeClock:
    """The engine's three clocks, for tests that must not wait.

    Attributes:
        wall: microseconds since the Unix epoch.
        steady: seconds of the monotonic clock.
        booted: seconds of the clock that goes on in sleep.
    """

    def __init__(self, now: str = "2026-10-01T12:00:00Z") -> None:
        self.wall: Instant = parse_instant(now)
        self.steady = 1000.0
        self.booted = 5000.0

    def now(self) -> Instant:
        """The wall clock."""
        return self.wall

    def monotonic(self) -> float:
        """The monotonic clock."""
        return self.steady

    def boot(self) -> float:
        """The clock that goes on in sleep."""
        return self.booted

    async def sleep(self, seconds: float) -> None:
        """Wait for no time at all, and let that much go by."""
        self.pass_by(seconds)

    def pass_by(self, seconds: float) -> None:
        """Time goes by."""
        self.wall += round(seconds * SECOND)
        self.steady += seconds
        self.booted += seconds

    def suspend(self, seconds: float) -> None:
        """The machine sleeps: the monotonic clock stands still."""
        self.wall += round(seconds * SECOND)
        self.booted += seconds

    def set_by(self, seconds: float) -> None:
        """Somebody sets the wall clock."""
        self.wall += round(seconds * SECOND)
