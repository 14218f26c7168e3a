"""Which tickets come first: what is late, what falls due next, and only then what nobody waits for."""

from typing import Any

from sla_engine.engine.status import TicketsStatus
from sla_engine.engine.tickets.figures import left_at
from sla_engine.engine.tickets.front import Front, Wanted
from sla_engine.engine.tickets.owed import listed_tickets
from sla_engine.engine.tickets.shown import owed_json
from sla_engine.model.instant import HOUR, MINUTE, format_instant
from sla_engine.testing.clock import FakeClock


def listed(office: Any, **how: Any) -> list[tuple[str, bool]]:
    found = listed_tickets(office.policies, office.store, office.now, **how)
    return [(one.ticket.number, one.is_late) for one in found]


def busy(office: Any) -> Any:
    """Seven tickets: one is late, two fall due, one waits, two are answered, of which one was written to since."""
    office.open("Late")
    office.open("Answered")
    office.open("Answered, and then the customer wrote")
    office.open("Resolved")
    office.later("1h")
    office.open("The SLA's, and due in four hours", customer=None, sender="somebody@elsewhere.example")
    office.open("Waits")
    office.desk.wait("T-6", "Which browser?")
    office.desk.answer("T-2", "Done.")
    office.desk.answer("T-3", "Done.")
    office.desk.resolve("T-4", "Done.")
    office.later("10m").desk.hear("T-3", "It is back.")
    office.open("Due in two hours")
    return office.later("1h")


def test_what_is_late_comes_first_then_what_falls_due_then_the_others(office: Any) -> None:
    busy(office)

    assert listed(office) == [
        ("T-1", True),
        ("T-7", False),
        ("T-5", False),
        ("T-3", False),
        ("T-6", False),
        ("T-2", False),
    ]
    assert listed(office, with_resolved=True)[-1] == ("T-4", False)
    assert [number for number, _ in listed(office, customer="acme")] == ["T-1", "T-7", "T-3", "T-6", "T-2"]


def test_the_desk_sees_of_which_tickets_the_customer_wrote_after_the_answer(office: Any) -> None:
    busy(office)

    found = {
        one.ticket.number: owed_json(one)["wrote"] for one in listed_tickets(office.policies, office.store, office.now)
    }
    front = Front(lambda: office.policies, office.store, FakeClock(format_instant(office.now)))

    assert {number: at for number, at in found.items() if at is not None} == {"T-3": "2026-01-08T16:10:00Z"}
    assert office.read("T-3").written_at == office.now - HOUR
    assert [case.ticket.number for case in front.owed(Wanted())] == ["T-1", "T-7", "T-5", "T-3"]
    assert [case.ticket.number for case in front.owed(Wanted(most=2))] == ["T-1", "T-7"]
    assert front.owed(Wanted(customer="umbrella")) == []


def test_what_is_taken_up_again_or_answered_again_is_no_longer_among_them(office: Any) -> None:
    busy(office)

    office.desk.reopen("T-3")
    taken_up = office.read("T-3").written_at
    office.later("1m").desk.answer("T-3", "Now it is done.")

    assert (taken_up, office.read("T-3").written_at) == (None, None)


def test_a_late_ticket_stays_late_while_the_customer_is_waited_for(office: Any) -> None:
    office.open("Late")
    office.later("3h").desk.wait("T-1", "Which browser?")

    [one] = listed_tickets(office.policies, office.store, office.now)

    assert (one.is_late, one.ticket.state) == (True, "waiting")
    assert (owed_json(one)["due"], owed_json(one)["late"]) == ("2026-01-08T17:00:00Z", True)


def test_the_status_tells_how_many_are_open_and_late_at_any_instant(office: Any) -> None:
    before = office.now - MINUTE
    busy(office)

    assert left_at(office.policies, office.store, before) == TicketsStatus(owed=0, waiting=0, answered=0, late=0)
    assert left_at(office.policies, office.store, before + MINUTE).owed == 4
    assert left_at(office.policies, office.store, office.now) == TicketsStatus(owed=3, waiting=1, answered=2, late=1)
    assert left_at(office.policies, office.store, office.now, "acme").owed == 2


def test_whoever_sees_only_the_first_sees_the_most_urgent_however_new(office: Any, fake_clock: Any) -> None:
    busy(office)
    fake_clock.wall = office.now
    front = Front(lambda: office.policies, office.store, fake_clock)

    def seen(**wanted: Any) -> list[str]:
        return [case.ticket.number for case in front.owed(Wanted(**wanted))]

    assert seen() == ["T-1", "T-7", "T-5", "T-3"]
    assert (seen(most=2), seen(customer="acme", level="second")) == (["T-1", "T-7"], [])
