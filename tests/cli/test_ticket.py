"""``sla ticket``: as somebody at the desk works with it."""

import json
from pathlib import Path
from typing import Any

import pytest

from .conftest import Sla

POLICIES = """
[sla.standard]
timezone = "UTC"
response.first = { within = "4h" }
response.second = { within = "8h" }

[customer.acme]
name = "ACME S.A."
number = "C-1042"
contacts = ["ops@acme.example"]
sla = "standard"
response.first = { within = "1h" }

[support.first]
escalates_to = ["second"]
[support.second]
requires = ["customer_number", "browser", "screenshot"]
teams = { deliverability = "network", other = "development" }
"""
PNG = b"\x89PNG\r\n\x1a\n" + bytes(16)


@pytest.fixture
def desk(sla: Sla, tmp_path: Path) -> Sla:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "all.toml").write_text(POLICIES)
    (tmp_path / "shot.png").write_bytes(PNG)
    return sla


def opened(desk: Sla, *more: str) -> None:
    done = desk(
        "ticket", "open", "No mail arrives", "--customer", "acme", "--text", "Since noon.", "--who", "ana", *more
    )
    assert done.returncode == 0, done.stderr


def shown(desk: Sla, number: str = "T-1") -> Any:
    return json.loads(desk("ticket", "show", number, "--format", "json").stdout)


def test_one_is_opened_and_its_number_and_due_instant_are_told(desk: Sla) -> None:
    done = desk("ticket", "open", "No mail arrives", "--customer", "acme", "--at", "2026-01-08T15:00Z")

    assert done.returncode == 0
    assert done.stdout.startswith("T-1 is at first; an answer of first is due 2026-01-08T16:00:00Z")
    assert "which has passed" in done.stdout


def test_an_answer_stops_the_clock(desk: Sla) -> None:
    opened(desk)
    done = desk("ticket", "answer", "T-1", "--text", "-", "--who", "bo", stdin="The queue is free again.\n")

    assert done.stdout == "T-1 is answered; no answer is owed\n"
    ticket = shown(desk)
    assert (ticket["state"], ticket["due"], ticket["clocks"][0]["met"]) == ("answered", None, True)
    assert [(entry["act"], entry["by"], entry["text"]) for entry in ticket["entries"]] == [
        ("opened", "ana", "Since noon."),
        ("answered", "bo", "The queue is free again."),
    ]


def test_waiting_pauses_and_resuming_goes_on(desk: Sla) -> None:
    opened(desk)

    assert desk("ticket", "wait", "T-1", "--text", "Which browser?").stdout == (
        "T-1 waits for the customer; its clocks pause\n"
    )
    assert shown(desk)["due"] is None
    assert "an answer of first is due" in desk("ticket", "resume", "t-1").stdout


def test_a_level_that_lacks_something_names_all_of_it(desk: Sla) -> None:
    opened(desk)
    done = desk("ticket", "escalate", "T-1", "second", "--topic", "deliverability")

    assert done.returncode == 1
    assert "T-1 cannot go to 'second' yet; what is missing: browser, screenshot." in done.stderr


def test_programs_are_given_what_a_level_lacks_as_a_list(desk: Sla) -> None:
    opened(desk)
    done = desk("ticket", "escalate", "T-1", "second", "--topic", "deliverability", "--format", "json")

    assert (done.returncode, json.loads(done.stdout)["missing"]) == (1, ["browser", "screenshot"])


def test_with_all_that_is_wanted_it_goes_to_the_team_of_its_topic(desk: Sla, tmp_path: Path) -> None:
    opened(desk)
    desk("ticket", "note", "T-1", "--fact", "browser=Firefox 140", "--attach", "shot.png")
    done = desk("ticket", "escalate", "T-1", "second", "--topic", "deliverability")

    assert done.returncode == 0, done.stderr
    ticket = shown(desk)
    assert (ticket["level"], ticket["team"]) == ("second", "network")
    saved = desk("ticket", "save", "T-1", "1", "--out", "copy.png")
    assert (saved.returncode, (tmp_path / "copy.png").read_bytes()) == (0, PNG)
    assert desk("ticket", "save", "T-1", "1", "--out", "copy.png").returncode == 2


def test_a_resolved_one_is_listed_no_more_and_can_be_taken_up_again(desk: Sla) -> None:
    opened(desk)
    desk("ticket", "resolve", "T-1", "--text", "Done.")

    assert desk("ticket", "list").stdout == "There is no such ticket.\n"
    assert "T-1" in desk("ticket", "list", "--all").stdout
    assert "an answer of first is due" in desk("ticket", "reopen", "T-1", "--text", "It is back.").stdout
    assert "T-1" in desk("ticket", "list").stdout


def test_what_is_shown_reads_from_top_to_bottom(desk: Sla) -> None:
    opened(desk)
    desk("ticket", "note", "T-1", "--text", "Looked at the queue.")
    lines = desk("ticket", "show", "T-1").stdout.splitlines()

    assert lines[0] == "T-1  No mail arrives"
    assert any("(the customer does not see this)" in line for line in lines)
    assert any(line.strip() == "| Looked at the queue." for line in lines)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("answer", "T-1"), "say what is answered"),
        (("answer", "T-9", "--text", "x"), "there is no ticket 'T-9'"),
        (("open", "x", "--customer", "acne"), "there is no customer 'acne'; there is acme"),
        (("open", "x", "--level", "third"), "there is no support level 'third'"),
        (("open", "x", "--at", "tomorrow"), "'tomorrow' is no instant"),
        (("open", "x", "--at", "2199-01-01T00:00Z"), "has not come yet"),
        (("open", " "), "say what it is about"),
        (("open", "x", "--from", "Ana"), "'Ana' is no mail address"),
        (("open", "x", "--language", "xx"), "'xx' is no language that customers are written to in; there is"),
        (("save", "T-1", "99999999999999999999", "--out", "x"), "T-1 has no file 99999999999999999999"),
        (("note", "T-1", "--fact", "browser"), "'browser' is no fact: write NAME=VALUE"),
        (("escalate", "T-1", "first"), "hands on to second, not to 'first'"),
    ],
)
def test_what_cannot_be_done_is_told_with_what_to_do(desk: Sla, arguments: tuple[str, ...], why: str) -> None:
    opened(desk)
    done = desk("ticket", *arguments)

    assert done.returncode == 2
    assert why in done.stderr
    assert "Traceback" not in done.stderr


def test_what_is_late_is_listed_first_and_counted_in_the_status(desk: Sla) -> None:
    opened(desk)
    opened(desk, "--at", "2026-01-08T15:00Z")
    desk("ticket", "answer", "T-1", "--text", "Done.")
    opened(desk)

    text = desk("ticket", "list").stdout
    rows = json.loads(desk("ticket", "list", "--format", "json").stdout)["tickets"]
    status = desk("status")

    assert [(one["ticket"], one["late"]) for one in rows] == [("T-2", True), ("T-3", False), ("T-1", False)]
    assert (rows[0]["due"], rows[2]["due"]) == ("2026-01-08T16:00:00Z", None)
    assert text.splitlines()[1].split()[:4] == ["T-2", "2026-01-08T16:00:00Z", "LATE", "open"]
    assert "Tickets   3 open, 1 late: 2 to be answered, 0 waiting for the customer, 1 answered\n" in status.stdout
    assert json.loads(desk("status", "--format", "json").stdout)["tickets"] == {
        "owed": 2,
        "waiting": 0,
        "answered": 1,
        "late": 1,
    }
