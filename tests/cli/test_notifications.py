"""`sla notifications`, as an operator uses it beside an engine: what it says, and what it has the engine do."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sla_engine.model.instant import parse_instant
from sla_engine.plugin import Message
from sla_engine.store import Store, open_store
from sla_engine.store.outbox import Lane, Notice, Outgoing, add_message, add_notices, change_notices, messages_in

NOON = parse_instant("2026-10-01T12:00:00Z")
POLICY = """
[engine]
store = "sqlite:///sla.db"
[service.web]
check.home = { probe = "http", url = "http://web.example" }
[sla.standard]
timezone = "UTC"
availability.web = "99%"
"""
Sla = Callable[..., Any]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A message in each state, and a notice that waits."""
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "policy.toml").write_text(POLICY)
    with open_store(f"sqlite:///{tmp_path / 'sla.db'}") as made:
        made.upgrade()
        with made.changing() as connection:
            for number, state in enumerate(("sent", "uncertain", "dead", "pending", "sending")):
                key = f"{state}{number}".ljust(32, "0")
                message = Message(
                    key, f"[down] Web {number}", "Web is down.\n", about="opened", thread=f"incident/{number}/all"
                )
                lane = Lane("mail", "ana@example.com", "en")
                outgoing = Outgoing(
                    lane, message, NOON, NOON, state, tries=number, ended_at=NOON, detail="250 taken", next_at=None
                )  # fmt: skip
                add_message(connection, outgoing)
            notice = Notice(
                "incident/9/opened", NOON, NOON, "mail", "incident/9/all", "opened", {}, next_notifiers=("sms",)
            )
            add_notices(connection, [notice])
        yield made


def states(store: Store) -> dict[str, str]:
    with store.reading() as connection:
        found = messages_in(connection, ("sent", "uncertain", "dead", "pending", "sending"))
    return {one.key.rstrip("0"): one.state for one in found}


@pytest.mark.usefixtures("store")
def test_what_was_not_told_is_listed_and_what_was_when_asked_for(sla: Sla) -> None:
    plain = sla("notifications")
    sent = sla("notifications", "list", "--state", "sent")

    assert plain.returncode == sent.returncode == 0
    assert "delivery unknown" in plain.stdout
    assert "mail ana@example.com" in plain.stdout
    assert "incident/9/opened" in plain.stdout
    assert "[down] Web 0" not in plain.stdout
    assert "[down] Web 0" in sent.stdout


@pytest.mark.usefixtures("store")
def test_programs_get_the_same_as_json(sla: Sla) -> None:
    found = json.loads(sla("notifications", "--format", "json").stdout)["notifications"]

    assert [one["state"] for one in found] == ["waiting", "uncertain", "dead", "pending", "sending"]
    assert found[0] | {"due": None} == {
        "key": "incident/9/opened",
        "state": "waiting",
        "notifier": "mail",
        "recipient": None,
        "language": "en",
        "about": "opened",
        "severity": "major",
        "subject": None,
        "title": None,
        "thread": "incident/9/all",
        "at": "2026-10-01T12:00:00Z",
        "due": None,
        "tries": 0,
        "may_be_out": False,
        "last_try": None,
        "next_try": None,
        "ended": None,
        "answer": None,
        "reference": None,
    }
    assert {tuple(one) for one in found} == {tuple(found[0])}


@pytest.mark.usefixtures("store")
def test_one_is_shown_in_full_by_the_beginning_of_its_key(sla: Sla) -> None:
    text, program = sla("notifications", "show", "uncert"), sla("notifications", "show", "uncert", "--format", "json")

    assert "250 taken" in text.stdout
    assert "Web is down." in text.stdout
    assert json.loads(program.stdout)["text"] == "Web is down.\n"
    assert json.loads(program.stdout)["tells"] == []


@pytest.mark.parametrize("key", ["uncertain1", "dead2"])
def test_a_message_is_sent_again_by_hand_under_its_own_key_and_that_is_kept(sla: Sla, store: Store, key: str) -> None:
    done = sla("notifications", "retry", key, "--who", "ana", "--reason", "the server is back")

    assert done.returncode == 0, done.stderr
    assert states(store)[key] == "pending"
    [act] = store.acts()
    assert (act.who, act.kind, act.reason) == ("ana", "resend", "the server is back")
    assert act.what["message"].startswith(key)


def test_what_is_discarded_is_not_sent_and_nobody_is_told_instead(sla: Sla, store: Store) -> None:
    with store.changing() as connection:
        change_notices(connection, [1], "told", 4)

    done = sla("notifications", "discard", "pending3", "--who", "ana")

    assert done.returncode == 0, done.stderr
    assert states(store)["pending3"] == "dead"
    assert "discarded by ana" in sla("notifications", "--state", "dead").stdout
    with store.reading() as connection:
        assert connection.exec_driver_sql("SELECT next_notifiers FROM notices").scalar() == "[]"
    assert store.acts()[0].kind == "discard"


def test_a_notice_that_waits_can_be_discarded_too(sla: Sla, store: Store) -> None:
    done = sla("notifications", "discard", "incident/9/opened", "--who", "ana")

    assert done.returncode == 0, done.stderr
    assert "incident/9/opened" not in sla("notifications").stdout
    assert "incident/9/opened" in sla("notifications", "--state", "discarded").stdout


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["retry", "sent0"], "was sent at 2026-10-01T12:00:00Z"),
        (["retry", "sending4"], "is being sent"),
        (["retry", "incident/9/opened"], "in no message yet"),
        (["show", "sen"], "there is no message 'sen'; `sla notifications` lists them"),
    ],
)
def test_what_cannot_be_done_is_told_with_a_reason(sla: Sla, arguments: list[str], said: str) -> None:
    done = sla("notifications", *arguments)

    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_where_nothing_waits_that_is_said(sla: Sla, store: Store) -> None:
    with store.changing() as connection:
        connection.exec_driver_sql("DELETE FROM messages")
        connection.exec_driver_sql("DELETE FROM notices")

    assert "everything was told" in sla("notifications").stdout
