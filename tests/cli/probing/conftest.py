import contextlib
import os
import pty
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sla_engine.testing.servers.web import Page, WebServer

Http = Callable[..., str]
OnTerminal = Callable[..., str]
Watch = Callable[..., "subprocess.Popen[str]"]
Write = Callable[..., None]

SLA = Path(sys.executable).with_name("sla")
ENVIRON = {"PATH": "/usr/bin:/bin", "TERM": "xterm"}


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file of policies."""

    def to(text: str, name: str = "policy.toml") -> None:
        path = tmp_path / "policies" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    return to


@pytest.fixture
def told(tmp_path: Path) -> dict[str, str]:
    """The environment in which the plugin `told` is installed."""
    source = Path(__file__).parent / "told"
    installed = tmp_path / "told-1.0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: told\nVersion: 1.0\n")
    (installed / "entry_points.txt").write_text("[sla_engine]\ntold = told\n")
    return {"PYTHONPATH": f"{source}:{tmp_path}"}


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    """Start to watch; what is still watching at the end is ended."""
    started: list[subprocess.Popen[str]] = []

    def begin(target: str, *options: str) -> subprocess.Popen[str]:
        command = [SLA, "probe", target, "--watch", *options]
        pipe = subprocess.PIPE
        started.append(subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, cwd=tmp_path, env=ENVIRON))
        return started[-1]

    yield begin
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def on_terminal(tmp_path: Path) -> OnTerminal:
    """Probe with a terminal for output, and give all that came to it."""

    def run(*arguments: str, **environ: str) -> str:
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [SLA, "probe", *arguments], stdout=theirs, stderr=theirs, cwd=tmp_path, env={**ENVIRON, **environ}
        )
        os.close(theirs)
        shown = b""
        with contextlib.suppress(OSError):  # EIO is how a terminal ends
            while part := os.read(ours, 4096):
                shown += part
        os.close(ours)
        process.wait(30)
        return shown.decode()

    return run


@pytest.fixture(scope="module")
def web() -> Iterator[WebServer]:
    with WebServer({"/": Page("hello"), "/slow": Page("hello")}) as server:
        server.break_("/broken", status=503)
        server.break_("/slow", delay=0.02)
        yield server


@pytest.fixture(scope="session")
def http() -> Http:
    """The table of an http check."""

    def table(url: str, *lines: str, check: str = "home") -> str:
        return "\n".join([f"[service.shop.check.{check}]", 'probe = "http"', f'url = "{url}"', *lines, ""])

    return table
