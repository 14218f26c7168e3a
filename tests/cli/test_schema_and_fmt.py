"""What editors are given, and how files are laid out."""

import json
import os
import pty
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

Sla = Callable[..., subprocess.CompletedProcess[str]]

UNTIDY = """\
# Kept.
[calendar.europe]
timezone="GMT+1"      # kept too
hours.mon-fri   = '08:00-17:00'


[sla.standard]
availability={}
response.first={within="4h",during="europe"}
"""
TIDY = """\
# Kept.
[calendar.europe]
timezone = "GMT+1"  # kept too
hours.mon-fri = "08:00-17:00"

[sla.standard]
availability = {}
response.first = { within = "4h", during = "europe" }
"""


def write(folder: Path, text: str = UNTIDY, name: str = "policy.toml") -> Path:
    path = folder / "policies" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode())
    return path


def policy_hash(sla: Sla) -> str:
    found: str = json.loads(sla("show", "--format", "json").stdout)["policy_hash"]
    return found


def test_the_schema_is_printed_and_nothing_else(sla: Sla) -> None:
    done = sla("schema")

    assert json.loads(done.stdout)["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert done.stderr == ""


def test_the_schema_is_written_to_a_file_in_an_older_draft(sla: Sla, tmp_path: Path) -> None:
    done = sla("schema", "--draft", "7", "--out", "sla.schema.json")

    assert (done.returncode, done.stdout) == (0, "")
    assert json.loads((tmp_path / "sla.schema.json").read_text())["$schema"].endswith("draft-07/schema#")


def test_a_schema_that_cannot_be_written_is_told(sla: Sla) -> None:
    done = sla("schema", "--out", "nowhere/sla.schema.json")

    assert done.returncode == 2
    assert done.stderr == "nowhere/sla.schema.json cannot be written: No such file or directory\n"


def test_a_file_is_laid_out_with_its_comments_and_its_meaning(sla: Sla, tmp_path: Path) -> None:
    path = write(tmp_path)
    before = policy_hash(sla)

    done = sla("fmt")

    assert (done.returncode, done.stderr) == (0, "laid out policies/policy.toml\n")
    assert path.read_text() == TIDY
    assert policy_hash(sla) == before


def test_what_is_laid_out_stays_as_it_is(sla: Sla, tmp_path: Path) -> None:
    path = write(tmp_path, TIDY)
    written_at = path.stat().st_mtime_ns

    done = sla("fmt", "policies/policy.toml")

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert path.stat().st_mtime_ns == written_at


def test_to_check_and_to_show_changes_nothing(sla: Sla, tmp_path: Path) -> None:
    path = write(tmp_path)

    checked = sla("fmt", "--check")
    shown = sla("fmt", "--diff")

    assert (checked.returncode, checked.stdout) == (1, "would lay out policies/policy.toml\n")
    assert shown.returncode == 1
    assert {'-timezone="GMT+1"      # kept too', '+timezone = "GMT+1"  # kept too'} < set(shown.stdout.splitlines())
    assert path.read_text() == UNTIDY


def test_a_file_that_is_not_toml_is_told_and_none_is_changed(sla: Sla, tmp_path: Path) -> None:
    path = write(tmp_path)
    write(tmp_path, "[calendar.us\n", "us.toml")

    done = sla("fmt")

    assert done.returncode == 2
    assert "policies/us.toml:1:13" in done.stderr
    assert path.read_text() == UNTIDY


def test_a_set_with_faults_of_sense_is_laid_out_all_the_same(sla: Sla, tmp_path: Path) -> None:
    path = write(tmp_path, "[calender.europe]\ntimezone='GMT+1'\n")

    assert sla("fmt").returncode == 0
    assert path.read_text() == '[calender.europe]\ntimezone = "GMT+1"\n'


def test_the_shipped_policies_are_laid_out(sla: Sla, maxony: Path) -> None:
    done = sla("fmt", "--check", maxony)

    assert (done.returncode, done.stdout) == (0, "")


def test_the_settings_of_a_users_own_tombi_change_nothing(sla: Sla, tmp_path: Path) -> None:
    path = write(tmp_path)
    shutil.copy(path, tmp_path / "copy.toml")
    (tmp_path / "tombi.toml").write_text("[format.rules]\nindent-table-key-value-pairs = true\n")

    sla("fmt")

    assert path.read_text() == TIDY


def test_files_are_counted_on_a_terminal_once_it_takes_long() -> None:
    program = (
        "from sla_engine.cli import counting; counting._PATIENCE = 0;"
        "print(sum(counting.counted(range(1, 6))))"  # what is counted is handed on, all of it
    )
    terminal, stderr = pty.openpty()

    done = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=stderr, check=True)
    os.close(stderr)

    assert done.stdout == b"15\n"
    assert b"5/5" in os.read(terminal, 10_000)
    os.close(terminal)


def test_nobody_else_is_shown_a_bar(sla: Sla, tmp_path: Path) -> None:
    write(tmp_path, "[calender.x]\n")

    done = sla("lint", "--format", "json")

    assert len(json.loads(done.stdout)["diagnostics"]) == 1
    assert done.stderr == ""
