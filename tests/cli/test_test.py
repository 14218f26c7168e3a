import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

Sla = Callable[..., subprocess.CompletedProcess[str]]

SCENARIOS = """[scenario.holds]
title = "Nothing happens"
period = "2026-10"

[scenario.fails]
period = "2026-10"
service.api = "up 1d, down 8h, up"
expect_incident = []
[[scenario.fails.expect]]
sla = "standard"
availability.api = { verdict = "met", down = "8h" }
"""


@pytest.fixture
def policies(tmp_path: Path) -> Path:
    """A folder ``policies`` with two scenarios, where the commands run."""
    folder = tmp_path / "policies"
    folder.mkdir()
    (folder / "policy.toml").write_text(
        '[service.api]\ncheck.health.probe = "api"\ncheck.health.url = "http://${NOT_SET}/"\n'
        '[sla.standard]\navailability.api = "99%"\n'
        '[notifier.mail]\nvia = "email"\n[escalation.all]\non.services = "all"\nstep = [{ notify = ["mail"] }]\n'
        '[engine]\nstore = "sqlite:///sla.db"\n'
    )
    (folder / "a.scenario.toml").write_text(SCENARIOS)
    return folder


def test_each_scenario_is_a_line_and_what_failed_is_told_with_its_place(sla: Sla, policies: Path) -> None:
    done = sla("test")

    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout == (
        "ok      holds: Nothing happens\n"
        "FAILED  fails: fails\n"
        "        policies/a.scenario.toml:11:32: sla standard, availability.api.verdict: expected met, came breached\n"
        "        policies/a.scenario.toml:8:19: incidents: expected none, came api opened +1d, closed +1d8h\n"
        "2 scenarios, 1 failed\n"
    )


def test_one_file_or_a_few_scenarios_can_be_played_alone(sla: Sla, policies: Path) -> None:
    by_text = sla("test", "-k", "Nothing")
    by_file = sla("test", policies / "a.scenario.toml", "-k", "holds")

    assert by_text.returncode == by_file.returncode == 0
    assert by_text.stdout == by_file.stdout == "ok      holds: Nothing happens\n1 scenario, none failed\n"


def test_programs_read_json_or_junit(sla: Sla, policies: Path) -> None:
    as_json = json.loads(sla("test", "--format", "json").stdout)
    suite = ElementTree.fromstring(sla("test", "--format", "junit").stdout)

    assert [(one["scenario"], one["passed"], one["line"]) for one in as_json["scenarios"]] == [
        ("holds", True, 1), ("fails", False, 5)
    ]  # fmt: skip
    assert as_json["scenarios"][1]["failures"][0] == {
        "what": "sla standard, availability.api.verdict",
        "expected": "met",
        "came": "breached",
        "file": "policies/a.scenario.toml",
        "line": 11,
        "column": 32,
    }
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    assert [(case.get("classname"), case.get("name"), len(case)) for case in suite] == [
        ("policies/a.scenario.toml", "holds", 0), ("policies/a.scenario.toml", "fails", 1)
    ]  # fmt: skip


def test_errors_in_policies_or_scenarios_are_exit_status_2(sla: Sla, policies: Path) -> None:
    (policies / "b.scenario.toml").write_text('[scenario.b]\nperiod = "2026-10"\nservice.apy = "up"\n')
    wrong_scenario = sla("test")
    (policies / "policy.toml").write_text("[sla.standard]\navailability.api = 99\n")
    wrong_policy = sla("test")

    assert wrong_scenario.returncode == wrong_policy.returncode == 2
    assert "policies/b.scenario.toml:3:9" in wrong_scenario.stderr
    assert "did you mean 'api'?" in wrong_scenario.stderr
    assert "policies/policy.toml:2:20" in wrong_policy.stderr


def test_where_there_is_no_scenario_it_says_how_to_come_by_one(sla: Sla, policies: Path) -> None:
    nothing = sla("test", "-k", "xyz")
    nowhere = sla("test", "nowhere")

    assert (nothing.returncode, nowhere.returncode) == (2, 2)
    assert "--record drafts one" in nothing.stderr
    assert nowhere.stderr == "there is no such file or folder: nowhere\n"


def test_a_history_becomes_a_scenario_that_holds(sla: Sla, policies: Path, tmp_path: Path) -> None:
    lines = [{"check": "api/health", "at": f"2026-10-01T00:{minute:02}:00Z", "state": "down"} for minute in range(9)]
    (tmp_path / "history.jsonl").write_text("\n".join(map(json.dumps, lines)))

    drafted = sla(
        "test", "--record", "history.jsonl", "--period", "2026-10", "--name", "bad", "--now", "2026-11-01T00:00Z"
    )
    (policies / "a.scenario.toml").write_text(drafted.stdout)
    played = sla("test")

    assert (drafted.returncode, drafted.stderr) == (0, "")
    assert '"api/health" = "down 9m, silent"' in drafted.stdout
    assert played.stdout == "ok      bad: What happened to standard in 2026-10\n1 scenario, none failed\n"


def test_the_store_becomes_a_scenario_that_holds(sla: Sla, policies: Path, tmp_path: Path) -> None:
    from sla_engine.model.instant import MINUTE, parse_instant
    from sla_engine.model.result import Result, State
    from sla_engine.store import open_store

    start = parse_instant("2026-10-01T00:00:00Z")
    with open_store(f"sqlite:///{tmp_path / 'sla.db'}") as store:
        writer = store.start_writer()
        for minute in range(9):
            writer.put(Result("api/health", start + minute * MINUTE, State.UP, MINUTE))
        assert writer.flush()

    drafted = sla("test", "--record", "--period", "2026-10", "--now", "2026-10-01T00:30Z")
    (policies / "a.scenario.toml").write_text(drafted.stdout)

    assert '"api/health" = "up 9m, silent"' in drafted.stdout
    assert sla("test").returncode == 0


def test_recording_needs_a_period_and_something_to_record(sla: Sla, policies: Path) -> None:
    assert sla("test", "--record", "x.jsonl").stderr == (
        "--record needs to know which period: give --period, as in --period 2026-10\n"
    )
    for asked, message in [
        (("--record", "x.jsonl", "--period", "2026-10"), "x.jsonl: cannot be read: No such file or directory\n"),
        (("--record", "--period", "2026-10"), "there is no store at sla.db"),
        (("--record", "--period", "soon"), "'soon' names no period"),
        (("--record", "--period", "2026-10", "--sla", "x"), "there is no sla 'x'; there is standard\n"),
        (("--record", "-", "--period", "2026-10", "--name", "A b"), "'A b' is no id: ids are of the form"),
        (("--record", "-", "--period", "2026-10", "--now", "2026-09-30T00:00Z"), "2026-10 has not begun yet\n"),
    ]:
        done = sla("test", *asked)
        assert (done.returncode, done.stderr[: len(message)]) == (2, message)
