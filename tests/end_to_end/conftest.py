import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.waiting import PATIENCE, wait

SLA = Path(sys.executable).with_name("sla")
TOKEN = "operator-0123456789abcdef"
ACCESS = """
[access.operator]
token = { env = "SLA_TOKEN_OPERATOR" }
role = "agent"
"""


def read(url: str, token: str | None = None) -> tuple[int, str]:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


class Installation:
    """A folder with policies and a store, and the engine that runs in it, as an operator has them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.policies = folder / "policies"
        self.policies.mkdir()
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.listen = f"127.0.0.1:{free.getsockname()[1]}"
        self.write("engine.toml", f'[engine]\nlisten = "{self.listen}"\nstore = "sqlite:///{folder}/sla.db"\n')
        self.write("access.toml", ACCESS)
        self.environ = {"PATH": "/usr/bin:/bin", "SLA_TOKEN_OPERATOR": TOKEN}
        self.process: subprocess.Popen[str] | None = None

    def write(self, name: str, text: str) -> None:
        (self.policies / name).write_text(text)

    def sla(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [SLA, *arguments],
            cwd=self.folder,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def start(self) -> None:
        log = (self.folder / "log").open("a")
        self.process = subprocess.Popen([SLA, "run"], cwd=self.folder, env=self.environ, stderr=log, text=True)
        wait(lambda: read(f"http://{self.listen}/healthz")[0] == 200, "the engine answers")

    def stop(self) -> float:
        """End the engine as systemd does; gives the seconds that it took."""
        assert self.process is not None
        began = time.monotonic()
        self.process.terminate()
        assert self.process.wait(15) == 0, (self.folder / "log").read_text()
        self.process = None
        return time.monotonic() - began

    def get(self, path: str, token: str | None = None) -> tuple[int, str]:
        return read(f"http://{self.listen}{path}", token)

    def readiness(self) -> str:
        """What the engine tells an operator of itself."""
        return self.get("/readyz", TOKEN)[1]

    def status(self, token: str | None = None) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.get("/api/v1/status", token)[1])
        return found

    def states(self) -> dict[str, str]:
        return {service["service"]: service["state"] for service in self.status()["services"]}

    def wait_for(self, **states: str) -> None:
        wait(lambda: states.items() <= self.states().items(), f"{states}, not {self.states()}")


@pytest.fixture
def wait_until() -> Callable[[Callable[[], Any], str], Any]:
    """Wait until something holds, and say in words what was waited for in vain."""
    return wait


@pytest.fixture
def sla() -> Path:
    """The command line."""
    return SLA


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    made = Installation(tmp_path)
    yield made
    if made.process is not None:
        made.process.kill()
        made.process.wait()
        os.sync()
