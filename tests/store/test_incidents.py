"""Incidents and what happened to them, on both databases."""

import pytest
import sqlalchemy as sa
from attrs import evolve

from sla_engine.model.incident import IncidentEvent, IncidentRecord
from sla_engine.store import Store, StoreError
from sla_engine.store.incidents import (
    acts_after,
    add_events,
    add_incident,
    change_incident,
    escalations_told,
    incident_numbered,
    incidents_touching,
    notices_on,
    told_of,
    unclosed_incidents,
)
from sla_engine.store.outbox import Notice, add_notices
from sla_engine.store.tables import incident_events, incidents

OPENED = IncidentEvent(12, "opened", detail={"state": "down", "reason": "status 503"})
API = IncidentRecord(0, "api", 10, 12, None, None, "down", False, (OPENED,))


def enter(store: Store, record: IncidentRecord = API) -> IncidentRecord:
    with store.changing() as connection:
        return add_incident(connection, record)


def notice(number: int, about: str = "opened", escalation: str = "infrastructure") -> Notice:
    thread = f"incident/{number}/{escalation}"
    return Notice(f"{thread}/{about}", 12, 13, "mail", thread, about, {"incident": number}, recipient="it@example.com")


def test_an_incident_is_read_as_it_was_entered(store: Store) -> None:
    entered = enter(store)

    with store.reading() as connection:
        assert incident_numbered(connection, entered.number) == entered
        assert incident_numbered(connection, entered.number + 1) is None
        assert unclosed_incidents(connection) == [entered]
    assert entered.number == 1
    assert entered.events == (evolve(OPENED, id=1),)


def test_what_happened_is_added_and_the_row_follows(store: Store) -> None:
    entered = enter(store)
    closed = IncidentEvent(20, "closed")

    with store.changing() as connection:
        changed = change_incident(connection, evolve(entered, ended_at=19, closed_at=20), [closed])

    with store.reading() as connection:
        assert incident_numbered(connection, 1) == changed
        assert unclosed_incidents(connection) == []
    assert [event.kind for event in changed.events] == ["opened", "closed"]


def test_of_a_service_there_is_one_at_a_time(store: Store) -> None:
    enter(store)
    enter(store, evolve(API, service="web"))

    with pytest.raises(StoreError):
        enter(store)


@pytest.mark.parametrize(
    "change", [incident_events.update().values(detail="{}"), incident_events.delete()], ids=["change", "delete"]
)
def test_what_happened_stays_for_ever(store: Store, change: sa.Executable) -> None:
    enter(store)

    with pytest.raises(StoreError, match="never changed"), store.changing() as connection:
        connection.execute(change)

    with store.reading() as connection:
        assert incident_numbered(connection, 1) is not None


def test_of_a_transaction_that_is_broken_off_nothing_stays(store: Store) -> None:
    def break_off() -> None:
        with store.changing() as connection:
            record = add_incident(connection, API)
            add_notices(connection, [notice(record.number)])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        break_off()

    with store.reading() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(incidents)).scalar() == 0
        assert told_of(connection, 1) == []


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [(0, 10, []), (0, 11, ["api"]), (20, 30, ["api", "web"]), (25, 30, ["api"]), (21, 22, ["api"])],
)
def test_incidents_are_found_by_when_they_lasted(store: Store, start: int, end: int, found: list[str]) -> None:
    enter(store)
    enter(store, evolve(API, service="web", began_at=15, opened_at=15, ended_at=20, closed_at=20))

    with store.reading() as connection:
        assert [record.service for record in incidents_touching(connection, start, end)] == found
        assert [record.service for record in incidents_touching(connection, start, end, ["web", "x"])] == [
            name for name in found if name == "web"
        ]


def test_acts_of_people_are_seen_once_and_what_happened_by_itself_is_none(store: Store) -> None:
    enter(store)
    with store.reading() as connection:
        assert acts_after(connection, 0) == (1, set())
    with store.changing() as connection:
        add_events(connection, 1, [IncidentEvent(14, "acknowledged", "anna")])

    with store.reading() as connection:
        assert acts_after(connection, 1) == (2, {"api"})
        assert acts_after(connection, 2) == (2, set())


def test_who_is_told_of_an_incident_is_found_by_its_number(store: Store) -> None:
    for number in (1, 10):
        enter(store, evolve(API, service=f"s{number}"))
        with store.changing() as connection:
            add_notices(connection, [notice(number), notice(number), notice(number, escalation="managers")])

    with store.reading() as connection:
        told = told_of(connection, 1)
        assert [(one["notifier"], one["recipient"], one["about"], one["state"]) for one in told] == [
            ("mail", "it@example.com", "opened", "waiting"),
            ("mail", "it@example.com", "opened", "waiting"),
        ]
        assert escalations_told(connection) == {"infrastructure", "managers"}
        assert notices_on(connection, [1, 2], ["managers"]) == {1: {notice(1, escalation="managers").key: notice(
            1, escalation="managers"
        )}}  # fmt: skip
