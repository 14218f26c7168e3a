from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from sla_engine import load_policies
from sla_engine.engine.in_force import Judged, to_judge
from sla_engine.model.duration import parse_duration
from sla_engine.model.instant import DAY, HOUR, Instant, parse_instant
from sla_engine.model.result import Result, State
from sla_engine.model.schedule import Every, Schedule
from sla_engine.model.service import Check, Service
from sla_engine.model.text import plain
from sla_engine.policy import PolicySet, take_snapshot
from sla_engine.store import LoadedPolicies, Store, open_store
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


POLICIES = """
[service.api]
every = "1h"
check.health = { probe = "http", url = "http://api.example" }
[service.web]
every = "1h"
check.home = { probe = "http", url = "http://web.example" }
[sla.standard]
timezone = "UTC"
availability.api = "99%"
latency.api = { target = "95%", under = "800ms" }
[customer.acme]
sla = "standard"
availability.api = "99.9%"
"""
JUNE, JULY = parse_instant("2025-06-01T00:00:00Z"), parse_instant("2025-07-01T00:00:00Z")


class June:
    """June 2025 and a store: what is probed every hour was down on the 3rd from 02:00 to 04:00.

    Results can be put in late; the policies have been in force since May.
    """

    start, end = JUNE, JULY
    later = JULY + 5 * DAY

    def __init__(self, folder: Path, store: Store) -> None:
        self.folder = folder
        self.store = store
        self.load(POLICIES, JUNE - DAY)

    def month(self) -> list[Result]:
        return [self.hour(number) for number in range(-3, 30 * 24 + 3)]

    def hour(self, number: float, state: State | None = None, check: str = "api/health") -> Result:
        state = state or (State.DOWN if number in {50, 51} else State.UP)
        reason = "status 503" if state is State.DOWN else None
        return Result(check, JUNE + round(number * HOUR), state, HOUR, latency=1_000, reason=reason)

    def put(self, results: Iterable[Result]) -> None:
        for result in results:
            self.store.writer.put(result)
        assert self.store.writer.flush(20)

    def pack(self) -> None:
        self.store.pack(JULY + 2 * DAY)

    def load(self, text: str, at: Instant) -> PolicySet:
        """Have policies be in force from an instant on."""
        (self.folder / "policy.toml").write_text(text)
        self.policies = load_policies(self.folder, environ={})
        self.store.writer.keep_policies(LoadedPolicies(at, self.policies.hash, take_snapshot(self.policies)))
        assert self.store.writer.flush(20)
        return self.policies

    def judged(self, *, sla: str | None = "standard", customer: str | None = None, now: Instant = later) -> Judged:
        return to_judge(self.policies, self.store, "2025-06", now, sla=None if customer else sla, customer=customer)


@pytest.fixture
def june(tmp_path: Path, store_url: str) -> Iterator[June]:
    (tmp_path / "policies").mkdir()
    with open_store(store_url) as store:
        store.start_writer()
        made = June(tmp_path / "policies", store)
        made.put(made.month())
        yield made
