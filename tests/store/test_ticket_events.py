"""What figures of a period are read from: the tickets it touches, what was known by its end, and their topics."""

from typing import Any

import pytest

from sla_engine.model.instant import HOUR
from sla_engine.model.support import TicketStory
from sla_engine.store import Store
from sla_engine.store.ticket_events import ticket_events, ticket_stories, unsettled_events
from sla_engine.store.tickets import Ticket, TicketEntry, add_entries, keep_ticket

from .conftest import BASE

START, END = BASE + 100 * HOUR, BASE + 200 * HOUR


def kept(store: Store, *acts: tuple[int, str], topic: str | None = None, **how: Any) -> Ticket:
    """A ticket to which so many hours after the beginning something happened."""
    first, *later = [
        TicketEntry(BASE + hours * HOUR, act, "first", facts=how.get("facts", {}).get(hours, {})) for hours, act in acts
    ]
    state = {"resolved": "resolved", "answered": "answered"}.get(acts[-1][1], "open")
    ticket = Ticket(
        opened_at=first.at,
        subject="No mail arrives",
        level="first",
        token=f"{acts}{topic}",
        customer="acme",
        topic=topic,
        state=state,  # type: ignore[arg-type]
        is_settled=state != "open",
    )
    with store.changing() as connection:
        known = keep_ticket(connection, ticket, [first])
        add_entries(connection, known, later)
    return known


def stories(store: Store) -> list[TicketStory]:
    with store.reading() as connection:
        return ticket_stories(connection, START, END)


@pytest.mark.parametrize(
    ("acts", "is_told"),
    [
        ([(10, "opened"), (20, "resolved")], False),
        ([(10, "opened"), (20, "answered")], True),
        ([(10, "opened")], True),
        ([(10, "opened"), (150, "resolved")], True),
        ([(10, "opened"), (20, "resolved"), (250, "reopened")], True),
        ([(250, "opened")], False),
    ],
    ids=["resolved before", "answered and left", "left", "resolved in it", "reopened after it", "opened after it"],
)
def test_a_period_is_about_what_happened_in_it_and_what_was_left(
    store: Store, acts: list[tuple[int, str]], is_told: bool
) -> None:
    kept(store, *acts)

    assert len(stories(store)) == is_told


def test_nothing_is_told_that_happened_from_its_end_on(store: Store) -> None:
    kept(store, (110, "opened"), (120, "noted"), (130, "answered"), (200, "resolved"))

    [story] = stories(store)

    assert (story.ticket, story.customer) == ("T-1", "acme")
    assert [(event.act, (event.at - BASE) // HOUR) for event in story.events] == [("opened", 110), ("answered", 130)]


@pytest.mark.parametrize(
    ("facts", "topic"),
    [
        ({}, "as it stands"),
        ({110: {"topic": "first"}}, "first"),
        ({110: {"topic": "first"}, 120: {"topic": "later"}}, "later"),
        ({110: {"topic": "first"}, 210: {"topic": "after the end"}}, "first"),
        ({210: {"topic": "after the end"}}, None),
        ({110: {"quoted": 'the "topic" of the day'}}, "as it stands"),
    ],
)
def test_a_ticket_is_about_what_its_entries_said_by_the_end(
    store: Store, facts: dict[int, dict[str, str]], topic: str | None
) -> None:
    kept(store, (110, "opened"), (120, "noted"), (210, "noted"), topic="as it stands", facts=facts)

    [story] = stories(store)

    assert story.topic == topic


def test_clocks_that_run_are_asked_for_by_ticket(store: Store) -> None:
    kept(store, (10, "opened"), (20, "answered"))
    running = kept(store, (30, "opened"), (40, "noted"))

    with store.reading() as connection:
        found = unsettled_events(connection)
        touched = ticket_events(connection, START, END)

    assert {ticket: [event.act for event in events] for ticket, events in found.items()} == {running.id: ["opened"]}
    assert [event.ticket for event in touched] == [running.number]
