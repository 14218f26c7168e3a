"""The engine as an operator runs it: a real process, real servers, the web, the store, and a stop."""

import json
import sqlite3
from typing import Any

from sla_engine.testing.servers.web import Page, WebServer

POLICY = """
[service.shop]
title = "Shop"
every = "1s"
check.home = {{ probe = "http", url = "{url}/", timeout = "800ms" }}
[service.slow]
every = "1s"
check.page = {{ probe = "http", url = "{url}/slow", timeout = "30s" }}
[sla.standard]
title = "Standard agreement"
timezone = "GMT+1"
availability.shop = "99%"
[escalation.all]
on = {{ services = "all" }}
step = []
"""
PAGES = {"/": Page("shop"), "/slow": Page("slow")}


def test_an_outage_is_seen_kept_and_shown_and_a_stop_loses_nothing(installation: Any) -> None:
    with WebServer(PAGES) as web:
        web.break_("/slow", delay=60)
        installation.write("policy.toml", POLICY.format(url=web.url))
        installation.start()

        installation.wait_for(shop="up")
        assert installation.get("/readyz") == (200, "ready\n")
        web.break_("/", status=503)
        installation.wait_for(shop="down")
        _, page = installation.get("/")
        assert '<td class="down">' in page
        assert "status 503" not in page  # what was seen is for agents
        assert 'sla_service_state{service="shop",state="down"} 1.0' in installation.get("/metrics")[1]
        web.break_("/")
        installation.wait_for(shop="up")

        assert installation.stop() < 10  # with a run under way that would take a minute
        kept = installation.sla("status", "--format", "json")

    report = json.loads(installation.sla("report", "--period", this_month(installation), "--format", "json").stdout)
    [shop] = report["availability"]
    assert json.loads(kept.stdout)["services"][0]["state"] == "unknown"  # nobody looks any more
    assert shop["outages"][0]["reason"] == "status 503, expected 2xx"
    assert 0 < shop["seconds"]["down"] <= shop["real_down"] + 1
    events = [kind for (kind,) in sqlite3.connect(installation.folder / "sla.db").execute("SELECT kind FROM events")]
    assert events[0] == "started"
    assert {"broken-off", "stopped"} <= set(events)
    assert "slow/page" not in {
        check["check"] for one in json.loads(kept.stdout)["services"] for check in one["checks"] if check["at"]
    }


def test_the_command_line_and_the_web_say_the_same(installation: Any) -> None:
    with WebServer(PAGES) as web:
        installation.write("policy.toml", POLICY.format(url=web.url))
        installation.start()
        installation.wait_for(shop="up", slow="up")
        installation.stop()
        at = installation.sla("status", "--format", "json")

    by_command = json.loads(at.stdout)
    again = json.loads(installation.sla("status", "--format", "json", "--now", by_command["at"]).stdout)
    assert again == by_command
    assert set(by_command) == {"at", "policy_hash", "overall", "services", "incidents", "agreements"}


def test_a_second_engine_on_the_same_store_is_refused_with_a_sentence(installation: Any) -> None:
    with WebServer(PAGES) as web:
        installation.write("policy.toml", POLICY.format(url=web.url))
        installation.start()
        listen = installation.listen
        installation.write("engine.toml", installation_engine(installation, "127.0.0.1:0"))

        second = installation.sla("run")

        assert (second.returncode, listen in second.stderr) == (3, False)
        assert "in use by process" in second.stderr
        assert "Traceback" not in second.stderr


def test_an_address_in_use_is_told_with_a_way_out(installation: Any) -> None:
    with WebServer(PAGES) as web:
        installation.write("policy.toml", POLICY.format(url=web.url))
        installation.write("engine.toml", installation_engine(installation, f"127.0.0.1:{web.port}"))

        refused = installation.sla("run")

    assert refused.returncode == 3
    assert "cannot listen on" in refused.stderr
    assert "engine.listen" in refused.stderr


def test_asking_before_there_is_a_store_says_what_to_do(installation: Any) -> None:
    installation.write("policy.toml", POLICY.format(url="http://web.example"))

    asked = installation.sla("status")

    assert asked.returncode == 2
    assert "`sla run` makes it" in asked.stderr


def test_a_probe_is_shown_and_answers_with_its_exit_status(installation: Any) -> None:
    with WebServer(PAGES) as web:
        installation.write("policy.toml", POLICY.format(url=web.url))
        up = json.loads(installation.sla("probe", "shop", "--format", "json").stdout)
        web.break_("/", status=500)
        down = installation.sla("probe", "shop/home")

    assert (up["service"], up["check"], up["state"], up["reason"]) == ("shop", "home", "up", None)
    assert sum(up["phases"].values()) > 0
    assert down.returncode == 1
    assert "shop/home  DOWN" in down.stdout
    assert "status 500, expected 2xx" in down.stdout


def installation_engine(installation: Any, listen: str) -> str:
    return f'[engine]\nlisten = "{listen}"\nstore = "sqlite:///{installation.folder}/sla.db"\n'


def this_month(installation: Any) -> str:
    status = json.loads(installation.sla("status", "--format", "json").stdout)
    begins: str = status["agreements"][0]["period"]["end"]
    return begins[:7]
