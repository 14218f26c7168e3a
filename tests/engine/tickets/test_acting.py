"""What is done with a ticket, and what that does to its clocks."""

from typing import Any

import pytest
import sqlalchemy as sa

from sla_engine.engine.tickets.acting import IncompleteError
from sla_engine.engine.tickets.files import attachment
from sla_engine.engine.tickets.levels import TicketError
from sla_engine.model.instant import parse_instant
from sla_engine.store.tables import notices, ticket_entries

PNG = b"\x89PNG\r\n\x1a\n" + bytes(16)
ALL_FACTS = {"browser": "Firefox 140", "reproduced": "yes", "faq_searched": "nothing found"}


def told(office: Any) -> list[tuple[str, str]]:
    with office.store.reading() as connection:
        return [tuple(row) for row in connection.execute(sa.select(notices.c.about, notices.c.recipient))]


def due(case: Any) -> int | None:
    return None if case.owed is None else case.owed.clock.due_at


def test_an_answer_falls_due_by_the_customers_own_contract(office: Any) -> None:
    case = office.open()

    assert due(case) == parse_instant("2026-01-08T17:00:00Z")


def test_of_somebody_unknown_it_falls_due_by_the_sla(office: Any) -> None:
    case = office.open(customer=None, sender="somebody@elsewhere.example")

    assert (case.ticket.customer, due(case)) == (None, parse_instant("2026-01-09T11:00:00Z"))


def test_an_answer_stops_the_clock_and_is_sent_to_the_customer(office: Any) -> None:
    office.open()
    case = office.later("1h").desk.answer("T-1", "The queue is free again.")

    [clock] = case.clocks
    assert (case.ticket.state, case.owed, clock.clock.met) == ("answered", None, True)
    assert told(office) == [("ticket-opened", "ops@acme.example"), ("ticket-answered", "ops@acme.example")]


def test_while_the_customer_is_waited_for_nothing_is_due_and_then_it_is_due_later(office: Any) -> None:
    office.open()
    waiting = office.later("1h").desk.wait("T-1", "Which browser?")
    resumed = office.later("30m").desk.resume("T-1")

    assert (waiting.ticket.state, waiting.owed) == ("waiting", None)
    assert due(resumed) == parse_instant("2026-01-08T17:30:00Z")


def test_what_the_customer_writes_ends_the_wait(office: Any) -> None:
    office.open()
    office.later("1h").desk.wait("T-1", "Which browser?")
    case = office.later("10m").desk.hear("T-1", "Firefox", key="<1@acme.example>")

    assert (case.ticket.state, case.entries[-1].act, case.entries[-1].text) == ("open", "resumed", "Firefox")


def test_what_is_heard_twice_is_kept_once(office: Any) -> None:
    office.open()
    office.desk.hear("T-1", "Firefox", key="<1@acme.example>")
    office.desk.hear("T-1", "Firefox", key="<1@acme.example>")

    assert [entry.text for entry in office.read().entries] == ["Since noon.", "Firefox"]


def test_a_level_says_all_that_it_wants_to_know_first(office: Any) -> None:
    office.open()

    with pytest.raises(IncompleteError) as refused:
        office.desk.escalate("T-1", "second", topic="deliverability")

    assert refused.value.missing == ("browser", "screenshot", "reproduced", "faq_searched", "dns", "spf", "dkim")
    assert (office.read().ticket.level, len(office.read().entries)) == ("first", 1)


def test_with_all_that_is_wanted_it_reaches_the_team_of_its_topic_and_both_clocks_run(office: Any) -> None:
    office.open()
    facts = {**ALL_FACTS, "dns": "ok", "spf": "ok", "dkim": "ok"}
    office.desk.note("T-1", facts=facts, files=(attachment("shot.png", PNG),))
    case = office.later("1h").desk.escalate("T-1", "second", "It is the queue of mx2.", topic="deliverability")

    assert (case.ticket.level, case.ticket.team, case.ticket.topic) == ("second", "network", "deliverability")
    assert [(one.level, one.clock.met) for one in case.clocks] == [("first", None), ("second", None)]
    assert [(entry.act, entry.text, entry.is_public) for entry in case.entries[-2:]] == [
        ("reached", "", True),
        ("noted", "It is the queue of mx2.", False),
    ]


def test_another_topic_wants_less_and_goes_to_another_team(office: Any) -> None:
    office.open()
    office.desk.note("T-1", facts=ALL_FACTS, files=(attachment("shot.png", PNG),))
    case = office.desk.escalate("T-1", "second")

    assert (case.ticket.level, case.ticket.team) == ("second", "development")


