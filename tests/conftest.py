import asyncio
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from sla_engine.testing.servers.certificates import LocalAuthority
    from tests.databases import Databases

# A change is judged by what it changes: other examples are drawn by `--soak`, and what those find becomes an example.
settings.register_profile("the same every time", derandomize=True, deadline=None)
settings.register_profile("others every time", deadline=None)

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

DATABASES = ("sqlite", "postgresql")
"""What stores can be made in; most tests use the first."""
STORE = Path(__file__).parent / "store"
"""Whatever is tested here is tested on every database."""
NEEDS = {
    # mark: what must be installed, and by which package
    "browser": (("chromium",), "chromium"),
    "peers": (
        ("/usr/lib/nagios/plugins/check_http", "/usr/lib/nagios/plugins/check_smtp", "prometheus-blackbox-exporter"),
        "monitoring-plugins-basic prometheus-blackbox-exporter",
    ),
    "namespaces": (("ip", "unshare", "nsenter"), "iproute2 util-linux"),
}


@cache
def lacks(mark: str) -> str | None:
    """What keeps this machine from running the tests of a mark, or None."""
    programs, package = NEEDS[mark]
    if not all(shutil.which(program) for program in programs):
        return f"not installed (apt-get install {package})"
    if mark == "namespaces" and not may_have_networks():
        return "not permitted (networks of their own need root)"
    return None


def may_have_networks() -> bool:
    """Whether a process may be given a network of its own here."""
    return subprocess.run(["unshare", "--net", "--mount", "true"], capture_output=True, check=False).returncode == 0


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests of what is not installed, and say so: a skip would look like a pass."""
    missing = [mark for mark in NEEDS if lacks(mark)]
    if not config.getoption("--soak"):
        missing.append("soak")
    if config.getoption("--store") not in {None, "sqlite"}:
        missing.append("sqlite")
    left_out = [item for item in items if any(item.get_closest_marker(mark) for mark in missing)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def pytest_report_header() -> list[str]:
    return [f"{mark} tests: {f'LEFT OUT, {what}' if (what := lacks(mark)) else 'run'}" for mark in NEEDS]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="Write the golden files anew instead of comparing.")
    parser.addoption("--soak", action="store_true", help="Run the tests that take minutes, too.")
    parser.addoption(
        "--store", choices=DATABASES, help="Run every test that has a store on this database.  [default: sqlite]"
    )


def pytest_configure(config: pytest.Config) -> None:
    settings.load_profile("others every time" if config.getoption("--soak") else "the same every time")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Have the tests that are marked so run on every database, unless one is asked for."""
    is_marked = metafunc.definition.get_closest_marker("every_database") is not None
    if "database" in metafunc.fixturenames and (is_marked or metafunc.definition.path.is_relative_to(STORE)):
        chosen = metafunc.config.getoption("--store")
        metafunc.parametrize("database", [chosen] if chosen else DATABASES, scope="session")


@pytest.fixture(scope="session")
def database(request: pytest.FixtureRequest) -> str:
    """The kind of database that stores are made in."""
    return request.config.getoption("--store") or DATABASES[0]


@pytest.fixture(scope="session")
def postgresql() -> Iterator["Databases"]:
    """A real PostgreSQL, from a wheel; all workers share one."""
    from tests.databases import databases

    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or uuid4().hex
    # Not where pytest has its folders: every run of it shuts them to the user that PostgreSQL runs as, for all runs.
    with databases(Path(tempfile.gettempdir()) / f"sla-postgresql-{run}") as found:
        yield found


@pytest.fixture
def store_urls(request: pytest.FixtureRequest, database: str, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """The address of an empty store of a name."""
    made: dict[str, str] = {}
    with ExitStack() as stack:

        def make(name: str) -> str:
            if name not in made:
                made[name] = f"sqlite:///{tmp_path / name}.db"
                if database == "postgresql":
                    made[name] = stack.enter_context(request.getfixturevalue("postgresql").one())
            return made[name]

        yield make


@pytest.fixture
def store_url(store_urls: Callable[[str], str]) -> str:
    """The address of an empty store."""
    return store_urls("sla")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Hold a text against the file of that name in the folder ``golden`` beside the test."""

    def compare(name: str, text: str) -> None:
        path = request.path.parent / "golden" / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.exists(), f"{path.name} is missing: look at what --update-golden writes\n{text}"
        assert text == path.read_text(encoding="utf-8")

    return compare


@pytest.fixture
async def serve() -> AsyncIterator[Callable[..., Awaitable[int]]]:
    """Hold a conversation, given as a coroutine, with whoever connects to a port on loopback; gives the port."""
    servers: list[asyncio.Server] = []

    async def begin(answer: Answer, host: str = "127.0.0.1", **options: Any) -> int:
        async def quietly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await answer(reader, writer)
            except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                pass  # clients that break off are what is being tested
            finally:
                writer.close()

        server = await asyncio.start_server(quietly, host, 0, **options)
        servers.append(server)
        return int(server.sockets[0].getsockname()[1])

    yield begin
    for server in servers:
        server.close()


@pytest.fixture(scope="session")
def authority() -> "LocalAuthority":
    from sla_engine.testing.servers.certificates import LocalAuthority

    return LocalAuthority()


@pytest.fixture(scope="session")
def ca_file(authority: "LocalAuthority", tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(authority.write(tmp_path_factory.mktemp("authority") / "ca.pem"))
