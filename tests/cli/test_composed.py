"""A service that is composed of others, by every command that asks for it."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sla_engine.model.instant import HOUR, MINUTE, Instant, format_instant, parse_instant
from sla_engine.model.result import Result, State
from sla_engine.store import open_store

Sla = Callable[..., subprocess.CompletedProcess[str]]

POLICY = """
[engine]
store = "sqlite:///sla.db"
[service.web]
every = "5m"
check.home = { probe = "http", url = "http://web.example" }
[service.db]
every = "10m"
check.query = { probe = "http", url = "http://db.example" }
[service.cache]
every = "10m"
check.get = { probe = "http", url = "http://cache.example" }
[service.shop]
of = ["web", "db", "cache"]
up_when = { at_least = 2 }
[sla.standard]
availability = { shop = "99.9%", web = "99%" }
fee = "1000 EUR"
credit = [{ below = "99.9%", credit = "10%" }]
"""
JUNE, JULY = parse_instant("2026-06-01T00:00:00Z"), parse_instant("2026-07-01T00:00:00Z")
DOWN = {"web": (10 * HOUR, 12 * HOUR), "db": (11 * HOUR, 13 * HOUR), "cache": (20 * HOUR, 21 * HOUR)}
"""The web and the database are down together for an hour; the cache is down alone."""
CHECKS = {"web/home": 5 * MINUTE, "db/query": 10 * MINUTE, "cache/get": 10 * MINUTE}


def results(until: Instant = JULY) -> list[Result]:
    found = []
    for check, interval in CHECKS.items():
        begin, end = DOWN[check.partition("/")[0]]
        for at in range(JUNE, until, interval):
            state = State.DOWN if begin <= at - JUNE < end else State.UP
            found.append(Result(check, at, state, interval, reason="no answer" if state == State.DOWN else None))
    return found


@pytest.fixture
def shop(sla: Sla, tmp_path: Path) -> Sla:
    """The command line beside the policies of a shop."""
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "all.toml").write_text(POLICY)
    return sla


@pytest.fixture
def stored(shop: Sla, tmp_path: Path) -> Callable[[Instant], Sla]:
    """The same with what was seen in June until an instant."""

    def until(end: Instant) -> Sla:
        with open_store(f"sqlite:///{tmp_path / 'sla.db'}") as store:
            store.start_writer()
            for result in results(end):
                store.writer.put(result)
            assert store.writer.flush(60)
        return shop

    return until


def of_shop(done: subprocess.CompletedProcess[str]) -> Any:
    answer = json.loads(done.stdout)
    return next(one for one in answer["availability"] if one["service"] == "shop")


def test_a_recorded_history_is_judged_minute_by_minute(shop: Sla) -> None:
    lines = [
        json.dumps({"check": one.check, "at": format_instant(one.at), "state": one.state, "reason": one.reason})
        for one in results()
    ]

    done = shop("evaluate", "--history", "-", "--period", "2026-06", "--format", "json", stdin="\n".join(lines))

    verdict = of_shop(done)
    assert (verdict["verdict"], verdict["seconds"]["down"]) == ("breached", 3600)
    [outage] = verdict["outages"]
    assert (outage["start"], outage["check"], outage["reason"]) == (
        "2026-06-01T11:00:00Z",
        "web/home",
        "no answer",
    )
    assert json.loads(done.stdout)["credit"]["amount"] == "100.00"


def test_its_report_is_frozen_and_verified_from_the_results_of_its_parts(stored: Callable[[Instant], Sla]) -> None:
    sla = stored(JULY)

    frozen = sla("report", "--period", "2026-06", "--freeze", "--by", "ana")
    again = sla("report", "--period", "2026-06", "--format", "json")
    verified = sla("verify", "2026-06")

    assert frozen.returncode == 1, frozen.stderr
    assert "web/home said down 24 times" in frozen.stdout
    assert "db/query said down 12 times" in frozen.stdout
    assert of_shop(again)["seconds"]["down"] == 3600
    assert verified.returncode == 0, verified.stdout


def test_its_status_and_budget_follow_those_of_its_parts(stored: Callable[[Instant], Sla]) -> None:
    sla, now = stored(JUNE + 11 * HOUR + 30 * MINUTE), "2026-06-01T11:29:30Z"

    status = json.loads(sla("status", "--format", "json", "--now", now).stdout)
    budget = json.loads(sla("budget", "shop", "--format", "json", "--now", now).stdout)

    shop = next(one for one in status["services"] if one["service"] == "shop")
    assert (shop["state"], shop["since"], shop["reason"]) == (
        "down",
        "2026-06-01T11:00:00Z",
        "web/home: no answer",
    )
    assert (shop["of"], shop["checks"]) == (["web", "db", "cache"], [])
    assert '"shop"' in json.dumps(budget)


def test_it_is_shown_with_its_parts_and_has_nothing_of_its_own_to_probe(shop: Sla) -> None:
    shown = shop("show", "service/shop")
    probed = shop("probe", "shop")

    assert shown.stdout == "shop: shop, composed of web, db, cache, up when at least 2\n"
    assert (probed.returncode, probed.stderr) == (
        2,
        "service 'shop' is composed of others, and has nothing of its own to probe: try web, db, cache\n",
    )
