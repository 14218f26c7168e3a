"""Two engines never change one store; what the command line does beside one goes on."""

import os
from collections.abc import Callable, Iterator

import psycopg
import pytest

from sla_engine.model.result import Result
from sla_engine.store import Act, Store, StoreError, open_store
from sla_engine.store.outbox import Level, level_of, set_level
from tests.databases import Databases

ACT = Act(at=1, who="anna", kind="exclude", what={}, reason="a fire")


@pytest.fixture
def address(postgresql: Databases) -> Iterator[str]:
    with postgresql.one() as made:
        yield made


@pytest.fixture
def engine(address: str) -> Iterator[Store]:
    """The store of an engine on PostgreSQL."""
    with open_store(address) as opened:
        opened.start_writer()
        yield opened


def test_a_second_engine_is_refused_and_told_who_is_at_work(store: Store, store_url: str) -> None:
    with open_store(store_url) as second, pytest.raises(StoreError, match=f"in use by .*process {os.getpid()} on "):
        second.start_writer()

    store.close()
    with open_store(store_url) as second:
        second.start_writer()


def test_people_act_beside_an_engine(store: Store, store_url: str) -> None:
    with open_store(store_url) as beside:
        beside.enter(ACT)
        change(beside)

    assert [act.reason for act in store.acts()] == ["a fire"]


def test_an_engine_whose_lock_is_gone_changes_nothing_until_it_has_it_again(
    engine: Store, address: str, result: Callable[..., Result]
) -> None:
    cut(address)

    for changing in (change, lambda store: store.enter(ACT)):
        with pytest.raises(StoreError, match="changed by nobody here: the connection that kept other engines off"):
            changing(engine)
    engine.writer.put(result(0))
    assert not engine.writer.flush(0.5)
    assert "other engines" in str(engine.writer.trouble)

    engine.keep()

    assert engine.estranged is None
    change(engine)
    assert engine.writer.flush(20)
    assert len(engine.results("web/home", 0, 2**62)) == 1


def test_an_engine_that_finds_another_in_its_place_stands_back_until_that_has_gone(engine: Store, address: str) -> None:
    cut(address)
    with open_store(address) as other:
        other.start_writer()

        engine.keep()

        assert "in use by sla process" in str(engine.estranged)
        with pytest.raises(StoreError, match="in use by sla process"):
            change(engine)
        change(other)

    engine.keep()
    assert engine.estranged is None
    change(engine)


def test_who_takes_the_place_of_an_engine_waits_for_what_that_has_begun(engine: Store, address: str) -> None:
    with open_store(address) as other:
        with engine.changing() as connection:
            set_level(connection, "taken", Level(1, 1))
            cut(address)
            with pytest.raises(StoreError, match="lock timeout"):
                other.start_writer()

        other.start_writer()
        with other.reading() as connection:
            assert level_of(connection, "taken") == Level(1, 1)


def test_a_session_that_goes_on_without_the_lock_as_behind_a_pooler_keeps_nobody_off(
    engine: Store, address: str
) -> None:
    assert engine._lease is not None
    assert engine._lease._session is not None
    engine._lease._session.connection.exec_driver_sql("DISCARD ALL")  # as PgBouncer does before it hands one on

    with pytest.raises(StoreError, match="changed by nobody here"):
        change(engine)

    engine.keep()
    assert engine.estranged is None
    change(engine)


def test_tables_stay_as_they_are_while_an_engine_works_by_them(store: Store, store_url: str) -> None:
    def be_of(version: str) -> str:
        with store.changing() as connection:
            before: str = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
            connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{version}'")
        return before

    newest = be_of("0009")
    with open_store(store_url) as beside, pytest.raises(StoreError, match=r"has older tables.* in use by .*process"):
        beside.upgrade()

    assert be_of(newest) == "0009"
    with open_store(store_url) as beside:
        beside.upgrade()


def change(store: Store) -> None:
    with store.changing() as connection:
        set_level(connection, "name", Level(1, 1))


def cut(address: str) -> None:
    """End the session that keeps other engines off."""
    with psycopg.connect(address, autocommit=True) as connection:
        ended = connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE application_name LIKE 'sla process%' AND datname = current_database()"
        ).fetchall()
    assert ended == [(True,)]
