"""Backups of a SQLite database, and what is restored of them."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sla_engine.model.instant import MINUTE
from sla_engine.model.result import Result
from sla_engine.store import Store, copies, open_store
from sla_engine.store.copies import CopyError, look_through, make_copy, restore

Make = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "var"


@pytest.fixture
def engine(folder: Path) -> Iterator[Store]:
    """The store of an engine at work."""
    with open_store(f"sqlite:///{folder / 'sla.db'}") as opened:
        opened.start_writer()
        yield opened


@pytest.fixture
def backup(engine: Store, folder: Path, result: Make) -> Path:
    """A copy with one result; the engine went on, and was stopped."""
    put(engine, result(0))
    make_copy(folder / "sla.db", folder / "copy.db")
    put(engine, result(1))
    engine.close()
    return folder / "copy.db"


def put(store: Store, *results: Result) -> None:
    for one in results:
        store.writer.put(one)
    assert store.writer.flush(20)


def minutes(path: Path) -> list[int]:
    """Of which minutes there are results."""
    with open_store(f"sqlite:///{path}") as store:
        return [one.at // MINUTE % 1440 for one in store.results("web/home", 0, 2**62)]


def test_a_copy_that_was_made_while_an_engine_wrote_is_whole(engine: Store, folder: Path, result: Make) -> None:
    for number in range(5):
        for minute in range(200):
            engine.writer.put(result(number * 200 + minute))
        make_copy(folder / "sla.db", folder / f"{number}.db")

        assert look_through(folder / f"{number}.db") >= "0009"
        found = minutes(folder / f"{number}.db")
        assert found == list(range(len(found)))  # what was committed by then, in order, and nothing else


def test_what_is_restored_is_what_was_copied_and_what_was_there_is_kept(backup: Path, folder: Path) -> None:
    kept = restore(backup, folder / "sla.db", "noon")

    assert minutes(folder / "sla.db") == [0]
    assert kept == folder / "sla.db.replaced-noon"
    assert minutes(kept) == [0, 1]
    assert minutes(backup) == [0]


def test_what_a_killed_engine_left_beside_its_database_goes_with_it(backup: Path, folder: Path) -> None:
    """The write-ahead log of another database would be taken for the restored one's."""
    present = folder / "sla.db"
    with closing(sqlite3.connect(present)) as connection:
        connection.execute("INSERT INTO events (at, kind, detail) VALUES (1, 'killed', '')")
        connection.commit()
        left = {ending: Path(f"{present}{ending}").read_bytes() for ending in ("-wal", "-shm")}
        whole = present.read_bytes()
    present.write_bytes(whole)
    for ending, content in left.items():
        Path(f"{present}{ending}").write_bytes(content)

    kept = restore(backup, present, "noon")

    assert kept is not None
    assert kinds(kept) == ["killed"]
    assert kinds(present) == []


def test_a_database_that_is_damaged_is_replaced_too_and_kept_as_it_was(backup: Path, folder: Path) -> None:
    (folder / "sla.db").write_bytes(b"SQLite format 3\0" + bytes(5_000))

    kept = restore(backup, folder / "sla.db", "noon")

    assert kept is not None
    assert kept.read_bytes() == b"SQLite format 3\0" + bytes(5_000)
    assert minutes(folder / "sla.db") == [0]


def test_where_there_is_no_database_any_more_one_is_made(backup: Path, folder: Path) -> None:
    assert restore(backup, folder / "elsewhere" / "sla.db", "noon") is None

    assert minutes(folder / "elsewhere" / "sla.db") == [0]


def test_nothing_is_restored_while_an_engine_is_at_work(engine: Store, folder: Path, result: Make) -> None:
    put(engine, result(0))
    make_copy(folder / "sla.db", folder / "copy.db")
    put(engine, result(1))

    with pytest.raises(CopyError, match=r"in use by process \d+ on .*: stop the engine first"):
        restore(folder / "copy.db", folder / "sla.db", "noon")

    assert minutes(folder / "sla.db") == [0, 1]


def test_nothing_is_restored_while_somebody_reads_what_was_written_last(
    backup: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What only the log holds would be lost if restoring were broken off."""
    monkeypatch.setattr(copies, "_PATIENCE", 0)
    with closing(sqlite3.connect(folder / "sla.db")) as reader, closing(sqlite3.connect(folder / "sla.db")) as writer:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM events").fetchone()
        writer.execute("INSERT INTO events (at, kind, detail) VALUES (1, 'late', '')")
        writer.commit()

        with pytest.raises(CopyError, match="a program other than an engine uses it: end that first"):
            restore(backup, folder / "sla.db", "noon")

    assert minutes(folder / "sla.db") == [0, 1]


def test_what_is_restored_may_be_read_by_the_same_as_what_was_there(backup: Path, folder: Path) -> None:
    (folder / "sla.db").chmod(0o640)
    backup.chmod(0o600)

    restore(backup, folder / "sla.db", "noon")

    assert (folder / "sla.db").stat().st_mode & 0o777 == 0o640


def test_what_a_link_leads_to_is_restored(backup: Path, folder: Path) -> None:
    (folder / "link.db").symlink_to(folder / "sla.db")

    assert restore(backup, folder / "link.db", "noon") == folder / "sla.db.replaced-noon"

    assert (folder / "link.db").is_symlink()
    assert minutes(folder / "sla.db") == [0]


def changed(statement: str) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(statement)

    return change


def torn(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(4096 * 5)
        file.write(b"\xff" * 4096 * 10)


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda path: path.unlink(), "there is no file"),
        (lambda path: path.write_text("minutes of a meeting"), "is no SQLite database"),
        (lambda path: path.write_bytes(b""), "is no SQLite database"),
        (lambda path: path.write_bytes(path.read_bytes()[:8192]), "is damaged"),
        (torn, "is damaged"),
        (changed("DROP TABLE runs"), "is no database of sla"),
        (changed("DELETE FROM alembic_version"), "is no database of sla"),
        (changed("UPDATE alembic_version SET version_num = '9999'"), "version 9999.*use a program at least as new"),
    ],
    ids=["none", "text", "empty", "cut", "torn", "of others", "unfinished", "newer"],
)
def test_a_file_that_is_not_fit_is_refused_and_nothing_is_changed(
    spoil: Callable[[Path], None], why: str, backup: Path, folder: Path
) -> None:
    spoil(backup)

    for attempt in (lambda: look_through(backup), lambda: restore(backup, folder / "sla.db", "noon")):
        with pytest.raises(CopyError, match=why):
            attempt()

    assert minutes(folder / "sla.db") == [0, 1]
    assert not list(folder.glob("*.replaced-*"))


def kinds(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [kind for (kind,) in connection.execute("SELECT kind FROM events")]
