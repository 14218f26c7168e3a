"""``sla why``: one instant explained, from a recorded history and from the store."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sla_engine.model.instant import MINUTE, format_instant, parse_instant
from sla_engine.model.result import Result, State
from sla_engine.store import open_store

Sla = Callable[..., subprocess.CompletedProcess[str]]

POLICY = """
[engine]
store = "sqlite:///sla.db"
[calendar.office]
timezone = "GMT+1"
hours.mon-fri = "08:00-17:00"
[service.api]
every = "1m"
up_when = "all"
locations = ["lisbon", "paris", "berlin"]
check.health = { probe = "http", url = "http://api.example/health" }
check.login = { probe = "http", url = "http://api.example/login" }
[service.web]
every = "1m"
check.home = { probe = "http", url = "http://web.example" }
[sla.standard]
timezone = "GMT+1"
availability.api = "99%"
availability.web = { target = "99%", during = "office" }
[accounting.default]
min_outage = "3m"
maintenance_notice = "24h"
[maintenance.upgrade]
services = ["api"]
starts = 2026-10-05T12:00:00Z
lasts = "10m"
announced = 2026-10-03T12:00:00Z
[maintenance.hotfix]
services = ["api"]
starts = 2026-10-05T12:20:00Z
lasts = "10m"
announced = 2026-10-05T12:00:00Z
"""
SAYS = {
    # minutes from Monday noon, UTC: what each check says from each place
    "health": {"lisbon": "u" * 5 + "d" * 35, "paris": "u" * 8 + "d" * 32, "berlin": "u" * 40},
    "login": {"lisbon": "u" * 40, "paris": "u" * 40, "berlin": "u" * 20 + "e" * 2 + "." * 8 + "u" * 10},
}
NOON = parse_instant("2026-10-05T12:00:00Z")
STATES = {"u": State.UP, "d": State.DOWN, "e": State.ERROR}


def results() -> Iterator[Result]:
    for check, places in SAYS.items():
        for place, letters in places.items():
            for minute, letter in enumerate(letters):
                if letter != ".":
                    reason = {"d": "status 503", "e": "the resolver is away"}.get(letter)
                    at = NOON + minute * MINUTE
                    yield Result(f"api/{check}", at, STATES[letter], MINUTE, place, 20_000 + minute, reason)
    for minute in range(-10, 2):
        state = State.DOWN if minute == -5 else State.UP
        yield Result("web/home", NOON + minute * MINUTE, state, MINUTE, reason="no answer" if minute == -5 else None)


def lines() -> str:
    entries = (
        {"check": one.check, "at": format_instant(one.at), "state": one.state, "reason": one.reason}
        | ({"location": one.location} if one.location else {})
        for one in results()
    )
    return "\n".join(json.dumps(entry) for entry in entries)


@pytest.fixture
def why(sla: Sla, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "all.toml").write_text(POLICY)

    def ask(service: str, instant: str, *options: str) -> subprocess.CompletedProcess[str]:
        return sla("why", service, instant, "--history", "-", "--now", "2026-10-06T00:00Z", *options, stdin=lines())

    return ask


def told(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.mark.parametrize(
    ("service", "instant", "kind", "rule"),
    [
        ("api", "2026-10-05T11:00Z", "unknown", "checks"),
        ("api", "2026-10-05T12:05Z", "excluded", "maintenance"),
        ("api", "2026-10-05T12:15Z", "down", "checks"),
        ("api", "2026-10-05T12:25Z", "down", "checks"),
        ("api", "2026-10-05T13:00Z", "unknown", "checks"),
        ("api", "2026-10-07T12:00Z", "unscheduled", "future"),
        ("web", "2026-10-05T11:52Z", "up", "checks"),
        ("web", "2026-10-05T11:55:30Z", "up", "min_outage"),
        ("web", "2026-10-04T12:00Z", "unscheduled", "calendar"),
    ],
)
def test_the_rule_that_decided_is_named(
    why: Callable[..., Any], service: str, instant: str, kind: str, rule: str
) -> None:
    answer = told(why(service, instant, "--format", "json"))

    assert (answer["kind"], answer["rule"]) == (kind, rule)


def test_the_text_has_everything_that_was_said(why: Callable[..., Any], golden: Callable[[str, str], None]) -> None:
    asked = [("api", "2026-10-05T12:25:30Z"), ("api", "2026-10-05T12:09Z"), ("web", "2026-10-05T11:55:30Z")]

    golden("why.txt", "\n".join(why(*one).stdout for one in asked))


def test_each_location_is_told_with_its_instant_its_age_and_its_reason(why: Callable[..., Any]) -> None:
    health, login = told(why("api", "2026-10-05T12:25:30Z", "--format", "json"))["checks"]

    assert (health["says"], health["up"], health["down"]) == ("down", 1, 2)
    assert health["locations"][2] == {
        "location": "paris",
        "scheduled": "2026-10-05T12:25:00Z",
        "age": 30,
        "state": "down",
        "ms": None,
        "reason": "status 503",
        "speaks_until": "2026-10-05T12:27:00Z",
        "stale": False,
        "says": "down",
    }
    berlin = login["locations"][0]
    assert (berlin["location"], berlin["state"], berlin["stale"], berlin["says"]) == (
        "berlin",
        "error",
        True,
        "unknown",
    )


def test_maintenance_says_when_it_was_announced_and_whether_that_was_early_enough(why: Callable[..., Any]) -> None:
    [upgrade] = told(why("api", "2026-10-05T12:05Z", "--format", "json"))["maintenance"]
    [hotfix] = told(why("api", "2026-10-05T12:25Z", "--format", "json"))["maintenance"]

    assert (upgrade["id"], upgrade["announced"], upgrade["valid"]) == ("upgrade", "2026-10-03T12:00:00Z", True)
    assert (hotfix["id"], hotfix["valid"], hotfix["refused"]) == ("hotfix", False, "notice")


def test_the_store_answers_as_the_recorded_history_does(why: Callable[..., Any], sla: Sla, tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path / 'sla.db'}") as store:
        store.start_writer()
        for result in results():
            store.writer.put(result)
        assert store.writer.flush(20)

    for instant in ("2026-10-05T12:25:30Z", "2026-10-05T12:39Z", "2026-10-05T11:00Z"):
        asked = ("api", instant, "--format", "json")
        stored = told(sla("why", *asked, "--now", "2026-10-06T00:00Z"))
        recorded = told(why(*asked))
        for answer in (stored, recorded):
            for check in answer["checks"]:
                for location in check["locations"]:
                    location.pop("ms")  # the recorded lines carry none
        assert stored == recorded


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("smtp", "2026-10-05T12:25Z"), "there is no service 'smtp'; there is api, web"),
        (("api", "yesterday"), "write it like 2026-10-03T12:00Z"),
        (("api", "2026-10-05T12:25"), "has no offset from UTC"),
        (("api", "2026-10-05T12:25Z", "--sla", "gold"), "there is no sla 'gold'; there is standard"),
    ],
)
def test_what_makes_no_sense_is_refused(why: Callable[..., Any], arguments: tuple[str, ...], message: str) -> None:
    done = why(*arguments)

    assert done.returncode == 2
    assert message in done.stderr
