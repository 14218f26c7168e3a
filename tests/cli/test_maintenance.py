"""``sla maintenance``, as an operator uses it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

from sla_engine import load_policies
from sla_engine.engine.maintenance.announcer import Announcer
from sla_engine.model.instant import parse_instant
from sla_engine.store import open_store
from sla_engine.testing.clock import FakeClock

NOW = ("--now", "2026-11-28T12:00:00Z")
POLICY = """
[service.api]
every = "1m"
check.health = { probe = "http", url = "http://api.example" }
[sla.standard]
timezone = "GMT+1"
availability.api = "99%"
[customer.acme]
sla = "standard"
contacts = ["ops@acme.example"]
[notifier.customers-mail]
via = "email"
server = "smtp://127.0.0.1:25"
from = "sla@maxony.example"
[maintenance.upgrade]
services = ["api"]
starts = 2026-12-05T22:00:00Z
lasts = "2h"
title = "Database upgrade"
announce = ["customers-mail", "in-app"]
[maintenance.someday]
services = ["api"]
starts = 2026-12-12T22:00:00Z
lasts = "2h"
draft = true
[maintenance.nightly]
services = ["api"]
cron = "0 3 * * sun"
lasts = "1h"
[engine]
store = "sqlite:///sla.db"
"""


@pytest.fixture
def maintenance(sla: Callable[..., Any], tmp_path: Path) -> Callable[..., Any]:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "policy.toml").write_text(POLICY)
    return lambda *arguments: sla("maintenance", *arguments)


@pytest.fixture
def announced(tmp_path: Path, maintenance: Callable[..., Any]) -> None:
    """An engine ran on 26 November, and again on the 27th, when the upgrade had been moved by a day."""
    folder = tmp_path / "policies"
    with open_store(f"sqlite:///{tmp_path / 'sla.db'}") as store:
        store.start_writer()
        clock = FakeClock("2026-11-26T09:05:00Z")
        announcer = Announcer(lambda: load_policies(folder, environ={}), store, clock)
        announcer.look()
        (folder / "policy.toml").write_text(POLICY.replace("12-05T22", "12-06T22"))
        clock.pass_by(86400)
        announcer.look()


def test_before_there_is_an_engine_the_plans_are_listed(maintenance: Callable[..., Any]) -> None:
    done = maintenance("list", "--to", "2026-12-13T00:00:00Z", *NOW)

    assert done.returncode == 0, done.stderr
    assert [line.split() for line in done.stdout.splitlines() if "nightly" not in line] == [
        ["id", "from", "to", "services", "state", "changes", "announced", "by"],
        ["upgrade", "2026-12-05T22:00:00Z", "2026-12-06T00:00:00Z", "api", "unannounced", "customers-mail,", "in-app"],
        ["someday", "2026-12-12T22:00:00Z", "2026-12-13T00:00:00Z", "api", "draft"],
    ]
    assert done.stdout.count("nightly") == 2


@pytest.mark.usefixtures("announced")
def test_what_was_announced_is_listed_with_when_and_how(maintenance: Callable[..., Any]) -> None:
    done = maintenance(
        "list", "--from", "2026-12-06T21:00:00Z", "--to", "2026-12-07T00:00:00Z", "--format", "json", *NOW
    )

    assert json.loads(done.stdout)["maintenance"] == [
        {
            "id": "upgrade",
            "starts": "2026-12-06T22:00:00Z",
            "ends": "2026-12-07T00:00:00Z",
            "services": ["api"],
            "state": "announced",
            "sequence": 1,
            "announced": "2026-11-26T09:05:00Z",
            "channels": ["customers-mail", "in-app"],
        }
    ]


@pytest.mark.usefixtures("announced")
def test_one_is_shown_with_each_announcement_and_who_was_told(maintenance: Callable[..., Any]) -> None:
    shown = json.loads(maintenance("show", "upgrade", "--format", "json", *NOW).stdout)
    text = maintenance("show", "upgrade", *NOW).stdout

    [one] = shown["occurrences"]
    assert [(record["what"], record["at"], record["starts"]) for record in one["announcements"]] == [
        ("planned", "2026-11-26T09:05:00Z", "2026-12-05T22:00:00Z"),
        ("changed", "2026-11-27T09:05:00Z", "2026-12-06T22:00:00Z"),
    ]
    assert [(told["about"], told["recipient"], told["customer"], told["state"]) for told in one["told"]] == [
        ("maintenance-planned", "ops@acme.example", "acme", "waiting"),
        ("maintenance-changed", "ops@acme.example", "acme", "waiting"),
    ]
    assert "upgrade from 2026-12-06T22:00:00Z to 2026-12-07T00:00:00Z: announced; touches api" in text
    assert "2026-11-27T09:05:00Z  changed    2026-12-06T22:00:00Z  2026-12-07T00:00:00Z" in text


@pytest.mark.usefixtures("announced")
def test_an_announcement_by_letter_is_entered_and_shown(maintenance: Callable[..., Any]) -> None:
    done = maintenance(
        "announce", "upgrade", "--by", "post", "--at", "2026-11-27T12:00:00Z", "--who", "ana", "--reason", "L-7", *NOW
    )

    assert done.stdout == (
        "upgrade from 2026-12-06T22:00:00Z to 2026-12-07T00:00:00Z: announced 2026-11-27T12:00:00Z by post, "
        "outside the engine, says ana\n"
    )
    shown = json.loads(maintenance("show", "upgrade", "--format", "json", *NOW).stdout)
    assert [(claim["at"], claim["by"]) for claim in shown["outside"]] == [("2026-11-27T12:00:00Z", "post")]


@pytest.mark.usefixtures("announced")
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("announce", "nightly", "--by", "post"), "say which window with --starts, such as 2026-11-15T03:00:00Z, "),
        (
            ("announce", "upgrade", "--by", "post", "--starts", "2026-12-05T22:00Z"),
            "--starts, such as 2026-12-06T22:00:00Z",
        ),
        (("announce", "someday", "--by", "post"), "is it there, and no draft?"),
        (("announce", "upgrade", "--by", "post", "--at", "2026-12-01T00:00Z"), "has not come yet"),
        (("announce", "upgrade", "--by", "post", "--at", "noon"), "'noon' is no instant"),
        (("show", "upgrad"), "there is no maintenance 'upgrad'; there is upgrade, someday, nightly"),
        (("ics", "--lang", "xx"), "there is no language 'xx'"),
    ],
)
def test_what_cannot_be_answered_says_why(
    arguments: tuple[str, ...], says: str, maintenance: Callable[..., Any]
) -> None:
    done = maintenance(*arguments, *NOW)

    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.usefixtures("announced")
def test_one_of_many_windows_is_named_by_its_start(maintenance: Callable[..., Any]) -> None:
    done = maintenance("announce", "nightly", "--by", "contract", "--starts", "2026-11-29T03:00Z", "--who", "ana", *NOW)

    assert done.returncode == 0, done.stderr
    assert "nightly from 2026-11-29T03:00:00Z" in done.stdout


@pytest.mark.usefixtures("announced")
def test_the_calendar_is_that_of_the_web(maintenance: Callable[..., Any]) -> None:
    done = maintenance("ics", "--lang", "pt", *NOW)

    [event] = Calendar.from_ical(done.stdout.replace("\n", "\r\n")).walk("VEVENT")
    assert event.decoded("DTSTART").timestamp() * 1_000_000 == parse_instant("2026-12-06T22:00:00Z")
    assert event["SUMMARY"] == "Database upgrade"
    assert "Manutenção" in done.stdout
    assert "VEVENT" not in maintenance("ics", "--services", "web", *NOW).stdout
