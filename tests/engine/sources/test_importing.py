"""What is imported is entered in parts, so that what was broken off goes on when it comes again."""

import pytest
from attrs import evolve

from sla_engine.engine.sources.importing import import_events
from sla_engine.plugin import SourceEvent
from tests.engine.sources.conftest import NOW, Desk

EVENTS = [SourceEvent(f"{number:04}", "opened", NOW - 1, key="opened") for number in range(150)]


def entered(desk: Desk, events: list[SourceEvent], *, is_dry: bool = False) -> tuple[int, int]:
    found = import_events(desk.policies, desk.store, "old", events, NOW, is_dry=is_dry)
    return found.entered.tickets, found.entered.known


def test_what_was_broken_off_is_entered_in_part_and_the_rest_when_it_comes_again(desk: Desk) -> None:
    broken = [*EVENTS[:140], evolve(EVENTS[140], act="exploded"), *EVENTS[141:]]  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="exploded"):
        entered(desk, broken)

    first, second = entered(desk, EVENTS), entered(desk, EVENTS)

    assert (first, second) == ((50, 100), (0, 150))


def test_a_dry_run_of_however_many_enters_none(desk: Desk) -> None:
    assert (entered(desk, EVENTS, is_dry=True), entered(desk, EVENTS, is_dry=True)) == ((150, 0), (150, 0))
