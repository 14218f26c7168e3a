"""The store: results a second through the writer, and bytes a result, beside raw sqlite3 with the same durability."""

import random
import sqlite3
import tempfile
from pathlib import Path

from measuring import compare

from sla_engine.model.instant import DAY, MINUTE
from sla_engine.model.result import Result, State
from sla_engine.store import open_store

CHECKS, SLOTS = 200, 250
BASE = 20_000 * DAY


def main() -> None:
    """Print what a result costs in time and space."""
    rng = random.Random(1)
    results = [
        Result(
            f"service-{check}/home", BASE + slot * MINUTE, State.UP, MINUTE, latency=int(rng.lognormvariate(11, 0.5))
        )
        for slot in range(SLOTS)
        for check in range(CHECKS)
    ]
    compare(
        f"write {len(results)} results in batches of 1,000",
        len(results),
        {"raw sqlite3, executemany": lambda: raw(results), "ours, run-lengths included": lambda: ours(results)},
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sla.db"
        hot, packed = sizes(results, path)
    print(f"bytes a result: {hot:.1f} while hot, {packed:.2f} once the day is packed")


def raw(results: list[Result]) -> None:
    """What SQLite alone takes."""
    with tempfile.TemporaryDirectory() as folder:
        connection = sqlite3.connect(Path(folder) / "raw.db")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute(
            "CREATE TABLE r (at INT, source TEXT, state INT, latency INT, PRIMARY KEY (at, source)) WITHOUT ROWID"
        )
        rows = [(one.at, one.check, 0, one.latency) for one in results]
        for start in range(0, len(rows), 1000):
            with connection:
                connection.executemany("INSERT INTO r VALUES (?, ?, ?, ?)", rows[start : start + 1000])
        connection.close()


def ours(results: list[Result]) -> None:
    """Through the writer, until all is durable."""
    with tempfile.TemporaryDirectory() as folder, open_store(f"sqlite:///{folder}/sla.db") as store:
        writer = store.start_writer()
        for result in results:
            writer.put(result)
        writer.flush()


def sizes(results: list[Result], path: Path) -> tuple[float, float]:
    """Bytes a result, hot and packed."""
    with open_store(f"sqlite:///{path}") as store:
        writer = store.start_writer()
        for result in results:
            writer.put(result)
        writer.flush()
        hot = used(path)
        store.pack(BASE + DAY)
        return hot / len(results), used(path) / len(results)


def used(path: Path) -> int:
    """Bytes of the file that hold something."""
    connection = sqlite3.connect(path)
    pages, free, size = (
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
    )
    connection.close()
    return int((pages - free) * size)


if __name__ == "__main__":
    main()
