"""Two engines, one PostgreSQL: real processes, of which one is at work at any time."""

import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from sla_engine.store import open_store
from sla_engine.testing.servers.web import Page, WebServer
from tests.databases import Databases

POLICY = """
[service.shop]
every = "1s"
check.home = {{ probe = "http", url = "{url}/", timeout = "800ms" }}
[sla.standard]
timezone = "UTC"
availability.shop = "99%"
"""
HELD = """
SELECT pid, objid FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE locktype = 'advisory' AND application_name LIKE 'sla process%' AND datname = current_database()
"""


@pytest.fixture
def address(postgresql: Databases) -> Iterator[str]:
    with postgresql.one() as made:
        yield made


@contextmanager
def somebody_else_in_its_place(address: str) -> Iterator[None]:
    """End the session by which an engine keeps others off, and hold its lock."""
    with psycopg.connect(address, autocommit=True) as other:
        [[_, lock]] = other.execute(HELD).fetchall()
        is_held = False
        while not is_held:  # the engine tries to have it back
            for pid, _ in other.execute(HELD).fetchall():
                other.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
            [[is_held]] = other.execute("SELECT pg_try_advisory_lock(%s)", (lock,)).fetchall()
        yield


def test_of_two_engines_on_one_postgresql_one_is_at_work(
    installation: Any, address: str, sla: Path, wait_until: Callable[[Callable[[], Any], str], Any]
) -> None:
    def run_second() -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sla, "run"], cwd=installation.folder, env=installation.environ, stderr=subprocess.PIPE, text=True
        )

    with WebServer({"/": Page("shop")}) as web:
        installation.write("policy.toml", POLICY.format(url=web.url))
        installation.write("engine.toml", f'[engine]\nlisten = "{installation.listen}"\nstore = "{address}"\n')
        installation.start()
        installation.wait_for(shop="up")
        first = installation.process
        installation.write("engine.toml", f'[engine]\nlisten = "127.0.0.1:0"\nstore = "{address}"\n')

        second = run_second()
        _, said = second.communicate(timeout=60)
        assert second.returncode == 3
        assert f"is in use by sla process {first.pid} on " in said

        entered = installation.sla("exclude", "shop", "2025-06-01T00:00Z", "2025-06-01T01:00Z", "--reason", "a fire")
        assert entered.returncode == 0, entered.stderr

        with somebody_else_in_its_place(address):
            not_alone = "another engine may be at work, so nothing is judged or sent: "
            wait_until(lambda: not_alone in installation.readiness(), "it notices that it is not alone")
            assert installation.get("/readyz")[0] == 503
        wait_until(lambda: installation.get("/readyz") == (200, "ready\n"), "it goes on")

        first.send_signal(signal.SIGKILL)
        first.wait()
        second = run_second()
        assert second.stderr is not None
        try:
            assert any("status page at" in line for line in second.stderr)
        finally:
            second.terminate()
            second.communicate(timeout=30)
        installation.process = None

    with open_store(address) as store:
        assert [act.reason for act in store.acts()] == ["a fire"]
