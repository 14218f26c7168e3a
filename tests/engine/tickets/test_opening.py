"""How a ticket begins."""

from typing import Any

import pytest

from sla_engine.engine.tickets.levels import TicketError
from sla_engine.model.instant import parse_instant
from sla_engine.store.tables import notices
from sla_engine.store.tickets import unsettled_tickets


def test_it_has_a_number_and_begins_at_the_level_that_no_other_hands_on_to(office: Any) -> None:
    ticket = office.open().ticket

    assert (ticket.number, ticket.level, ticket.state) == ("T-1", "first", "open")


def test_its_customer_is_known_by_the_address_and_written_to_in_their_language(office: Any) -> None:
    ticket = office.open(customer=None, sender="IT@acme.example").ticket

    assert (ticket.customer, ticket.name, ticket.language, ticket.sender) == (
        "acme",
        "ACME S.A.",
        "fr",
        "IT@acme.example",
    )


def test_an_address_that_only_looks_alike_is_nobodys(office: Any) -> None:
    assert office.open(customer=None, sender="ops@acme.example.evil").ticket.customer is None


def test_the_customer_is_told_number_and_due_instant_in_the_same_transaction(office: Any) -> None:
    office.open()

    with office.store.reading() as connection:
        [row] = connection.execute(notices.select())
    assert (row.notifier, row.recipient, row.language, row.thread) == ("mail", "ops@acme.example", "fr", "ticket/T-1")
    assert f'"due_at": {parse_instant("2026-01-08T17:00:00Z")}' in row.facts
    assert '"ticket": "T-1"' in row.facts
    assert '"link": "https://status.provider.example/tickets/view/' in row.facts


def test_one_that_comes_twice_is_one_and_told_once(office: Any) -> None:
    first = office.open(key="<a@acme.example>").ticket
    again = office.open(key="<a@acme.example>").ticket

    assert (first.number, again.number) == ("T-1", "T-1")
    with office.store.reading() as connection:
        assert len(connection.execute(notices.select()).all()) == 1


def test_one_that_was_asked_earlier_counts_from_then(office: Any) -> None:
    case = office.open(at=parse_instant("2026-01-08T14:00:00Z"))

    assert case.owed.clock.due_at == parse_instant("2026-01-08T16:00:00Z")


def test_what_cannot_be_seen_is_not_kept(office: Any) -> None:
    case = office.open(subject="No\r\nBcc: all@acme.example\u202e mail\x00", text="a\rb\u2028c\x1b[31m")

    assert case.ticket.subject == "No Bcc: all@acme.example mail"
    assert case.entries[0].text == "a\nb\nc[31m"


def test_a_level_that_is_none_is_refused_and_nothing_is_kept(office: Any) -> None:
    with pytest.raises(TicketError, match="there is no support level 'third'; there is first, second"):
        office.open(level="third")

    with office.store.reading() as connection:
        assert unsettled_tickets(connection) == []


def test_its_token_is_long_and_no_two_are_alike(office: Any) -> None:
    tokens = {office.open().ticket.token for _ in range(20)}

    assert len(tokens) == 20
    assert all(len(token) >= 32 for token in tokens)