def test_a_ticket_that_turns_out_to_be_about_something_else_goes_to_the_team_of_that(office: Any) -> None:
    office.open(topic="billing")
    office.desk.note("T-1", facts=ALL_FACTS, files=(attachment("shot.png", PNG),))
    office.later("1h").desk.escalate("T-1", "second")
    case = office.later("1h").desk.note("T-1", "It is their mails.", topic="deliverability")

    assert (case.ticket.topic, case.ticket.team) == ("deliverability", "network")
    assert [entry.facts["topic"] for entry in case.entries if "topic" in entry.facts] == [
        "billing",
        "billing",
        "deliverability",
    ]


def test_a_file_that_only_says_that_it_is_a_picture_is_no_screenshot(office: Any) -> None:
    office.open()
    office.desk.note("T-1", facts=ALL_FACTS, files=(attachment("shot.png", b"<svg onload=alert(1)>"),))

    with pytest.raises(IncompleteError, match="missing: screenshot"):
        office.desk.escalate("T-1", "second")


def test_an_empty_word_is_no_fact(office: Any) -> None:
    office.open()
    office.desk.note("T-1", facts={**ALL_FACTS, "browser": " "}, files=(attachment("shot.png", PNG),))

    with pytest.raises(IncompleteError, match="missing: browser"):
        office.desk.escalate("T-1", "second")


def test_a_ticket_goes_only_where_its_level_hands_on_to(office: Any) -> None:
    office.open()

    with pytest.raises(TicketError, match="'first', which hands on to second, not to 'first'"):
        office.desk.escalate("T-1", "first")


def test_resolving_answers_on_every_level(office: Any) -> None:
    office.open()
    office.desk.note("T-1", facts=ALL_FACTS, files=(attachment("shot.png", PNG),))
    office.desk.escalate("T-1", "second")
    case = office.later("1h").desk.resolve("T-1", "Done.")

    assert [one.clock.met for one in case.clocks] == [True, True]
    assert (case.ticket.state, case.ticket.is_settled) == ("resolved", True)


@pytest.mark.parametrize("act", ["answer", "wait", "escalate", "resolve"])
def test_what_is_resolved_must_be_reopened_first(office: Any, act: str) -> None:
    office.open()
    office.desk.resolve("T-1", "Done.")

    with pytest.raises(TicketError, match="T-1 is resolved: reopen it first"):
        getattr(office.desk, act)("T-1", "second")


def test_reopening_begins_another_clock(office: Any) -> None:
    office.open()
    office.desk.resolve("T-1", "Done.")
    case = office.later("30m").desk.reopen("T-1", "It is back.")

    assert [one.clock.met for one in case.clocks] == [True, None]
    assert (case.ticket.is_settled, due(case)) == (False, parse_instant("2026-01-08T17:30:00Z"))


@pytest.mark.parametrize(("first", "then", "why"), [("wait", "wait", "waits"), (None, "resume", "does not wait")])
def test_what_makes_no_sense_is_refused(office: Any, first: str | None, then: str, why: str) -> None:
    office.open()
    if first:
        getattr(office.desk, first)("T-1")

    with pytest.raises(TicketError, match=why):
        getattr(office.desk, then)("T-1")


def test_a_ticket_that_is_not_there_is_named(office: Any) -> None:
    with pytest.raises(TicketError, match="there is no ticket 'T-9'"):
        office.desk.answer("T-9", "Hello.")


def test_nobody_is_written_to_when_nothing_is_asked(office: Any) -> None:
    office.open()
    office.desk.wait("T-1")

    assert told(office) == [("ticket-opened", "ops@acme.example")]


@pytest.mark.parametrize("change", [sa.update(ticket_entries).values(text=""), sa.delete(ticket_entries)])
def test_what_happened_stands_for_ever(office: Any, change: Any) -> None:
    office.open()

    with pytest.raises(Exception, match="never changed"), office.store.changing() as connection:
        connection.execute(change)


def test_a_ticket_of_nobodys_is_assigned_and_its_clock_runs_by_the_customers_contract(office: Any) -> None:
    office.open(customer=None, sender="somebody@elsewhere.example")
    case = office.desk.assign("T-1", customer="acme", team="network")

    assert (case.ticket.customer, case.ticket.team, case.ticket.name) == ("acme", "network", "ACME S.A.")
    assert due(case) == parse_instant("2026-01-08T17:00:00Z")
    assert (case.entries[-1].act, case.entries[-1].is_public) == ("assigned", False)


def test_to_nobody_that_there_is_nothing_is_assigned(office: Any) -> None:
    office.open()

    with pytest.raises(TicketError, match="there is no customer 'acne'; there is acme"):
        office.desk.assign("T-1", customer="acne")
    with pytest.raises(TicketError, match="say whose it is"):
        office.desk.assign("T-1")
