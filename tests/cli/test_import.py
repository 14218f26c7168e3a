"""`sla import tickets`: all or nothing, and the same again changes nothing."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Sla = Callable[..., subprocess.CompletedProcess[str]]

POLICY = """
[engine]
store = "sqlite:///sla.db"
[service.api]
check.health = { probe = "http", url = "http://api.example" }
[sla.standard]
timezone = "UTC"
availability.api = "99%"
response.first = { within = "4h" }
[customer.acme]
name = "ACME"
sla = "standard"
response.first = { within = "1h" }
[support.first]
title = "First level"
[ticket-source.helpdesk]
via = "generic"
secret = { env = "HOOK" }
levels = { "1st Level" = "first" }
customers = { "ACME S.A." = "acme" }
"""
CSV = """ticket,opened,answered,level,customer
4711,2026-01-08 10:00,2026-01-08 10:30,1st Level,ACME S.A.
4712,2026-01-08 10:00,2026-01-08 12:00,1st Level,ACME S.A.
4713,2026-01-08 10:00,,1st Level,Somebody
"""


@pytest.fixture(autouse=True)
def files(tmp_path: Path) -> None:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "policy.toml").write_text(POLICY)
    (tmp_path / "tickets.csv").write_text(CSV)


def read(answer: subprocess.CompletedProcess[str]) -> Any:
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


def test_tickets_are_taken_up_once_with_their_clocks(sla: Sla) -> None:
    command = ("import", "tickets", "tickets.csv", "--source", "helpdesk", "--timezone", "Europe/Lisbon")

    dry = sla(*command, "--dry-run")
    first = read(sla(*command, "--format", "json"))
    again = read(sla(*command, "--format", "json"))
    late = read(sla("ticket", "show", "helpdesk:4712", "--format", "json"))
    listed = read(sla("ticket", "list", "--all", "--format", "json"))

    assert dry.stdout.splitlines()[0] == "5 events and 3 tickets would be new; 0 events were known"
    assert first == {
        "tickets": 3,
        "events": 5,
        "known": 0,
        "unknown_customers": ["Somebody"],
        "dry_run": False,
    }
    assert (again["tickets"], again["events"], again["known"]) == (0, 0, 5)
    [clock] = late["clocks"]
    assert (late["customer"], clock["started"], clock["due"], clock["met"]) == (
        "acme",
        "2026-01-08T10:00:00Z",
        "2026-01-08T11:00:00Z",
        False,
    )
    assert {one["ticket"] for one in listed["tickets"]} == {"helpdesk:4711", "helpdesk:4712", "helpdesk:4713"}


def test_nothing_is_entered_where_anything_is_wrong(sla: Sla, tmp_path: Path) -> None:
    wrong = CSV + "4714,2026-01-08 10:00,,3rd Level,\n"
    (tmp_path / "tickets.csv").write_text(wrong)
    (tmp_path / "events.jsonl").write_text('{"ticket": 9, "event": "answered", "at": "2026-01-08T10:00:00Z"}\n')

    level = sla("import", "tickets", "tickets.csv", "--source", "helpdesk", "--timezone", "UTC")
    unopened = sla("import", "tickets", "events.jsonl")
    desk = sla("import", "tickets", "events.jsonl", "--source", "desk")
    zone = sla("import", "tickets", "tickets.csv", "--timezone", "Nowhere")
    listed = read(sla("ticket", "list", "--all", "--format", "json"))

    assert [one.returncode for one in (level, unopened, desk, zone)] == [2] * 4
    assert "tickets.csv:5: there is no support level '3rd Level'; there is first\nnothing is entered" in level.stderr
    assert "events.jsonl:1: ticket 9 is never opened\nnothing is entered" in unopened.stderr
    assert "'desk' is no name for a help desk" in desk.stderr
    assert "--timezone: " in zone.stderr
    assert listed == {"tickets": []}


def test_events_come_from_the_standard_input_and_go_on_with_what_is_known(sla: Sla) -> None:
    opened = '{"ticket": "9", "event": "opened", "at": "2026-01-08T10:00:00Z"}\n'
    answered = '{"ticket": "9", "event": "answered", "at": "2026-01-08T11:00:00Z"}\n'

    first = read(sla("import", "tickets", "-", "--format", "json", stdin=opened))
    second = read(sla("import", "tickets", "-", "--format", "json", stdin=answered))

    assert (first["tickets"], first["events"], second["tickets"], second["events"]) == (1, 1, 0, 1)
    assert read(sla("ticket", "show", "import:9", "--format", "json"))["clocks"][0]["met"] is True
