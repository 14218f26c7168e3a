"""The process that judges, killed under a running engine: the engine says so, goes on, and judges again."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sla_engine.testing.servers.web import Page, WebServer

POLICY = """
[service.shop]
every = "1s"
check.home = {{ probe = "http", url = "{url}/" }}
"""


def judge_of(engine: int) -> int | None:
    """The process that judges for an engine."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            parent = process.joinpath("stat").read_text().rpartition(")")[2].split()[1]
            if int(parent) == engine and b"sla_engine.app.judging" in process.joinpath("cmdline").read_bytes():
                return int(process.name)
        except OSError:  # it ended meanwhile
            continue
    return None


def test_a_judge_that_is_killed_is_said_and_replaced(
    installation: Any, wait_until: Callable[[Callable[[], Any], str], Any]
) -> None:
    with WebServer({"/": Page("shop")}) as web:
        installation.write("policy.toml", POLICY.format(url=web.url))
        installation.start()
        assert judge_of(installation.process.pid) is None
        installation.wait_for(shop="up")
        judge = judge_of(installation.process.pid)
        assert judge is not None

        os.kill(judge, signal.SIGKILL)

        wait_until(lambda: "judges ended" in installation.readiness(), "it is said that the judge ended")
        assert installation.get("/readyz")[0] == 200
        wait_until(lambda: installation.states() and installation.get("/readyz")[1] == "ready\n", "it judges again")
        again = judge_of(installation.process.pid)
        assert again not in {judge, None}
        installation.stop()
        assert not Path(f"/proc/{again}").exists()
