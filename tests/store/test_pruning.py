"""What of the store may be dropped, on both databases: the rest stands as it stood."""

from typing import Any

import pytest
import sqlalchemy as sa
from attrs import evolve

from sla_engine.model.instant import DAY, MINUTE
from sla_engine.plugin import Message
from sla_engine.store import Store, StoreError
from sla_engine.store.outbox import (
    Lane,
    Level,
    Outgoing,
    add_message,
    levels_like,
    message_by_key,
    set_level,
)
from sla_engine.store.pruning import drop_files, drop_words, old_files, old_levels, old_words
from sla_engine.store.tables import attachments
from sla_engine.store.tickets import Attachment, Ticket, TicketEntry, file_content, files_of, keep_ticket

NOON = 20_000 * DAY
WORDS = Message(
    "key",
    "[down] Café",
    "Café is down.\n",
    to=("ana@example.com",),
    html="<p>Café is down.</p>",
    short="Café down",
    names={"title": "Café"},
    thread="incident/1/all",
    about="opened",
)


def keep(connection: sa.Connection, key: str, **how: Any) -> None:
    message = evolve(WORDS, key=key)
    made = {"lane": Lane("mail", "ana@example.com", "en"), "message": message, "at": NOON, "give_up_at": NOON + DAY}
    add_message(connection, Outgoing(**made | {"reference": f"<{key}>"} | how))


def test_words_go_from_what_was_settled_long_ago_and_from_nothing_else(store: Store) -> None:
    with store.changing() as connection:
        for state in ("sent", "dead", "uncertain"):
            keep(connection, f"old {state}", state=state, ended_at=NOON - 1)
        keep(connection, "new", state="sent", ended_at=NOON)
        keep(connection, "unsent", state="pending", next_at=NOON - DAY)
        found = old_words(connection, NOON)
        drop_words(connection, found)

        assert len(found) == 3
        assert min(one.bytes for one in found) > 50
        assert old_words(connection, NOON) == []
        for state in ("sent", "dead", "uncertain"):
            dropped = message_by_key(connection, f"old {state}")
            assert dropped is not None
            assert dropped.is_pruned
            assert (dropped.state, dropped.reference, dropped.ended_at) == (state, f"<old {state}>", NOON - 1)
            left = dropped.message
            assert (left.subject, left.thread, left.to) == (WORDS.subject, WORDS.thread, WORDS.to)
            assert (left.text, left.html, left.short, left.names) == ("", None, None, {})
        for key in ("new", "unsent"):
            whole = message_by_key(connection, key)
            assert whole is not None
            assert whole.message.html == WORDS.html


def ticket(store: Store, last_at: int, *, is_settled: bool = True) -> int:
    with store.changing() as connection:
        opened = TicketEntry(last_at, "opened", "first")
        made = Ticket(last_at, "No mail", "first", token=f"{last_at}{is_settled}", is_settled=is_settled)
        return keep_ticket(connection, made, [opened], [Attachment("screen.png", "image/png", b"\x89PNG" * 10)]).id


def test_the_content_of_files_goes_with_the_age_of_their_ticket_and_what_they_were_stays(store: Store) -> None:
    old, new, running = ticket(store, NOON - 1), ticket(store, NOON), ticket(store, NOON - 2, is_settled=False)
    with store.changing() as connection:
        [before] = files_of(connection, old)
        found = old_files(connection, NOON)
        drop_files(connection, found)

        assert [one.bytes for one in found] == [40]
        assert old_files(connection, NOON) == []
        assert files_of(connection, old) == [before]
        contents = [file_content(connection, one, files_of(connection, one)[0].id) for one in (old, new, running)]
    assert [None if one is None else len(one.content) for one in contents] == [0, 40, 40]


@pytest.mark.parametrize(
    "change",
    [
        {"content": b"other"},
        {"content": b"", "name": "other.png"},
        {"content": b"", "size": 0},
        {"content": b"", "digest": "other"},
        {"content": b"", "ticket": 2},
    ],
    ids=str,
)
def test_nothing_else_of_a_file_can_be_changed_and_none_can_be_taken_away(store: Store, change: Any) -> None:
    ticket(store, NOON)
    ticket(store, NOON + MINUTE)
    for statement in (attachments.update().where(attachments.c.id == 1).values(**change), attachments.delete()):
        with pytest.raises(StoreError, match="never changed"), store.changing() as connection:
            connection.execute(statement)


def test_levels_are_old_once_nothing_was_taken_for_so_long(store: Store) -> None:
    with store.changing() as connection:
        set_level(connection, "messages/a", Level(1, NOON - 1))
        set_level(connection, "messages/b", Level(1, NOON))

        assert list(old_levels(connection, NOON)) == [("messages/a", Level(1, NOON - 1))]
        assert len(list(levels_like(connection, "messages/"))) == 2
