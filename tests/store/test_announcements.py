import pytest
from attrs import evolve

from sla_engine.model.instant import DAY, HOUR
from sla_engine.model.interval import Interval
from sla_engine.store import Store, StoreError
from sla_engine.store.announcements import (
    Announcement,
    add_announcements,
    announcements_of,
    announcements_since,
    tellings,
)
from sla_engine.store.outbox import Notice, add_notices

START = 20_000 * DAY
PLANNED = Announcement(
    maintenance="upgrade",
    occurrence=START,
    sequence=0,
    what="planned",
    at=START - DAY,
    window=Interval(START, START + HOUR),
    services=("api", "acme/relay"),
    title={"pt": "Atualização"},
    message=None,
    channels=("customers-mail", "in-app"),
    customers=("acme",),
)
MOVED = evolve(PLANNED, sequence=1, what="changed", window=Interval(START + DAY, START + DAY + HOUR))
OTHER = evolve(PLANNED, maintenance="other", title=None, message={"": "Works"}, customers=None)


def test_announcements_are_kept_once_and_as_they_were(store: Store) -> None:
    for _ in range(2):
        with store.changing() as connection:
            add_announcements(connection, [PLANNED, OTHER, MOVED])

    with store.reading() as connection:
        assert announcements_since(connection, 0) == [PLANNED, OTHER, MOVED]
        assert announcements_of(connection, "upgrade") == [PLANNED, MOVED]


def test_of_an_occurrence_that_was_moved_everything_is_read(store: Store) -> None:
    with store.changing() as connection:
        add_announcements(connection, [PLANNED, OTHER, MOVED])

    with store.reading() as connection:
        assert announcements_since(connection, START + 2 * HOUR) == [PLANNED, MOVED]
        assert announcements_since(connection, START + 2 * DAY) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE announcements SET at = 0",
        "DELETE FROM announcements",
    ],
)
def test_what_was_announced_cannot_be_changed(statement: str, store: Store) -> None:
    with store.changing() as connection:
        add_announcements(connection, [PLANNED])

    with pytest.raises(StoreError, match="never changed"), store.changing() as connection:
        connection.exec_driver_sql(statement)

    with store.reading() as connection:
        assert announcements_of(connection, "upgrade") == [PLANNED]


def test_who_is_told_is_read_for_all_or_for_one_customer(store: Store) -> None:
    facts = {"sequence": 3, "services": [{"id": "api", "title": {"": "API"}}]}
    told = Notice("k", START, START, "customers-mail", PLANNED.thread, "maintenance-planned", facts)
    with store.changing() as connection:
        add_notices(
            connection,
            [
                told,
                evolve(told, key="l", recipient="ops@acme.example", customer="acme", language="pt"),
                evolve(told, key="m", recipient="it@bolt.example", customer="bolt"),
                evolve(told, key="n", thread="incident/1/all", about="opened"),
            ],
        )

    with store.reading() as connection:
        every, acme = (tellings(connection, [PLANNED.thread], customer) for customer in (None, "acme"))

    assert [one.recipient for one in every] == ["", "ops@acme.example", "it@bolt.example"]
    assert [(one.customer, one.language) for one in acme] == [(None, "en"), ("acme", "pt")]
    assert {(one.sequence, one.services, one.sent_at, one.state) for one in every} == {(3, ("api",), None, "waiting")}
