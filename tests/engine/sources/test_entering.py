"""What happened to tickets that live elsewhere: entered once, in whatever order it comes."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve

from sla_engine.calendars.periods import period_named
from sla_engine.engine.sources.entering import Entered
from sla_engine.engine.tickets.acting import Desk as Support
from sla_engine.engine.tickets.watcher import Watcher
from sla_engine.engine.tickets.within import events_within
from sla_engine.model.instant import HOUR, parse_instant
from sla_engine.store.tables import notices
from sla_engine.store.tickets import select_tickets, unsettled_tickets
from sla_engine.testing.clock import FakeClock
from tests.engine.sources.conftest import HELPDESK, NOW, Desk, clocks, described, happened

STORY = (
    *happened(
        "08:00 opened 1st Level",
        "08:30 reached 2nd Level",
        "09:00 waiting",
        "09:30 resumed",
        "10:00 answered",
        "11:00 resolved",
        "12:00 reopened 2nd Level",
        "13:00 answered",
    ),
    described("08:00", subject="No mail", customer="ACME International"),
    described("11:00", subject="No mail arrives"),
)


def test_a_ticket_that_lives_elsewhere_has_clocks_here(desk: Desk) -> None:
    entered = desk.enter(*STORY)

    case = desk.read()
    ticket = case.ticket
    assert entered == Entered(tickets=1, events=10)
    assert (ticket.number, ticket.subject, ticket.customer, ticket.state) == (
        "helpdesk:1",
        "No mail arrives",
        "acme",
        "answered",
    )
    assert (ticket.level, ticket.team, ticket.is_settled) == ("second", "development", True)
    assert clocks(case) == [
        ("first", "08:00", "10:00", "09:30", False),
        ("second", "08:30", "10:00", "17:00", True),
        ("second", "12:00", "13:00", "10:00", True),
    ]


@pytest.mark.every_database
def test_events_in_any_order_by_any_way_and_again_leave_the_same_ticket(make_desk: Callable[..., Desk]) -> None:
    expected = make_desk()
    expected.enter(*STORY)
    chance = random.Random(7)

    for _ in range(5):
        one = make_desk()
        events = list(STORY) * 2
        chance.shuffle(events)
        for first in range(0, len(events), 3):
            one.enter(*events[first : first + 3])
        assert one.shown() == expected.shown()


def test_what_is_known_already_changes_nothing(desk: Desk) -> None:
    desk.enter(*STORY)
    before = desk.shown()

    assert desk.enter(*STORY) == Entered(known=10)
    assert desk.shown() == before


def test_an_answer_may_be_told_before_the_ticket_was(desk: Desk) -> None:
    desk.enter(*happened("09:00 answered"))
    assert (desk.read().ticket.state, clocks(desk.read())) == ("answered", [])

    desk.enter(*happened("08:00 opened"))

    assert clocks(desk.read()) == [("first", "08:00", "09:00", "12:00", True)]


def test_a_ticket_that_is_handed_on_while_the_customer_is_waited_for_goes_on_waiting(desk: Desk) -> None:
    desk.enter(*happened("08:00 opened 1st Level", "08:30 waiting", "09:00 reached 2nd Level"))

    assert (desk.read().ticket.state, desk.read().ticket.level, desk.read().owed) == ("waiting", "second", None)


def test_a_clock_elsewhere_that_is_ahead_makes_nothing_late_here(desk: Desk) -> None:
    opened, waiting = happened("08:00 opened", "09:00 waiting")

    desk.enter(evolve(opened, at=NOW - HOUR), evolve(waiting, at=NOW + 240 * HOUR))

    assert [(one.clock.met, one.clock.breached_at) for one in desk.read().clocks] == [(None, None)]


def test_a_late_event_moves_a_clock_as_if_it_had_come_in_time(desk: Desk) -> None:
    desk.enter(*happened("08:00 opened", "14:00 answered"))
    assert clocks(desk.read()) == [("first", "08:00", "14:00", "12:00", False)]

    desk.enter(*happened("09:00 waiting", "13:00 resumed"))

    assert clocks(desk.read()) == [("first", "08:00", "14:00", "16:00", True)]


@pytest.mark.parametrize(
    ("level", "is_at"),
    [("2nd Level", "second"), ("second", "second"), ("Users", "first"), (None, "first")],
)
def test_levels_are_told_by_the_policies_names_or_ours_and_others_begin_at_the_first(
    level: str | None, is_at: str, desk: Desk
) -> None:
    [opened] = happened("08:00 opened")

    desk.enter(evolve(opened, level=level))

    assert desk.read().ticket.level == is_at


def test_a_group_that_is_no_level_of_ours_takes_nothing(desk: Desk) -> None:
    desk.enter(*happened("08:00 opened", "09:00 reached 2nd Level", "10:00 reached Sales"))

    assert (desk.read().ticket.level, len(desk.read().entries)) == ("second", 2)


@pytest.mark.parametrize(
    ("details", "customer"),
    [
        ({"customer": "ACME International"}, "acme"),
        ({"customer": "acme"}, "acme"),
        ({"customer": "Somebody", "sender": "OPS@acme.example"}, "acme"),
        ({"sender": "ops@acme.example"}, "acme"),
        ({"customer": "Somebody", "sender": "a@b.example"}, None),
        ({}, None),
    ],
)
def test_customers_are_told_by_the_policies_names_ours_or_their_address(
    details: dict[str, str], customer: str | None, desk: Desk
) -> None:
    desk.enter(*happened("08:00 opened"), described("08:00", subject="x", **details))

    assert desk.read().ticket.customer == customer
    assert clocks(desk.read())[0][3] == ("09:00" if customer else "12:00")


def test_a_customer_who_is_known_only_later_has_their_own_terms_from_the_beginning(desk: Desk) -> None:
    desk.enter(*happened("08:00 opened", "10:00 answered"))
    assert clocks(desk.read()) == [("first", "08:00", "10:00", "12:00", True)]

    desk.enter(described("11:00", customer="ACME International"))

    assert clocks(desk.read()) == [("first", "08:00", "10:00", "09:00", False)]


def test_nobody_is_written_to_about_it_even_where_somebody_acts_upon_it_here(desk: Desk) -> None:
    desk.enter(*happened("08:00 opened"), described("08:00", sender="ops@acme.example", customer="acme"))
    Support(desk.policies, desk.store, "ana", NOW).answer("helpdesk:1", "Found it.")

    with desk.store.reading() as connection:
        assert connection.execute(notices.select()).all() == []
    assert desk.read().ticket.sender is None


def test_what_people_find_here_does_not_make_it_anothers(desk: Desk) -> None:
    desk.enter(*happened("08:00 opened"), described("08:00", customer="acme"))
    Support(desk.policies, desk.store, "ana", NOW).note("helpdesk:1", facts={"customer": "Somebody"})
    desk.enter(*happened("09:00 waiting"))

    assert desk.read().ticket.customer == "acme"


ESCALATION = """
[escalation.late]
on = { levels = ["first"] }
step = [{ at = "75%", notify = ["mail"] }, { notify = ["mail"] }]
"""


def test_those_whom_a_policy_names_are_told_before_an_answer_is_late_also_where_it_was_heard_late(
    make_desk: Callable[..., Desk], fake_clock: FakeClock
) -> None:
    desk = make_desk(HELPDESK + ESCALATION)
    watcher = Watcher(lambda: desk.policies, desk.store, fake_clock)
    fake_clock.wall = parse_instant("2026-10-01T10:00:00Z")
    desk.enter(*happened("08:00 opened", "08:10 waiting", "09:50 answered second"), described("08:00", customer="acme"))
    watcher.look()
    with desk.store.reading() as connection:
        before = connection.execute(notices.select()).all()

    desk.enter(*happened("09:05 resumed"))  # earlier than what is known, and heard of after it
    fake_clock.pass_by(301)
    watcher.look()

    with desk.store.reading() as connection:
        told = connection.execute(notices.select()).all()
    assert before == []
    assert [(row.about, row.notifier) for row in told] == [("clock-warning", "mail"), ("clock-breached", "mail")]
    assert all("helpdesk:1" in row.thread for row in told)


def test_two_help_desks_may_have_the_same_numbers(desk: Desk) -> None:
    desk.enter(*happened("08:00 opened", "09:00 answered"))
    desk.enter(*happened("10:00 opened"), source="other")

    assert clocks(desk.read("helpdesk:1")) == [("first", "08:00", "09:00", "12:00", True)]
    assert clocks(desk.read("other:1")) == [("first", "10:00", None, "14:00", False)]
    with desk.store.reading() as connection:
        assert [one.number for one in unsettled_tickets(connection)] == ["other:1"]


def test_its_clocks_are_judged_with_everybodys(desk: Desk) -> None:
    desk.enter(*STORY)
    contract = desk.policies.contract(customer="acme")
    period = period_named("2026-10", contract.period, contract.timezone)

    events = events_within(desk.policies, desk.store, contract, period)

    assert {one.ticket for one in events} == {"helpdesk:1"}
    assert len(events) == 8


def test_texts_from_outside_are_made_fit_to_be_shown(desk: Desk) -> None:
    desk.enter(*happened("08:00 opened"), described("08:00", subject="a\r\nBcc: x\u202e\x00b", customer="A\x1b[31m"))

    ticket = desk.read().ticket
    assert (ticket.subject, ticket.name) == ("a Bcc: xb", "A[31m")


def test_it_is_listed_with_the_desks_own(desk: Desk) -> None:
    desk.enter(*STORY)

    with desk.store.reading() as connection:
        shown: Any = [(one.number, one.source, one.foreign_id) for one in select_tickets(connection)]
    assert shown == [("helpdesk:1", "helpdesk", "1")]
