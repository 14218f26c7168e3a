from collections.abc import Callable, Iterator

import pytest

from sla_engine.model.instant import DAY, MINUTE
from sla_engine.model.result import Result, State
from sla_engine.store import Store, open_store

BASE = 20_000 * DAY


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    with open_store(store_url) as opened:
        opened.start_writer()
        yield opened


@pytest.fixture
def result() -> Callable[..., Result]:
    """A result at so many minutes after the start of a day."""

    def make(minute: float, state: State = State.UP, check: str = "web/home", **more: object) -> Result:
        reason = None if state is State.UP else f"saw {state}"
        values = {"reason": reason, "latency": 12_345, "interval": MINUTE, **more}
        return Result(check=check, at=BASE + round(minute * MINUTE), state=state, **values)  # type: ignore[arg-type]

    return make
