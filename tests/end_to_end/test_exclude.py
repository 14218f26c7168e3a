"""People's entries beside a running engine: both write, and neither loses anything."""

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sla_engine.testing.servers.web import Page, WebServer

POLICY = """
[service.shop]
every = "1s"
check.home = {{ probe = "http", url = "{url}/", timeout = "800ms" }}
[sla.standard]
timezone = "UTC"
availability.shop = "99%"
"""


def test_what_is_entered_while_the_engine_writes_is_kept_and_no_result_is_lost(installation: Any) -> None:
    with WebServer({"/": Page("shop")}) as web:
        installation.write("policy.toml", POLICY.format(url=web.url))
        installation.start()
        installation.wait_for(shop="up")

        def exclude(number: int) -> str:
            window = f"2025-06-{number:02}T00:00Z", f"2025-06-{number:02}T01:00Z"
            done = installation.sla("exclude", "shop", *window, "--reason", f"number {number}")
            assert done.returncode == 0, done.stderr
            return str(done.stdout.partition(":")[0])

        with ThreadPoolExecutor(3) as people:
            ids = set(people.map(exclude, range(1, 7)))

        assert installation.get("/readyz") == (200, "ready\n")
        metrics = dict(line.rsplit(" ", 1) for line in installation.get("/metrics")[1].splitlines() if line[0] != "#")
        installation.stop()

    listed = json.loads(installation.sla("exclude", "list", "--format", "json").stdout)["exclusions"]
    assert {one["id"] for one in listed} == ids == {f"X-{number}" for number in range(1, 7)}
    database = sqlite3.connect(installation.folder / "sla.db")
    [(kept,)] = database.execute("SELECT count(*) FROM results").fetchall()
    assert metrics["sla_store_refused_total"] == "0.0"
    assert kept >= float(metrics["sla_results_up_total"]) > 0
