"""Tickets that live elsewhere, and how far their help desks have been read."""

from attrs import evolve

from sla_engine.store import Store
from sla_engine.store.sources import keep_position, position_of
from sla_engine.store.tickets import (
    Ticket,
    TicketEntry,
    keep_ticket,
    lock_foreign_ticket,
    ticket_numbered,
)

TICKET = Ticket(opened_at=1, subject="s", level="first", token="a")
OPENED = TicketEntry(1, "opened", "first")


def test_how_far_each_source_was_read_is_kept(store: Store) -> None:
    for position in ("1", "2"):
        with store.changing() as connection:
            keep_position(connection, "zammad", position, 10)
            keep_position(connection, "glpi", f"g{position}", 10)

    with store.reading() as connection:
        found = [position_of(connection, name) for name in ("zammad", "glpi", "other")]
    assert found == ["2", "g2", None]


def test_numbers_tell_tickets_of_here_and_of_every_source_apart(store: Store) -> None:
    with store.changing() as connection:
        keep_ticket(connection, TICKET, [OPENED])
        for source in ("zammad", "glpi"):
            foreign = evolve(TICKET, token=source, source=source, foreign_id="1")
            keep_ticket(connection, foreign, [OPENED])

    with store.changing() as connection:
        found = [ticket_numbered(connection, number) for number in ("T-1", "t-1", "zammad:1", "glpi:1", "1", "T-2")]
        locked = [lock_foreign_ticket(connection, "glpi", number) for number in ("1", "2")]
    assert [one and one.number for one in found] == ["T-1", "T-1", "zammad:1", "glpi:1", None, None]
    assert [one and one.source for one in locked] == ["glpi", None]
