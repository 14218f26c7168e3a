"""What a store must survive: F1 kill -9, F7 a locked database, F8 damage, F10 a newer schema, F39 a second engine."""

import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sla_engine.model.instant import DAY, MINUTE
from sla_engine.model.result import Result, State, run_lengths
from sla_engine.store import Store, StoreError, open_store

BASE = 20_000 * DAY

WRITE_FOR_EVER = """
import sys
from sla_engine.model.result import Result, State
from sla_engine.store import open_store
base, step = int(sys.argv[2]), int(sys.argv[3])
with open_store(sys.argv[1]) as store:
    writer = store.start_writer()
    for number in range(100_000):
        state = State.DOWN if number % 7 == 0 else State.UP
        writer.put(Result("web/home", base + number * step, state, step))
        if number % 20 == 0:
            writer.flush()
            print("durable", number, flush=True)
        if number % 900 == 899:
            store.pack(base + number * step)
"""


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'sla.db'}"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sla.db"


def test_f1_what_was_acknowledged_is_there_after_kill_9(url: str, path: Path) -> None:
    rng = random.Random(1)
    base = BASE
    for _ in range(8):
        acknowledged = killed_while_writing(url, base, rng.randrange(1, 60))

        with open_store(url) as store:
            store.start_writer()
            results = store.results("web/home", 0, base + 100_000 * MINUTE)
            assert {base + number * MINUTE for number in range(acknowledged + 1)} <= {one.at for one in results}
            assert store.runs(0, base + 100_000 * MINUTE) == run_lengths(results)
        assert sqlite3.connect(path).execute("PRAGMA integrity_check").fetchone() == ("ok",)
        base += 200_000 * MINUTE


def killed_while_writing(url: str, base: int, lines: int) -> int:
    """Run a writer, kill it at some point, and give the last number that it said was durable."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITE_FOR_EVER, url, str(base), str(MINUTE)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    said = [process.stdout.readline() for _ in range(lines)]
    process.send_signal(signal.SIGKILL)
    said += process.stdout.readlines()
    process.stdout.close()
    process.wait()
    return max(int(line.split()[1]) for line in said if line.startswith("durable"))


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with open_store(url) as opened:
        opened.start_writer()
        yield opened


def test_f7_a_locked_database_loses_nothing_and_is_told(store: Store, path: Path) -> None:
    locker = sqlite3.connect(path, isolation_level=None)
    locker.execute("BEGIN EXCLUSIVE")

    for minute in range(50):
        store.writer.put(Result("web/home", BASE + minute * MINUTE, State.UP, MINUTE))
    assert not store.writer.flush(6)
    trouble = store.writer.trouble
    locker.execute("COMMIT")

    assert store.writer.flush(10)
    assert trouble is not None
    assert "locked" in trouble
    assert store.writer.trouble is None
    assert len(store.results("web/home", 0, BASE + DAY)) == 50


def test_f8_a_damaged_database_is_refused_and_left_as_it_is(url: str, path: Path) -> None:
    with open_store(url) as store:
        store.start_writer()
        for minute in range(5000):
            store.writer.put(Result(f"web/{minute % 50}", BASE + minute * MINUTE, State.DOWN, MINUTE, reason="x" * 40))
        store.writer.flush(20)
    sqlite3.connect(path).execute("PRAGMA wal_checkpoint(TRUNCATE)")
    damaged = bytearray(path.read_bytes())
    for page in range(2, len(damaged) // 4096):
        damaged[page * 4096 : page * 4096 + 64] = b"\xff" * 64
    path.write_bytes(damaged)

    with open_store(url) as store, pytest.raises(StoreError, match=r"sla\.db"):
        store.start_writer()

    assert path.read_bytes() == bytes(damaged)


def test_f10_newer_tables_are_refused_with_a_sentence(url: str, path: Path) -> None:
    with open_store(url) as store:
        store.start_writer()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")

    with open_store(url) as store, pytest.raises(StoreError, match="version 9999"):
        store.start_writer()


def test_f39_a_second_engine_is_refused_and_told_who_holds_the_store(store: Store, url: str) -> None:
    with open_store(url) as second, pytest.raises(StoreError, match="in use by process"):
        second.start_writer()


def test_f39_the_lock_is_gone_with_its_holder(url: str) -> None:
    killed_while_writing(url, BASE, 1)

    with open_store(url) as store:
        store.start_writer()


def test_anybody_may_ask_while_the_engine_writes(store: Store, url: str) -> None:
    store.writer.put(Result("web/home", BASE, State.UP, MINUTE))
    store.writer.flush(5)

    with open_store(url) as reader:
        assert set(reader.latest()) == {("web/home", "")}


def test_a_backup_of_a_store_in_use_is_whole(store: Store, tmp_path: Path) -> None:
    for minute in range(100):
        store.writer.put(Result("web/home", BASE + minute * MINUTE, State.UP, MINUTE))
    store.writer.flush(5)

    store.backup(tmp_path / "copy.db")

    with open_store(f"sqlite:///{tmp_path / 'copy.db'}") as copy:
        assert len(copy.results("web/home", 0, BASE + DAY)) == 100
    with pytest.raises(StoreError, match="is there already"):
        store.backup(tmp_path / "copy.db")


@pytest.mark.parametrize("url", ["nonsense", "sqlite:////proc/nowhere/sla.db"])
def test_a_store_that_cannot_be_had_is_told_in_a_sentence(url: str) -> None:
    with pytest.raises(StoreError), open_store(url) as store:
        store.start_writer()
