"""Plugins hear of tickets, whoever did something to them and in whatever process."""

import pytest

from sla_engine.engine.tickets.news import TicketNews
from sla_engine.model.instant import format_instant
from sla_engine.model.ticket import TicketRecord
from sla_engine.testing.clock import FakeClock
from tests.engine.tickets.conftest import Office


@pytest.fixture
def told() -> list[TicketRecord]:
    return []


@pytest.fixture
def news(office: Office, told: list[TicketRecord]) -> TicketNews:
    return TicketNews(lambda: office.policies, office.store, FakeClock(format_instant(office.now)), told.extend)


def test_of_what_happened_before_the_engine_was_started_nothing_is_told(
    office: Office, news: TicketNews, told: list[TicketRecord]
) -> None:
    office.open()

    news.look()
    news.look()

    assert told == []


def test_each_ticket_is_told_as_it_stands_after_something_happened(
    office: Office, news: TicketNews, told: list[TicketRecord]
) -> None:
    news.look()
    case = office.open()
    news.look()
    office.later("5m").desk.answer("T-1", "It is free again.")
    news.look()
    news.look()

    opened, answered = told
    assert (opened.number, opened.source, opened.customer, opened.state) == ("T-1", "desk", "acme", "open")
    assert case.owed is not None
    assert opened.due_at == case.owed.clock.due_at
    assert [(one.act, one.who, one.text) for one in opened.events] == [("opened", "ana", "Since noon.")]
    assert (answered.state, answered.due_at) == ("answered", None)
    assert [one.act for one in answered.events] == ["opened", "answered"]


def test_what_opens_the_customers_view_is_told_to_nobody(
    office: Office, news: TicketNews, told: list[TicketRecord]
) -> None:
    news.look()
    token = office.open().ticket.token
    news.look()

    assert token not in repr(told)


def test_what_happens_at_once_to_many_tickets_is_told_in_parts_and_in_full(
    office: Office, news: TicketNews, told: list[TicketRecord]
) -> None:
    news.look()
    for _ in range(205):
        office.open()

    news.look()
    first = len(told)
    news.look()

    assert (first, len(told)) == (200, 205)
