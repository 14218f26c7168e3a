"""The documents say what the code does: a hook, command or example without its line fails here."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sla_engine.cli.main import COMMANDS
from sla_engine.plugin import hooks
from sla_engine.policy import documents
from sla_engine.policy.documents import KINDS
from sla_engine.policy.faults import key_of
from sla_engine.policy.schema import field_comments
from sla_engine.registry.host import load_plugins

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
PLUGINS = (ROOT / "docs" / "plugins.md").read_text()


def hook_names() -> list[str]:
    return [name for name, thing in vars(hooks).items() if hasattr(thing, f"{hooks.PROJECT}_spec")]


@pytest.mark.parametrize("name", hook_names())
def test_every_hook_has_a_heading_with_its_arguments(name: str) -> None:
    function = getattr(hooks, name)
    arguments = function.__code__.co_varnames[: function.__code__.co_argcount]

    assert f"### `{name}({', '.join(arguments)})`" in PLUGINS


def test_there_are_hooks() -> None:
    assert len(hook_names()) == 9


@pytest.mark.parametrize("name", re.findall(r"^\$ sla ([a-z-]+)", README, re.MULTILINE))
def test_every_command_that_the_readme_shows_is_there(name: str) -> None:
    assert name in COMMANDS


def test_the_readmes_policy_is_one(tmp_path: Path) -> None:
    [policy] = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    calendar = '[calendar.support]\ntimezone = "GMT+1"\nhours.mon-fri = "08:00-17:00"\n'
    (tmp_path / "policy.toml").write_text(calendar + policy)

    done = subprocess.run(
        [Path(sys.executable).with_name("sla"), "lint", tmp_path, "--format", "json"],
        capture_output=True,
        text=True,
        check=False,
    )

    levels = {one["level"]: one for one in json.loads(done.stdout)["diagnostics"]}
    assert "error" not in levels, levels


def test_the_readmes_history_can_be_judged(tmp_path: Path) -> None:
    [history] = re.findall(r"```json\n(.*?)```", README, re.DOTALL)
    maxony = ROOT / "policies" / "maxony"

    done = subprocess.run(
        [
            Path(sys.executable).with_name("sla"),
            "evaluate",
            "--policies",
            maxony,
            "--history",
            "-",
            "--period",
            "2026-10",
        ],
        input=history,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr


def test_the_readmes_python_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    [code] = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    monkeypatch.chdir(ROOT)
    names: dict[str, Any] = {}

    exec(code, names)

    assert names["due"].isoformat() == "2026-01-06T10:00:00+01:00"
    assert {one.finding for one in names["verdict"].availability} == {"no_data"}


def test_every_folder_that_is_written_about_is_there() -> None:
    rooms = re.findall(
        r"`((?:sla_engine|plugins|policies|docs)/[a-z_/]*)`", (ROOT / "CONTRIBUTING.md").read_text() + README
    )

    assert [room for room in rooms if not (ROOT / room).exists()] == []


def test_every_decision_has_its_three_parts() -> None:
    for path in (ROOT / "docs" / "decisions").glob("*.md"):
        text = path.read_text()
        assert all(f"**{part}.**" in text for part in ("Context", "Choice", "Consequence")), path.name


def test_the_built_in_plugins_are_those_of_the_contract() -> None:
    host = load_plugins()

    assert {"http", "api", "smtp", "sms"} <= set(host.probes)
    assert "email" in host.notifiers


def test_every_key_of_the_language_is_in_its_reference_in_the_words_of_the_code() -> None:
    text = (ROOT / "docs" / "policy.md").read_text()
    tables = [*KINDS.values(), documents.CheckTable, documents.EngineTable, documents.Trigger, documents.Step]
    tables += [documents.AvailabilityTable, documents.LatencyTable, documents.ResponseTable, documents.Targets]
    tables += [documents.CreditTable, documents.CreditsTable, documents.ControlTable, documents.BurnTable]
    tables += [documents.RotationTable, documents.OverrideTable, documents.PingTable]
    tables += [documents.LimitTable, documents.SpendTable, documents.LimitsTable]
    tables += [documents.DeskTable, documents.MailboxTable]

    missing = [
        f"{table.__name__}.{key}"
        for table in tables
        for key, comment in field_comments(table).items()
        if key != "settings" and f"| `{key_of(key)}` | {comment} |" not in text
    ]

    assert missing == []
    assert all(f"## `[{kind}.ID]`" in text for kind in KINDS)
