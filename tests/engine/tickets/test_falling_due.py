"""Who is told that an answer falls due, or is late; the promise is 2 h of open time, from Thursday 15:00 on."""

from typing import Any

import pytest
import sqlalchemy as sa

from sla_engine.engine.tickets.watcher import Watcher
from sla_engine.model.instant import Instant, format_instant
from sla_engine.store.tables import notices
from sla_engine.testing.clock import FakeClock


def look(office: Any) -> None:
    """Look as an engine does that was started just now."""
    clock = FakeClock()
    clock.wall = office.now
    Watcher(lambda: office.policies, office.store, clock).look()


def told(office: Any) -> list[tuple[str, str, str]]:
    """About what, by which notifier, and when it was due; of the clocks alone."""
    with office.store.reading() as connection:
        rows = connection.execute(
            sa.select(notices).where(notices.c.thread.like("clock/%")).order_by(notices.c.due_at, notices.c.id)
        )
        return [(row.about, row.notifier, _time(row.due_at)) for row in rows]


def _time(at: Instant) -> str:
    return format_instant(at)[11:16]


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ("90m", []),
        ("91m", [("clock-warning", "mail", "16:30")]),
        ("121m", [("clock-warning", "mail", "16:30"), ("clock-breached", "mail", "17:00")]),
        (
            "151m",
            [
                ("clock-warning", "mail", "16:30"),
                ("clock-breached", "mail", "17:00"),
                ("clock-breached", "lead", "17:30"),
            ],
        ),
    ],
)
def test_by_how_much_is_used_up_and_then_by_time(office: Any, after: str, expected: list[Any]) -> None:
    office.open()
    look(office.later(after))

    assert told(office) == expected


def test_looking_again_after_a_restart_tells_nobody_twice(office: Any) -> None:
    office.open()
    look(office.later("151m"))
    before = told(office)

    look(office)
    look(office.later("10s"))

    assert told(office) == before


def test_the_last_step_is_repeated_until_somebody_answers(office: Any) -> None:
    office.open()
    for _ in range(3):
        look(office.later("95m"))
    repeated = told(office)
    office.desk.answer("T-1", "Done.")
    look(office.later("10h"))

    assert ("clock-breached", "lead", "19:30") in repeated
    assert told(office) == repeated


def test_of_an_answer_that_came_in_time_nobody_is_told(office: Any) -> None:
    office.open()
    office.later("1h").desk.answer("T-1", "Done.")
    look(office.later("10h"))

    assert told(office) == []


def test_while_the_customer_is_waited_for_nothing_falls_due(office: Any) -> None:
    office.open()
    office.later("1h").desk.wait("T-1", "Which browser?")
    look(office.later("24h"))

    assert told(office) == []


def test_an_engine_that_was_off_tells_what_is_so_now_and_not_all_that_was(office: Any) -> None:
    office.open()
    look(office.later("151m"))

    assert [one for one in told(office) if one[0] == "clock-breached"][-1] == ("clock-breached", "lead", "17:30")


def test_what_is_told_names_ticket_level_and_due_instant(office: Any) -> None:
    office.open()
    look(office.later("121m"))

    with office.store.reading() as connection:
        [row] = connection.execute(sa.select(notices).where(notices.c.about == "clock-breached"))
    assert '"ticket": "T-1"' in row.facts
    assert '"subject": "No mail arrives"' in row.facts
    assert '"en": "First level"' in row.facts
    assert row.customer == "acme"


def test_a_watcher_looks_at_a_ticket_again_only_when_there_may_be_something(office: Any) -> None:
    clock = FakeClock()
    clock.wall = office.now
    watcher = Watcher(lambda: office.policies, office.store, clock)
    office.open()
    watcher.look()
    office.desk.note("T-1", "Looked at the queue.")

    office.later("91m")
    clock.pass_by(91 * 60)
    watcher.look()

    assert told(office) == [("clock-warning", "mail", "16:30")]


def test_a_clock_that_is_wrong_for_a_moment_makes_no_answer_late(office: Any) -> None:
    clock = FakeClock()
    clock.wall = office.now
    watcher = Watcher(lambda: office.policies, office.store, clock)
    office.open()
    watcher.look()

    clock.set_by(24 * 3_600)
    watcher.look()
    clock.set_by(-24 * 3_600)
    watcher.look()

    assert told(office) == []
