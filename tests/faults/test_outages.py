"""Our own network and limits fail: unknown for everybody, downtime for nobody, and one alert (F12, F25, F28).

Each outage is a script in ``outages/``, which runs an engine in a process, where needed with a network of its own.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SCRIPTS = Path(__file__).parent / "outages"
SLA = Path(sys.executable).with_name("sla")

Play = Callable[..., dict[str, Any]]


@pytest.fixture
def play() -> Play:
    """Run a script to its end, behind a command that sets up where it runs; gives what it found, phase by phase."""

    def run(script: str, *before: str) -> dict[str, Any]:
        command = [*before, sys.executable, str(SCRIPTS / script)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
        assert done.returncode == 0, done.stderr
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found

    return run


@pytest.mark.namespaces
def test_f25_a_resolver_that_fails_for_all_is_ours_and_one_that_fails_for_some_is_theirs(play: Play) -> None:
    found = play("resolver.py", "unshare", "--net", "--mount")

    failing = found["servfail"]
    assert failing["downs"] == {}
    assert failing["events"] == ["cut-off"]
    assert failing["cut_off"] == 1
    assert any("control.test: name does not resolve" in trouble for trouble in failing["troubles"])
    assert {reason.partition(";")[0] for reason in failing["reasons"]} == {
        "our own network: the one control does not answer"
    }

    assert found["well again"]["downs"] == {}
    assert found["well again"]["events"] == ["cut-off", "back"]
    assert (found["well again"]["cut_off"], found["well again"]["troubles"]) == (0, [])

    theirs = {f"n{number}/greeting" for number in range(20)}
    assert set(found["servfail for some"]["downs"]) == theirs
    assert found["servfail for some"]["reasons"] == [
        "",
        "connect: name does not resolve: Temporary failure in name resolution, while control.test does resolve",
    ]
    assert set(found["nxdomain for some"]["downs"]) == theirs
    assert found["nxdomain for some"]["events"] == ["cut-off", "back"]

    so_far = found["well once more"]["downs"]
    assert found["nxdomain"]["downs"] == so_far
    assert found["no answer"]["downs"] == so_far
    assert found["no answer"]["events"] == ["cut-off", "back", "cut-off"]


@pytest.mark.namespaces
def test_f28_without_an_uplink_nothing_is_known_of_anybody_and_with_it_the_dead_are_down(play: Play) -> None:
    found = play("uplink.py", "unshare", "--net")

    dead = {"dead/greeting"}
    assert set(found["well"]["downs"]) == dead
    assert found["well"]["events"] == []
    for phase in ("interface down", "cable pulled"):
        assert set(found[phase]["downs"]) == dead, phase
        assert found[phase]["cut_off"] == 1
        assert all(reason.startswith("our own network: the one control does not") for reason in found[phase]["reasons"])
    assert found["interface down"]["events"] == ["cut-off"]
    assert found["well once more"]["events"] == ["cut-off", "back", "cut-off", "back"]
    assert (set(found["well once more"]["downs"]), found["well once more"]["troubles"]) == (dead, [])


@pytest.mark.namespaces
def test_f28_a_probe_by_hand_is_judged_by_the_controls_too(tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_text(
        """
        [engine.control]
        connect = ["10.9.9.8:443", "10.9.9.7:443"]
        [service.web]
        check.home = { probe = "http", url = "http://10.9.9.9/", timeout = "5s" }
        """
    )

    command = ["unshare", "--net", SLA, "probe", "--policies", tmp_path, "web/home", "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    found = json.loads(done.stdout)
    assert found["state"] == "error", done.stderr
    assert found["reason"].startswith("our own network: none of 2 controls answers; connect: ")


def test_f12_more_slow_runs_than_there_are_descriptors_for_are_unknown_and_the_engine_recovers(play: Play) -> None:
    found = play("descriptors.py")

    assert found["overload"]["downs"] == {}
    assert found["overload"]["events"] == ["overload"]
    assert any(trouble.startswith("overload: more runs are due") for trouble in found["overload"]["troubles"])
    assert "overload: too many runs went on until the next of this check was due" in found["overload"]["reasons"]
    assert found["well again"]["downs"] == {}

    assert found["no descriptors"]["downs"] == {}
    assert found["no descriptors"]["events"] == ["overload", "no-descriptors"]
    assert any("no file descriptor is left of 64" in trouble for trouble in found["no descriptors"]["troubles"])
    assert set(found["no descriptors"]["reasons"]) - {""} == {"connect: Too many open files"}
    assert found["well once more"]["downs"] == {}
