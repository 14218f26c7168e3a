"""`sla incident`: what a person sees of incidents, and does about them."""

import getpass
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from sla_engine.model.incident import IncidentEvent, IncidentRecord
from sla_engine.model.instant import MINUTE, parse_instant
from sla_engine.model.result import Result, State
from sla_engine.store import open_store
from sla_engine.store.incidents import add_incident
from sla_engine.store.outbox import Notice, add_notices

Sla = Callable[..., subprocess.CompletedProcess[str]]

POLICY = """
[engine]
store = "sqlite:///sla.db"
[service.api]
every = "1m"
check.health = { probe = "http", url = "http://api.example" }
[sla.standard]
timezone = "GMT+1"
availability.api = "99%"
"""
BEGAN = parse_instant("2026-10-03T12:00:00Z")


@pytest.fixture(autouse=True)
def incidents(tmp_path: Path) -> None:
    """One that is over, and one that lasts."""
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "policy.toml").write_text(POLICY)
    opened = IncidentEvent(BEGAN + MINUTE, "opened", detail={"state": "down", "reason": "status 503"})
    closed = IncidentEvent(BEGAN + 5 * MINUTE, "closed")
    over = IncidentRecord(
        0, "api", BEGAN, opened.at, BEGAN + 4 * MINUTE, closed.at, "down", False, (opened, closed)
    )  # fmt: skip
    lasts = IncidentRecord(0, "api", BEGAN + 9 * MINUTE, BEGAN + 9 * MINUTE, None, None, "down", False, (opened,))
    thread = "incident/1/infrastructure"
    told = Notice(f"{thread}/1", opened.at, opened.at, "mail", thread, "opened", {}, recipient="it@example.com")
    with open_store(f"sqlite:///{tmp_path / 'sla.db'}") as store:
        writer = store.start_writer()
        for minute, state in enumerate((State.DOWN, State.DOWN, State.UP, State.DOWN, State.UP)):
            writer.put(Result("api/health", BEGAN + minute * MINUTE, state, MINUTE))
        assert writer.flush(5)
        with store.changing() as connection:
            add_incident(connection, over)
            add_incident(connection, lasts)
            add_notices(connection, [told])


def read(answer: subprocess.CompletedProcess[str]) -> dict[str, object]:
    assert answer.returncode == 0, answer.stderr
    found: dict[str, object] = json.loads(answer.stdout)
    return found


def test_those_that_last_are_listed_or_all(sla: Sla) -> None:
    lasting = read(sla("incident", "list", "--format", "json"))
    every = read(sla("incident", "list", "--all", "--format", "json"))
    text = sla("incident", "list", "--all").stdout

    assert [one["incident"] for one in lasting["incidents"]] == [2]  # type: ignore[attr-defined]
    assert [one["incident"] for one in every["incidents"]] == [1, 2]  # type: ignore[attr-defined]
    assert "2026-10-03 13:00:00" in text  # in the zone of the agreement


def test_an_incident_is_shown_with_its_timeline_its_downtime_and_who_was_told(sla: Sla) -> None:
    text = sla("incident", "show", "1").stdout
    shown = read(sla("incident", "show", "1", "--format", "json"))

    assert "Incident 1: api is over" in text
    assert "down for 3m" in text  # up for a minute in between
    assert "mail  it@example.com  infrastructure  opened  waiting" in text
    assert shown["downtime"] == 180
    assert shown["events"] == [
        {"at": "2026-10-03T12:01:00Z", "kind": "opened", "who": None, "state": "down", "reason": "status 503"},
        {"at": "2026-10-03T12:05:00Z", "kind": "closed", "who": None},
    ]


def test_somebody_takes_it_in_hand_and_gives_it_back(sla: Sla) -> None:
    taken = read(sla("incident", "acknowledge", "2", "on it", "--who", "anna", "--format", "json"))
    again = sla("incident", "acknowledge", "2")
    back = read(sla("incident", "acknowledge", "2", "--undo", "--format", "json"))

    assert taken["acknowledged"]["by"] == "anna"  # type: ignore[index]
    assert again.returncode == 2
    assert "anna has incident 2 in hand already" in again.stderr
    assert back["acknowledged"] is None
    assert [event["kind"] for event in back["events"]][1:] == ["acknowledged", "unacknowledged"]  # type: ignore[attr-defined]


def test_what_people_write_is_kept_with_who_wrote_it_and_the_newest_counts(sla: Sla, tmp_path: Path) -> None:
    (tmp_path / "why.md").write_text("# What happened\nThe disk was full.\n")

    sla("incident", "comment", "1", "the disk is full")
    sla("incident", "cause", "1", "disk", "--who", "anna")
    sla("incident", "cause", "1", "a log that was never rotated", "--who", "bruno")
    text = sla("incident", "postmortem", "1", "--file", "why.md", "--who", "anna").stdout

    shown = read(sla("incident", "show", "1", "--format", "json"))
    assert shown["cause"] == "a log that was never rotated"
    assert [(event["kind"], event["who"]) for event in shown["events"]][2:] == [  # type: ignore[attr-defined]
        ("commented", getpass.getuser()),
        ("cause", "anna"),
        ("cause", "bruno"),
        ("postmortem", "anna"),
    ]
    assert "Postmortem, by anna\n# What happened\nThe disk was full." in text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("show", "9"), "there is no incident 9"),
        (("acknowledge", "1"), "incident 1 is over: add a comment instead"),
        (("acknowledge", "2", "--undo"), "nobody has incident 2 in hand"),
        (("comment", "1", "  "), "write something"),
        (("comment", "1", "x", "--who", " "), "say who does this"),
        (("show", "0"), "0 is not in the range"),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_way_out(sla: Sla, arguments: tuple[str, ...], said: str) -> None:
    refused = sla("incident", *arguments)

    assert refused.returncode == 2
    assert said in refused.stderr
    assert "Traceback" not in refused.stderr


def test_open_incidents_stand_in_the_status(sla: Sla) -> None:
    sla("incident", "acknowledge", "2", "--who", "anna")

    text = sla("status").stdout
    status = read(sla("status", "--format", "json"))

    assert "Open incidents" in text
    assert "2       api      down   2026-10-03 13:09:00  anna" in text
    [incident] = status["incidents"]  # type: ignore[misc]
    assert (incident["incident"], incident["since"]) == (2, "2026-10-03T12:09:00Z")
    assert incident["acknowledged"]["by"] == "anna"
