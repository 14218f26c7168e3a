"""A file of tickets that is broken off in the middle is entered in part, and in full when it comes again."""

import pytest
import sqlalchemy as sa

from sla_engine.engine.sources.importing import Imported, import_events
from sla_engine.plugin import SourceEvent
from sla_engine.store import StoreError
from tests.engine.sources.conftest import NOW, Desk

EVENTS = [SourceEvent(f"{number:04}", "opened", NOW - 1, key="opened") for number in range(250)]
FULL = """
CREATE TRIGGER full BEFORE INSERT ON tickets WHEN NEW.foreign_id = '0240'
BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END
"""


def entered(desk: Desk, *, is_dry: bool = False) -> tuple[int, int]:
    found: Imported = import_events(desk.policies, desk.store, "old", EVENTS, NOW, is_dry=is_dry)
    return found.entered.tickets, found.entered.known


def test_what_was_broken_off_is_entered_in_part_and_the_rest_when_it_comes_again(desk: Desk) -> None:
    with desk.store.changing() as connection:
        connection.execute(sa.text(FULL))
    with pytest.raises(StoreError, match="full"):
        entered(desk)
    with desk.store.changing() as connection:
        connection.execute(sa.text("DROP TRIGGER full"))

    first, second = entered(desk), entered(desk)

    assert (first, second) == ((50, 200), (0, 250))


def test_a_dry_run_of_however_many_enters_none(desk: Desk) -> None:
    assert (entered(desk, is_dry=True), entered(desk, is_dry=True)) == ((250, 0), (250, 0))
