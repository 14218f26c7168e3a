"""``sla why`` of what is counted singly, composed of others, not promised at all, or a customer's who has left."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sla_engine.model.instant import MINUTE, format_instant, parse_instant
from sla_engine.model.result import Result, State
from sla_engine.policy import Plugins, compile_policies, take_snapshot
from sla_engine.registry.host import load_plugins
from sla_engine.store import LoadedPolicies, open_store

Sla = Callable[..., subprocess.CompletedProcess[str]]
Ask = Callable[..., subprocess.CompletedProcess[str]]

POLICY = """
[engine]
store = "sqlite:///sla.db"
[calendar.office]
timezone = "UTC"
hours.mon-fri = "08:00-17:00"
[service.web]
every = "1m"
check.home = { probe = "http", url = "http://web.example" }
[service.db]
every = "1m"
check.query = { probe = "http", url = "http://db.example" }
[service.cache]
every = "1m"
check.get = { probe = "http", url = "http://cache.example" }
[service.store]
of = ["db", "cache"]
up_when = "any"
[service.shop]
of = ["web", "store"]
[accounting.singly]
measure = "checks"
[accounting.slotted]
measure = "slots"
slot = "5m"
[sla.standard]
availability.shop = "99%"
latency.web = { target = "95%", under = "1s", during = "office" }
[sla.singly]
accounting = "singly"
availability.web = "99%"
[sla.slotted]
accounting = "slotted"
availability.web = "99%"
"""
ACME = """
[customer.acme]
sla = "standard"
service.relay = { every = "1m", check.smtp = { probe = "http", url = "http://relay.example" } }
"""
NOON = parse_instant("2026-10-05T12:00:00Z")
SAYS = {
    # minutes from Monday noon, UTC
    "web/home": "uuuuduuuuu",
    "db/query": "uuuddddduu",
    "cache/get": "uuuudddduu",
    "acme/relay/smtp": "uuuddduuuu",
}


def results() -> list[Result]:
    return [
        Result(check, NOON + minute * MINUTE, State.DOWN if letter == "d" else State.UP, MINUTE)
        for check, letters in SAYS.items()
        for minute, letter in enumerate(letters)
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "policies" / "customers").mkdir(parents=True)
    (tmp_path / "policies" / "all.toml").write_text(POLICY)
    (tmp_path / "policies" / "customers" / "acme.toml").write_text(ACME)
    return tmp_path / "policies"


@pytest.fixture
def why(sla: Sla, folder: Path) -> Ask:
    lines = [json.dumps({"check": one.check, "at": format_instant(one.at), "state": one.state}) for one in results()]

    def ask(service: str, time: str, *options: str) -> subprocess.CompletedProcess[str]:
        how = ("--history", "-", "--now", "2026-10-06T00:00Z")
        return sla("why", service, f"2026-10-05T{time}Z", *how, *options, stdin="\n".join(lines))

    return ask


def told(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_a_whole_is_explained_by_its_parts_and_what_they_are_made_of(why: Ask) -> None:
    answer = told(why("shop", "12:05:30", "--format", "json"))

    assert (answer["kind"], answer["rule"], answer["seen"]) == ("down", "checks", "down")
    assert [(part["service"], part["says"], part["up"], part["down"]) for part in answer["parts"]] == [
        ("web", "up", 1, 0),
        ("db", "down", 0, 1),
        ("cache", "down", 0, 1),
        ("store", "down", 0, 2),
    ]
    assert [check["check"] for check in answer["checks"]] == ["web/home", "db/query", "cache/get"]
    assert (answer["outage"]["start"], answer["outage"]["end"]) == ("2026-10-05T12:04:00Z", "2026-10-05T12:08:00Z")


@pytest.mark.parametrize(
    "asked",
    [
        ("shop", "12:05:30"),
        ("web", "12:04:30", "--sla", "singly"),
        ("web", "12:04:30", "--sla", "slotted"),
        ("web", "18:00"),
        ("cache", "12:04:30"),
    ],
)
def test_the_text_says_all_of_it(why: Ask, golden: Callable[[str, str], None], asked: tuple[str, ...]) -> None:
    name = "-".join((asked[0], *asked[3:], asked[1].replace(":", "")))

    golden(f"why-{name}.txt", why(*asked).stdout)


def test_a_profile_that_counts_checks_is_explained_by_those_that_speak(why: Ask) -> None:
    down = told(why("web", "12:04:30", "--sla", "singly", "--format", "json"))
    stale = told(why("web", "12:30:00", "--sla", "singly", "--format", "json"))

    assert down["counted"] == {"slot": None, "good": 0, "bad": 1, "total": 10, "error_rate": None}
    assert (stale["kind"], stale["counted"]["good"], stale["counted"]["bad"]) == ("unknown", 0, 0)


def test_a_profile_that_counts_slots_is_explained_by_the_slot(why: Ask) -> None:
    answer = told(why("web", "12:04:30", "--sla", "slotted", "--format", "json"))

    assert answer["counted"] == {
        "slot": {"start": "2026-10-05T12:00:00Z", "end": "2026-10-05T12:05:00Z"},
        "good": 4,
        "bad": 1,
        "total": 4 * 24 * 12 + 24 * 12,  # from 1 to 5 October
        "error_rate": "20",
    }


def test_a_service_of_which_only_the_latency_is_promised_is_explained_in_the_agreed_time_of_that(why: Ask) -> None:
    at_noon, at_night = (told(why("web", time, "--format", "json")) for time in ("12:04:30", "18:00"))

    assert (at_noon["promised"], at_noon["kind"], at_noon["agreed_time"]["calendar"]) == ("latency", "down", "office")
    assert (at_night["kind"], at_night["rule"]) == ("unscheduled", "calendar")


def test_a_service_that_is_not_promised_is_explained_around_the_clock(why: Ask) -> None:
    answer = told(why("cache", "12:04:30", "--format", "json"))

    assert (answer["promised"], answer["kind"], answer["agreed_time"]["calendar"]) == ("nothing", "down", "always")


def test_a_customers_own_service_is_called_as_in_its_contract(why: Ask) -> None:
    for name in ("relay", "acme/relay"):
        assert told(why(name, "12:04:30", "--customer", "acme", "--format", "json"))["kind"] == "down"
    assert "there is no service 'relay'" in why("relay", "12:04:30").stderr


def test_a_customer_who_has_left_is_told_by_the_policies_of_the_time(sla: Sla, folder: Path) -> None:
    host = load_plugins()
    policies = compile_policies(
        [folder], plugins=Plugins(host.probes, host.notifiers, host.ticket_sources), environ={}
    ).policies
    assert policies is not None
    with open_store(f"sqlite:///{folder.parent / 'sla.db'}") as store:
        store.start_writer()
        begun = parse_instant("2026-09-01T00:00:00Z")
        store.writer.keep_policies(LoadedPolicies(begun, policies.hash, take_snapshot(policies)))
        for result in results():
            store.writer.put(result)
        assert store.writer.flush(20)
    (folder / "customers" / "acme.toml").unlink()

    asked = ("2026-10-05T12:04:30Z", "--format", "json", "--now", "2026-11-05T00:00Z")
    answer = told(sla("why", "relay", *asked, "--customer", "acme"))

    assert (answer["service"], answer["kind"]) == ("acme/relay", "down")
    assert "there is and was no customer 'nobody'" in sla("why", "relay", *asked, "--customer", "nobody").stderr
