"""Tickets that incidents open, for customers whose contract says so."""

from typing import Any

import pytest
from attrs import evolve

from sla_engine.engine.tickets.of_incidents import tickets_of_incidents
from sla_engine.model.incident import IncidentRecord
from sla_engine.model.instant import MINUTE
from sla_engine.store.incidents import add_incident, change_incident
from sla_engine.store.tickets import select_tickets


def incident(office: Any, service: str = "api", **how: Any) -> IncidentRecord:
    began = office.now - 2 * MINUTE
    record = IncidentRecord(0, service, began, began + MINUTE, None, None, "down", in_maintenance=False)
    with office.store.changing() as connection:
        return add_incident(connection, evolve(record, **how))


def look(office: Any) -> list[Any]:
    tickets_of_incidents(office.policies, office.store, office.now)
    with office.store.reading() as connection:
        return select_tickets(connection)


def test_one_is_opened_in_the_customers_words_and_its_clock_runs(office: Any) -> None:
    incident(office)

    [ticket] = look(office)
    case = office.read(ticket.number)

    assert (ticket.customer, ticket.sender, ticket.opened_at) == ("acme", "ops@acme.example", office.now - MINUTE)
    assert "Interface de programmation" in ticket.subject
    assert case.owed is not None


def test_it_is_opened_once_however_often_one_looks(office: Any) -> None:
    incident(office)
    look(office)
    look(office.later("1h"))

    assert len(look(office)) == 1


def test_that_it_is_over_is_told_once_and_stops_no_clock(office: Any) -> None:
    record = incident(office)
    look(office)
    office.later("10m")
    with office.store.changing() as connection:
        change_incident(connection, evolve(record, ended_at=office.now - MINUTE, closed_at=office.now), ())
    look(office)
    look(office.later("10s"))

    case = office.read()
    assert [entry.act for entry in case.entries] == ["opened", "told"]
    assert (case.ticket.state, case.owed is not None) == ("open", True)


@pytest.mark.parametrize("how", [{"service": "web"}, {"opened_at": None}])
def test_of_what_is_not_promised_or_not_open_there_is_none(office: Any, how: dict[str, Any]) -> None:
    incident(office, **how)

    assert look(office) == []


def test_of_what_was_over_before_there_is_none(office: Any) -> None:
    incident(office, ended_at=office.now - MINUTE, closed_at=office.now - 1)

    assert look(office) == []
