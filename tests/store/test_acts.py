"""Acts of people and frozen reports, on both databases: they are added to and never changed."""

import threading
from collections.abc import Callable

import attrs
import pytest
import sqlalchemy as sa

from sla_engine.model.instant import DAY, MINUTE
from sla_engine.model.result import Result
from sla_engine.store import Act, FrozenReport, Store, StoreError

ACT = Act(DAY, "ana", "exclude", {"services": ["api"], "start": 1, "end": 2}, "flood")
REPORT = FrozenReport(
    holder="customer/acme",
    label="2025-06",
    revision=1,
    start=10 * DAY,
    end=40 * DAY,
    known_until=40 * DAY + MINUTE,
    policy_hash="abc",
    digest="def",
    inputs=b"inputs",
    verdict=b"{}",
    text="report",
    frozen_at=41 * DAY,
    who="ana",
    reason=None,
)


def test_acts_are_numbered_in_the_order_of_entry(store: Store) -> None:
    first, second = store.enter(ACT), store.enter(attrs.evolve(ACT, kind="revoke", what={"exclusion": "X-1"}))

    assert (first.id, second.id) == (1, 2)
    assert store.acts() == [first, second]


@pytest.mark.parametrize("table", ["acts", "frozen_reports"])
@pytest.mark.parametrize(
    "statement", ["DELETE FROM {}", "UPDATE {} SET reason = 'other'", "UPDATE {} SET who = 'other'", "TRUNCATE {}"]
)
def test_neither_can_be_changed_or_deleted_even_by_hand(store: Store, table: str, statement: str) -> None:
    store.enter(ACT)
    store.freeze(REPORT, b"policies")

    with pytest.raises(StoreError, match=r"never changed|syntax error"), store._asking() as connection:
        connection.execute(sa.text(statement.format(table)))

    assert len(store.acts()) == 1
    assert store.frozen("customer/acme", "2025-06") == [REPORT]


def test_neither_can_be_replaced_on_sqlite(store: Store) -> None:
    store.enter(ACT)
    store.freeze(REPORT, b"policies")

    for table in ("acts", "frozen_reports"):
        with store._asking() as connection:
            if connection.dialect.name == "sqlite":
                with pytest.raises(sa.exc.IntegrityError, match="never changed"):
                    connection.execute(sa.text(f"REPLACE INTO {table} SELECT * FROM {table}"))


def test_of_two_reports_of_one_revision_the_first_stays(store: Store) -> None:
    assert store.freeze(REPORT, b"policies")
    assert not store.freeze(attrs.evolve(REPORT, text="other"), b"policies")

    assert store.frozen("customer/acme", "2025-06") == [REPORT]
    assert store.policy_text("abc") == b"policies"


def test_a_further_revision_stands_beside_the_others(store: Store) -> None:
    second = attrs.evolve(REPORT, revision=2, reason="flood", text="other")
    store.freeze(REPORT, b"policies")
    store.freeze(second, b"policies")

    assert store.frozen("customer/acme", "2025-06") == [REPORT, second]
    assert store.frozen("sla/standard", "2025-06") == []
    assert store.frozen_names() == {("customer/acme", "2025-06")}


def test_reports_are_found_by_the_time_that_they_are_about(store: Store) -> None:
    store.freeze(REPORT, b"policies")

    assert store.frozen_within(39 * DAY, 50 * DAY) == [REPORT]
    assert store.frozen_within(40 * DAY, 50 * DAY) == []
    assert store.frozen_within(0, 10 * DAY) == []


def test_acts_and_reports_are_kept_while_the_writer_writes_and_neither_hurts_the_other(
    store: Store, result: Callable[..., Result]
) -> None:
    def enter(number: int) -> None:
        for count in range(20):
            store.enter(attrs.evolve(ACT, who=f"{number}"))
            store.freeze(attrs.evolve(REPORT, label=f"{number}-{count}"), b"policies")

    people = [threading.Thread(target=enter, args=(number,)) for number in range(3)]
    for person in people:
        person.start()
    for minute in range(20_000):
        store.writer.put(result(minute))
    for person in people:
        person.join()

    assert store.writer.flush(30)
    assert (store.writer.written, store.writer.refused, store.writer.trouble) == (20_000, 0, None)
    assert sorted(act.who for act in store.acts()) == sorted(["0", "1", "2"] * 20)
    assert len(store.frozen_names()) == 60
