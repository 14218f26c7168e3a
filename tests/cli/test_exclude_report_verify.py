"""`sla exclude`, `sla report --freeze` and `--correct`, `sla verify`: what a person does, and what is kept of it."""

import json
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from sla_engine import load_policies
from sla_engine.model.instant import DAY, HOUR, parse_instant
from sla_engine.model.result import Result, State
from sla_engine.policy import take_snapshot
from sla_engine.store import LoadedPolicies, open_store

Sla = Callable[..., subprocess.CompletedProcess[str]]
JUNE = parse_instant("2025-06-01T00:00:00Z")
POLICIES = """
[service.api]
every = "1h"
check.health = { probe = "http", url = "http://127.0.0.1:1/" }
[sla.standard]
timezone = "UTC"
availability.api = "99.8%"
[engine]
store = "sqlite:///sla.db"
"""
OUTAGE = ("api", "2025-06-03T02:00Z", "2025-06-03T04:00Z")
JSON = ("report", "--period", "2025-06", "--format", "json")


def put(folder: Path, results: list[Result]) -> None:
    with open_store(f"sqlite:///{folder / 'sla.db'}") as store:
        writer = store.start_writer()
        for result in results:
            writer.put(result)
        assert writer.flush(10)


def hour(number: float, state: State = State.UP) -> Result:
    reason = "status 503" if state is State.DOWN else None
    return Result("api/health", JUNE + round(number * HOUR), state, HOUR, latency=1000, reason=reason)


@pytest.fixture
def june(tmp_path: Path) -> Path:
    """A folder with policies and a store that knows June 2025, two hours of which the api was down."""
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "all.toml").write_text(POLICIES)
    policies = load_policies(tmp_path / "policies")
    put(tmp_path, [hour(number, State.DOWN if number in {50, 51} else State.UP) for number in range(-2, 24 * 30 + 2)])
    with open_store(f"sqlite:///{tmp_path / 'sla.db'}") as store:
        writer = store.start_writer()
        writer.keep_policies(LoadedPolicies(JUNE - DAY, policies.hash, take_snapshot(policies)))
        assert writer.flush(10)
    return tmp_path


def test_an_exclusion_is_entered_listed_shown_and_taken_back(sla: Sla, june: Path) -> None:
    before = json.loads(sla(*JSON).stdout)
    entered = sla("exclude", *OUTAGE, "--reason", "flood, clause 7", "--by", "ana")
    after = sla(*JSON)
    revoked = sla("exclude", "revoke", "X-1", "--reason", "wrong day", "--by", "bo")
    [listed] = json.loads(sla("exclude", "list", "--period", "2025-06", "--format", "json").stdout)["exclusions"]

    assert entered.stdout == (
        "X-1: api from 2025-06-03T02:00:00Z to 2025-06-03T04:00:00Z, by ana: flood, clause 7\n"
    )  # fmt: skip
    assert (before["availability"][0]["verdict"], after.returncode) == ("breached", 0)
    assert json.loads(after.stdout)["exclusions"][0]["reason"] == "flood, clause 7"
    assert revoked.returncode == 0
    assert (listed["by"], listed["revoked"]["by"], listed["revoked"]["reason"]) == ("ana", "bo", "wrong day")
    assert json.loads(sla(*JSON).stdout) == before
    assert sla("exclude", "list", "--period", "2025-07").stdout == "Nothing was excluded.\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((*OUTAGE,), "Missing option '--reason'"),
        (("apu", *OUTAGE[1:], "--reason", "x"), "there is no service 'apu'; there is api"),
        (("api", "2025-06-03T02:00", OUTAGE[2], "--reason", "x"), "write it like 2026-10-03T12:00Z"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_way_out(
    sla: Sla, june: Path, arguments: tuple[str, ...], told: str
) -> None:
    done = sla("exclude", *arguments)

    assert (done.returncode, told in done.stderr, "Traceback" in done.stderr) == (2, True, False)


def test_a_frozen_report_is_given_byte_for_byte_whatever_comes_later(sla: Sla, june: Path) -> None:
    frozen = sla(*JSON, "--freeze", "--by", "ana")
    put(june, [hour(100.5, State.DOWN)])
    (june / "policies" / "all.toml").write_text(POLICIES.replace("99.8%", "50%"))
    again = sla(*JSON)
    text = sla("report", "--period", "2025-06")

    [(kept,)] = sqlite3.connect(june / "sla.db").execute("SELECT verdict FROM frozen_reports").fetchall()
    assert (frozen.stdout, again.stdout) == (kept.decode() + "\n",) * 2
    assert frozen.returncode == again.returncode == text.returncode == 1
    assert " by ana, inputs " in again.stderr
    assert "99.722222%" in text.stdout
    assert text.stdout.rstrip().endswith("revision 1")


def test_a_correction_says_what_changed_and_shows_both(sla: Sla, june: Path) -> None:
    too_early = sla("report", "--period", "2025-06", "--correct", "--reason", "flood")
    first = sla(*JSON, "--freeze").stdout
    refused = sla("exclude", *OUTAGE, "--reason", "flood")
    nothing = sla("report", "--period", "2025-06", "--correct", "--reason", "flood")
    sla("exclude", *OUTAGE, "--reason", "flood", "--correction")
    corrected = sla("report", "--period", "2025-06", "--correct", "--reason", "flood", "--by", "bo")
    newest, oldest = sla(*JSON), sla(*JSON, "--revision", "1")

    assert (too_early.returncode, "is not frozen" in too_early.stderr) == (2, True)
    assert (refused.returncode, "add --correction" in refused.stderr) == (2, True)
    assert (nothing.returncode, "there is nothing to correct" in nothing.stderr) == (2, True)
    assert corrected.returncode == 0  # nothing is breached any more
    assert "revision 1\n" in corrected.stdout
    assert " by bo, inputs " in corrected.stdout
    assert "revision 2: flood\n" in corrected.stdout
    assert 'availability[api].verdict: "breached" then, "met" now' in corrected.stdout
    assert (json.loads(newest.stdout)["availability"][0]["measured"], oldest.stdout) == ("100", first)
    assert "revision 2: flood (of 2)" in newest.stderr
    assert sla(*JSON, "--revision", "3").returncode == 2


def test_only_what_has_ended_by_the_clock_is_frozen(sla: Sla, june: Path) -> None:
    by_now = sla("report", "--period", "2025-06", "--freeze", "--now", "2025-08-01T00:00Z")
    running = sla("report", "--period", "2999-01", "--freeze")

    assert (by_now.returncode, "leave --now out" in by_now.stderr) == (2, True)
    assert (running.returncode, "2999-01 runs until" in running.stderr) == (2, True)


def test_verify_says_whether_the_results_agree(sla: Sla, june: Path) -> None:
    unfrozen = sla("verify", "2025-06")
    sla("report", "--period", "2025-06", "--freeze")
    agrees = sla("verify", "2025-06")
    put(june, [hour(100.5, State.DOWN)])
    differs = sla("verify", "2025-06")
    told = json.loads(sla("verify", "2025-06", "--format", "json").stdout)

    assert (unfrozen.returncode, "agrees with its run-lengths (it is not frozen)" in unfrozen.stdout) == (0, True)
    assert (agrees.returncode, "agrees with revision 1 of its report" in agrees.stdout) == (0, True)
    assert (differs.returncode, "now and not when it was frozen" in differs.stdout) == (1, True)
    assert (told["holder"], told["revision"], told["agrees"]) == ("sla/standard", 1, False)
    assert told["differences"]
