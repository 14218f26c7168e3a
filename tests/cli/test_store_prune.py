"""``sla store prune``, as an operator calls it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sla_engine.model.instant import DAY, to_instant
from sla_engine.plugin import Message
from sla_engine.store import Store, open_store
from sla_engine.store.outbox import Lane, Outgoing, add_message
from tests.cli.conftest import Sla

POLICIES = """
[engine]
store = "sqlite:///sla.db"
keep.messages = "30d"
[service.web]
check.home = { probe = "http", url = "http://web.example" }
[sla.standard]
availability.web = "99%"
"""


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Store]:
    """The store of an engine at work, with a message that was sent long ago and one that was sent lately."""
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "all.toml").write_text(POLICIES)
    now = to_instant(datetime.now(UTC))
    with open_store(f"sqlite:///{tmp_path / 'sla.db'}") as store:
        store.start_writer()
        with store.changing() as connection:
            for key, days in (("old-one", 31), ("new-one", 29)):
                at = now - days * DAY
                message = Message(key, f"{key} news", "Café is down.\n" * 1_000)
                add_message(connection, Outgoing(Lane("mail", "", "en"), message, at, at, "sent", ended_at=at))
        yield store


def test_it_says_what_would_go_and_then_drops_it_beside_an_engine(sla: Sla, engine: Store) -> None:
    would = sla("store", "prune", "--dry-run")
    told = sla("store", "prune", "--format", "json")
    again = sla("store", "prune", "--dry-run", "--format", "json")

    assert would.stdout.startswith("Would go: 0.0 MB (words of messages: 1, files: 0, levels of limits: 0)\n")
    went = json.loads(told.stdout)
    assert (went["messages"], went["files"], went["levels"], went["dry_run"]) == (1, 0, 0, False)
    assert 13_000 < went["bytes"] < 16_000
    assert went["free"] >= 12_288  # and what comes is written there
    assert json.loads(again.stdout)["messages"] == 0


def test_what_was_pruned_is_still_listed_and_its_words_are_said_to_be_gone(sla: Sla, engine: Store) -> None:
    sla("store", "prune")

    listed = sla("notifications", "--state", "sent", "--format", "json")
    shown = sla("notifications", "show", "old-one")

    assert [one["subject"] for one in json.loads(listed.stdout)["notifications"]] == ["old-one news", "new-one news"]
    assert "its words are not kept any more" in shown.stdout
