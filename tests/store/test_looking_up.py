"""What the engine asks again and again is found by an index, however many incidents and messages there have been."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from sla_engine.model.instant import DAY
from sla_engine.store import Store, open_store
from sla_engine.store.announcements import announcements_since, tellings
from sla_engine.store.incidents import incident_numbered, incidents_touching, notices_on, told_of, unclosed_incidents
from sla_engine.store.outbox import (
    Lane,
    due_in,
    due_messages,
    failing_notices,
    lanes_due,
    last_message_at,
    notices_of,
    reference_of,
    standing,
    told_by,
    under_way,
    was_told_of,
)
from sla_engine.store.outbox.threads import notices_under

OF_THOSE_THAT_LAST = "SCAN incidents USING INDEX one_incident_at_a_time"  # it holds no others
NOW, LANE, THREAD = 20_000 * DAY, Lane("mail", "it@example.com", "en"), "incident/7/infrastructure"

QUESTIONS: dict[str, Callable[[sa.Connection], Any]] = {
    "an incident": lambda asked: incident_numbered(asked, 7),
    "incidents of services": lambda asked: incidents_touching(asked, NOW - DAY, NOW, ["api", "web"]),
    "incidents that last": unclosed_incidents,
    "notices of incidents": lambda asked: notices_on(asked, [7, 8], ["infrastructure"]),
    "who was told of an incident": lambda asked: told_of(asked, 7),
    "notices of budgets": lambda asked: notices_under(asked, "burn", NOW - DAY),
    "whether a lane heard of a thread": lambda asked: was_told_of(asked, THREAD, LANE),
    "what a message was called": lambda asked: reference_of(asked, THREAD, LANE),
    "what is due in a lane": lambda asked: due_in(asked, LANE, NOW),
    "where something is due": lambda asked: lanes_due(asked, NOW),
    "a lane's last message": lambda asked: last_message_at(asked, LANE),
    "what a message tells": lambda asked: notices_of(asked, 7),
    "messages to send": lambda asked: due_messages(asked, NOW),
    "messages under way": under_way,
    "what keeps failing": lambda asked: failing_notices(asked, due_before=NOW, tries=5),
    "what a notifier told": lambda asked: told_by(asked, "mail", {THREAD}),
    "how the outbox stands": lambda asked: standing(asked, NOW),
    "what is announced": lambda asked: announcements_since(asked, NOW),
    "who was told of maintenance": lambda asked: tellings(asked, {"maintenance/upgrade/1"}),
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty SQLite store: how it is asked depends on its indexes alone."""
    with open_store(f"sqlite:///{tmp_path / 'sla.db'}") as opened:
        opened.start_writer()
        yield opened


@pytest.mark.parametrize("ask", QUESTIONS.values(), ids=QUESTIONS)
def test_no_table_is_read_from_end_to_end(store: Store, ask: Callable[[sa.Connection], Any]) -> None:
    asked: list[tuple[str, Any]] = []

    with store.reading() as connection:
        sa.event.listen(connection, "before_cursor_execute", lambda *seen: asked.append((seen[2], seen[3])))
        ask(connection)
        plans = [
            step.detail
            for statement, parameters in list(asked)
            for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
        ]

    assert plans
    assert [step for step in plans if step.startswith("SCAN") and step != OF_THOSE_THAT_LAST] == []
