from collections.abc import Callable

import pytest

from sla_engine.model.duration import parse_duration
from sla_engine.model.instant import SECOND, Instant, parse_instant
from sla_engine.model.schedule import Every, Schedule
from sla_engine.model.service import Check, Service
from sla_engine.model.text import plain


class FakeClock:
    """Three clocks that go only when told to."""

    def __init__(self) -> None:
        self.wall: Instant = parse_instant("2026-10-01T12:00:00Z")
        self.steady = 1000.0
        self.booted = 5000.0

    def now(self) -> Instant:
        return self.wall

    def monotonic(self) -> float:
        return self.steady

    def boot(self) -> float:
        return self.booted

    async def sleep(self, seconds: float) -> None:
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


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def service() -> Callable[..., Service]:
    def make(name: str = "web", every: str = "1m", schedule: Schedule | None = None) -> Service:
        check = Check(name, "home", "none", None, parse_duration("10s"))
        return Service(name, plain(name), schedule or Every(parse_duration(every)), (check,))

    return make
