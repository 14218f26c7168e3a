"""A question to the store: by connections that are kept, by one that is opened for it, and by sqlite3 alone."""

import sqlite3
import tempfile
from pathlib import Path

import sqlalchemy as sa
from measuring import compare

from sla_engine.store import open_store
from sla_engine.store.tables import sources

TIMES = 400
SQL = "SELECT id, check_id, location FROM sources"


def main() -> None:
    """Print what one question costs."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sla.db"
        with open_store(f"sqlite:///{path}") as engine:
            engine.start_writer()
            compare(
                f"{TIMES} questions beside an engine",
                TIMES,
                {
                    "sqlite3, a connection that is kept": lambda: alone(path),
                    "ours, by a store that stays open": lambda: kept(path),
                    "ours, by a store opened for each": lambda: opened(path),
                },
            )


def alone(path: Path) -> None:
    """What SQLite alone takes."""
    connection = sqlite3.connect(path)
    for _ in range(TIMES):
        connection.execute(SQL).fetchall()
    connection.close()


def kept(path: Path) -> None:
    """As the engine asks."""
    statement = sa.select(sources)
    with open_store(f"sqlite:///{path}") as store:
        for _ in range(TIMES):
            with store.reading() as connection:
                connection.execute(statement).all()


def opened(path: Path) -> None:
    """With a connection for each, and all that SQLAlchemy learns of a database learnt anew."""
    statement = sa.select(sources)
    for _ in range(TIMES):
        with open_store(f"sqlite:///{path}") as store, store.reading() as connection:
            connection.execute(statement).all()


if __name__ == "__main__":
    main()
