"""A running engine and its policy files: what it takes up, what it refuses, and how it starts again."""

import signal
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

import pytest

from sla_engine.testing.servers.web import Page, WebServer

POLICY = """
[service.shop]
every = "1s"
check.home = {{ probe = "http", url = "{url}/", timeout = "800ms" }}
[sla.standard]
timezone = "GMT+1"
availability.shop = "99%"
[escalation.all]
on = {{ services = "all" }}
step = []
"""
EXTRA = '[service.extra]\nevery = "1s"\ncheck.page = {{ probe = "http", url = "{url}/extra", timeout = "800ms" }}\n'


@pytest.fixture
def running(installation: Any) -> Any:
    with WebServer({"/": Page("shop"), "/extra": Page("extra")}) as web:
        installation.web = web
        installation.text = POLICY.format(url=web.url)
        installation.write("policy.toml", installation.text)
        installation.start()
        installation.wait_for(shop="up")
        yield installation


def target(installation: Any) -> str:
    return str(installation.status()["agreements"][0]["availability"][0]["target"])


def events(installation: Any) -> list[str]:
    rows = sqlite3.connect(installation.folder / "sla.db").execute("SELECT kind FROM events ORDER BY id")
    return [kind for (kind,) in rows]


def test_new_checks_and_new_terms_are_taken_up_while_the_others_go_on(running: Any, wait_until: Any) -> None:
    running.write("policy.toml", running.text.replace("99%", "98%"))
    running.write("extra.toml", EXTRA.format(url=running.web.url))

    running.wait_for(shop="up", extra="up")
    wait_until(lambda: target(running) == "98", "the new target")

    assert running.get("/readyz") == (200, "ready\n")
    assert "policies-loaded" in events(running)
    assert running.sla("plan").stdout.startswith("No changes since")


def test_a_broken_file_is_said_and_changes_nothing_until_it_is_mended(running: Any, wait_until: Any) -> None:
    running.write("policy.toml", running.text.replace("availability.shop", "availabilty.shop"))
    wait_until(lambda: "degraded" in running.get("/readyz")[1], "the refusal")

    assert running.get("/readyz")[0] == 200
    assert "policy.toml:7:1: unknown key 'availabilty'" in running.readiness()
    assert "sla_policies_in_force 0.0" in running.get("/metrics")[1]
    assert (target(running), running.states()) == ("99", {"shop": "up"})

    running.write("policy.toml", running.text)
    wait_until(lambda: running.get("/readyz")[1] == "ready\n", "the mending")
    assert "sla_policies_in_force 1.0" in running.get("/metrics")[1]
    wait_until(lambda: {"policies-refused", "policies-mended"} <= set(events(running)), "both are kept")


def test_a_file_cut_off_again_and_again_neither_ends_the_engine_nor_changes_what_it_runs(
    running: Any, wait_until: Any
) -> None:
    path: Path = running.policies / "policy.toml"
    whole = path.read_bytes()

    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        assert (target(running), set(running.states())) == ("99", {"shop"})
    path.write_bytes(whole[:60])
    wait_until(lambda: "degraded" in running.get("/readyz")[1], "the refusal")
    path.write_bytes(whole)
    wait_until(lambda: running.get("/readyz")[1] == "ready\n", "the whole file")

    assert running.process.poll() is None
    running.wait_for(shop="up")


def test_what_was_taken_out_is_taken_out_at_once_on_sighup(running: Any, wait_until: Any) -> None:
    running.write("extra.toml", EXTRA.format(url=running.web.url))
    running.wait_for(extra="up")
    (running.policies / "extra.toml").unlink()
    wait_until(lambda: "extra.toml is gone" in running.readiness(), "the missing file is noticed")
    assert set(running.states()) == {"shop", "extra"}

    running.process.send_signal(signal.SIGHUP)

    wait_until(lambda: set(running.states()) == {"shop"}, "the service is gone")


def test_a_restart_with_broken_files_goes_on_by_the_last_good_ones(running: Any, wait_until: Any, sla: Path) -> None:
    running.stop()
    running.write("policy.toml", running.text.replace("availability.shop", "availabilty.shop"))

    strict = subprocess.run(
        [sla, "run", "--strict"], cwd=running.folder, env=running.environ, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    running.start()
    running.wait_for(shop="up")

    assert (strict.returncode, "SLA101" in strict.stderr) == (2, True)
    assert "THE LAST GOOD ONES ARE IN FORCE" in (running.folder / "log").read_text()
    assert "degraded" in running.get("/readyz")[1]
    running.write("policy.toml", running.text)
    wait_until(lambda: running.get("/readyz")[1] == "ready\n", "the mending")
