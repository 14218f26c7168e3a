"""Two at work on one ticket at once, and clocks of machines that were put back: what is entered stays in its order."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from sla_engine.engine.tickets.acting import Desk
from sla_engine.engine.tickets.files import attachment
from sla_engine.engine.tickets.levels import TicketError
from sla_engine.model.instant import HOUR, MINUTE, parse_instant
from sla_engine.store.tables import notices

PNG = b"\x89PNG\r\n\x1a\n" + bytes(16)
ALL_FACTS = {"browser": "Firefox 140", "reproduced": "yes", "faq_searched": "nothing found"}


def due(case: Any) -> int | None:
    return None if case.owed is None else case.owed.clock.due_at


def somebody_else(office: Any, now: int) -> Desk:
    return Desk(office.policies, office.store, "bo", now)


@pytest.mark.every_database
def test_whoever_read_the_clock_first_and_came_second_is_entered_second(office: Any) -> None:
    office.open()
    anas = office.later("1h").desk
    somebody_else(office, anas.now + 5).answer("T-1", "It is the queue.")
    case = anas.wait("T-1", "Which browser?")

    assert [entry.act for entry in case.entries] == ["opened", "answered", "waiting"]
    assert [entry.act for entry in office.read().entries] == ["opened", "answered", "waiting"]
    assert (case.ticket.state, case.owed, case.clocks[0].clock.met) == ("waiting", None, True)


def test_a_ticket_that_waits_is_taken_up_again_even_by_a_clock_that_was_put_back(office: Any) -> None:
    office.open()
    office.later("1h").desk.wait("T-1", "Which browser?")
    case = somebody_else(office, office.now - HOUR).resume("T-1")

    assert (case.ticket.state, due(case)) == ("open", parse_instant("2026-01-08T17:00:00.000001Z"))
    assert due(office.read()) == due(case)


def test_what_was_entered_has_happened_also_for_whoever_looks_by_a_clock_that_was_put_back(office: Any) -> None:
    office.open()
    office.later("1h").desk.answer("T-1", "Done.")
    office.now -= 30 * MINUTE

    assert office.read().clocks[0].clock.met is True


def test_two_answers_at_one_instant_are_both_sent(office: Any) -> None:
    office.open()
    now = office.later("1h").now
    office.desk.answer("T-1", "It is the queue.")
    somebody_else(office, now).answer("T-1", "And the other queue.")

    with office.store.reading() as connection:
        told = connection.execute(sa.select(notices.c.key).where(notices.c.about == "ticket-answered")).all()
    assert len(told) == 2


@pytest.mark.every_database
def test_what_several_do_at_once_is_all_entered_and_told(office: Any) -> None:
    office.open()
    people = [Desk(office.policies, office.store, f"agent {number}", office.now) for number in range(4)]

    with ThreadPoolExecutor(len(people)) as pool:
        for done in [pool.submit(one.answer, "T-1", f"By {one.who}.") for one in people]:
            done.result()

    texts = {entry.text for entry in office.read().entries if entry.text.startswith("By agent")}
    assert texts == {f"By {one.who}." for one in people}
    with office.store.reading() as connection:
        told = connection.execute(sa.select(notices.c.key).where(notices.c.about == "ticket-answered")).all()
    assert len(told) == len(people)


@pytest.mark.parametrize("act", ["wait", "resolve"])
def test_what_was_done_by_one_is_not_done_again_by_the_other(office: Any, act: str) -> None:
    office.open()
    getattr(office.later("1h").desk, act)("T-1", "A word.")

    with pytest.raises(TicketError):
        getattr(somebody_else(office, office.now), act)("T-1", "A word.")


def test_a_ticket_that_is_handed_on_while_the_customer_is_waited_for_goes_on_waiting(office: Any) -> None:
    office.open()
    office.desk.note("T-1", facts=ALL_FACTS, files=(attachment("shot.png", PNG),))
    office.later("30m").desk.wait("T-1", "Which browser?")
    handed_on = office.later("30m").desk.escalate("T-1", "second")
    case = office.later("30m").desk.hear("T-1", "Firefox")

    assert (handed_on.ticket.state, handed_on.owed) == ("waiting", None)
    assert (case.ticket.state, case.entries[-1].act) == ("open", "resumed")
    assert [(one.level, one.clock.paused // MINUTE) for one in case.clocks] == [("first", 60), ("second", 30)]
