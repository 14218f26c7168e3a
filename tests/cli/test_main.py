import importlib
import subprocess
import sys
from pathlib import Path

import click
import pytest

from sla_engine.cli.main import COMMANDS
from sla_engine.version import __version__

SLA = Path(sys.executable).with_name("sla")


def sla(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [SLA, *arguments], capture_output=True, text=True, check=False, env={"PATH": "/usr/bin:/bin", **environment}
    )


def test_the_version_is_printed() -> None:
    done = sla("--version")

    assert (done.returncode, done.stdout, done.stderr) == (0, f"sla, version {__version__}\n", "")


def test_the_version_costs_neither_store_nor_web_nor_plugins() -> None:
    program = (
        "import sys; from sla_engine.cli.main import sla; sla.main(['--version'], standalone_mode=False);"
        "heavy = {'sqlalchemy', 'litestar', 'babel', 'numpy', 'pluggy', 'pycurl', 'croniter', 'holidays', 'cattrs'};"
        "print(sorted(heavy & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "[]"


def test_linting_costs_neither_store_nor_web_nor_transfers(maxony: Path) -> None:
    program = (
        "import sys; from sla_engine.cli.main import sla;"
        f"sla.main(['lint', {str(maxony)!r}], standalone_mode=False);"
        "heavy = {'sqlalchemy', 'alembic', 'litestar', 'numpy', 'pycurl', 'structlog', 'holidays'};"
        "print(sorted(heavy & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "[]"


def test_help_lists_every_command_and_the_exit_statuses() -> None:
    printed = sla("--help").stdout

    assert all(f"\n  {name} " in printed for name in COMMANDS)
    assert "2 wrong usage or unreadable policies" in " ".join(printed.split())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_there_and_explains_itself(name: str) -> None:
    command = importlib.import_module(COMMANDS[name][0]).command

    assert isinstance(command, click.Command)
    assert command.name == name
    assert command.help


@pytest.mark.parametrize("arguments", [["no-such-command"], ["show", "--no-such-option"], ["calendar", "nothing"]])
def test_wrong_usage_is_exit_status_2_with_a_line_on_stderr(arguments: list[str]) -> None:
    done = sla(*arguments)

    assert done.returncode == 2
    assert done.stdout == ""
    assert "Error: No such" in done.stderr


def test_unreadable_policies_are_exit_status_2(tmp_path: Path) -> None:
    done = sla("show", "--policies", str(tmp_path / "nowhere"))

    assert done.returncode == 2
    assert "nowhere" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_can_be_taught_the_commands(shell: str) -> None:
    done = sla("completion", shell)

    assert done.returncode == 0
    assert "_SLA_COMPLETE" in done.stdout


def test_completing_a_command_imports_none_of_them() -> None:
    done = sla(_SLA_COMPLETE="bash_complete", COMP_WORDS="sla st", COMP_CWORD="1")

    assert done.stdout.split() == ["plain,status", "plain,store"]


def test_a_failure_of_our_own_is_exit_status_3_with_a_traceback() -> None:
    program = (
        "import sys; from sla_engine.cli import main\n"
        "def fail(**_): raise RuntimeError('a fault of ours')\n"
        "main.sla.main = fail; main.main()"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert done.returncode == 3
    assert "RuntimeError: a fault of ours" in done.stderr
