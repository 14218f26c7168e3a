"""What is kept open of a SQLite database, and what becomes of its write-ahead log."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sla_engine.store import Store, open_store
from sla_engine.store.acts import Act
from sla_engine.store.checkpoints import LONGEST_LOG
from sla_engine.store.copies import restore
from tests.databases import Databases
from tests.waiting import wait


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sla.db"


@pytest.fixture
def engine(path: Path) -> Iterator[Store]:
    """The store of an engine at work."""
    with open_store(f"sqlite:///{path}") as opened:
        opened.start_writer()
        yield opened


def act(store: Store, reason: str) -> None:
    store.enter(Act(at=1, who="anna", kind="exclude", what={}, reason=reason))


def log_size(path: Path) -> int:
    return Path(f"{path}-wal").stat().st_size


def test_what_was_asked_once_is_asked_again_by_the_same_connection(engine: Store) -> None:
    def connection() -> object:
        with engine.reading() as found:
            return found.connection.driver_connection

    assert connection() is connection()


def test_a_file_that_was_replaced_is_opened_anew(engine: Store, path: Path) -> None:
    act(engine, "before")
    engine.backup(path.with_name("copy.db"))
    act(engine, "after")
    with open_store(f"sqlite:///{path}") as store:
        assert [one.reason for one in store.acts()] == ["before", "after"]
        engine.close()

        restore(path.with_name("copy.db"), path, "noon")

        assert [one.reason for one in store.acts()] == ["before"]


def test_only_the_writer_brings_what_others_wrote_into_the_database(engine: Store, path: Path) -> None:
    with open_store(f"sqlite:///{path}") as beside:
        act(beside, "x" * (LONGEST_LOG + 1_000_000))

        assert wait(lambda: log_size(path) == 0, "the log is taken up")

        assert [len(one.reason) for one in beside.acts()] == [LONGEST_LOG + 1_000_000]


def test_the_log_of_a_database_behind_a_link_is_taken_up_too(path: Path, tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(path)
    with open_store(f"sqlite:///{tmp_path / 'link.db'}") as engine:
        engine.start_writer()
        act(engine, "x" * (LONGEST_LOG + 1_000_000))

        assert wait(lambda: log_size(path) == 0, "the log is taken up")


def test_without_an_engine_the_log_stays_until_the_last_has_gone(path: Path) -> None:
    with open_store(f"sqlite:///{path}") as store:
        store.upgrade()
        act(store, "x" * LONGEST_LOG)
        assert log_size(path) > LONGEST_LOG

    assert not Path(f"{path}-wal").exists()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT length(reason) FROM acts").fetchall() == [(LONGEST_LOG,)]


def test_nobody_waits_for_ever_for_others_who_change_something(postgresql: Databases) -> None:
    with postgresql.one() as address, open_store(address) as store:
        for _ in range(2):  # when it is opened, and when it is used again
            with store.reading() as connection:
                assert connection.exec_driver_sql("SHOW lock_timeout").scalar() == "5s"
