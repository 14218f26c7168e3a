from collections.abc import Callable

import pytest

from sla_engine.model.duration import parse_duration
from sla_engine.model.schedule import Every, Schedule
from sla_engine.model.service import Check, Service
from sla_engine.model.text import plain
from sla_engine.testing.clock import FakeClock


@pytest.fixture
def clock(fake_clock: FakeClock) -> FakeClock:
    return fake_clock


@pytest.fixture
def service() -> Callable[..., Service]:
    def make(name: str = "web", every: str = "1m", schedule: Schedule | None = None) -> Service:
        check = Check(name, "home", "none", None, parse_duration("10s"))
        return Service(name, plain(name), schedule or Every(parse_duration(every)), (check,))

    return make
