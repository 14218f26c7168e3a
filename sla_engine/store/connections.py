"""Connections to the database: a few are kept open, as opening one costs more than most questions."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa

_KEPT = 5
"""Connections that stay open when nobody uses them; as many more are opened as are wanted at once."""
_WAIT = 5
"""Seconds that one who wants to change something waits for another who does; then it fails, and that is told."""
_FILE = "file"
"""Under this name a connection carries the device and number of the file that it opened."""
_EVERY_CONNECTION = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # NORMAL loses acknowledged commits when the power fails
    "PRAGMA wal_autocheckpoint=0",  # the writer alone does so, as `Checkpoints` says
)


def make_engine(url: sa.URL) -> sa.Engine:
    """What opens connections to a database; nothing is opened yet."""
    return _sqlite(url) if url.get_backend_name() == "sqlite" else _postgresql(url)


def begin_at_once(connection: sa.Connection) -> None:
    """Have all that a connection is asked before it is given back be answered as of one moment."""
    is_sqlite = connection.dialect.name == "sqlite"
    connection.exec_driver_sql("BEGIN" if is_sqlite else "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def _postgresql(url: sa.URL) -> sa.Engine:
    engine = sa.create_engine(url, pool_size=_KEPT, max_overflow=-1, pool_pre_ping=True)

    def prepare(connection: Any, _record: Any) -> None:
        connection.execute(f"SET lock_timeout = '{_WAIT}s'")
        connection.commit()

    sa.event.listen(engine, "connect", prepare)
    return engine


def _sqlite(url: sa.URL) -> sa.Engine:
    path = url.database or ""
    engine = sa.create_engine(
        url, poolclass=sa.pool.QueuePool, pool_size=_KEPT, max_overflow=-1, connect_args={"timeout": _WAIT}
    )

    def prepare(connection: Any, record: Any) -> None:
        for statement in _EVERY_CONNECTION:
            connection.execute(statement)
        record.info[_FILE] = _identity(path)

    def look(_connection: Any, record: Any, _proxy: Any) -> None:
        """A connection to a file that was replaced would go on reading what is no longer there."""
        if record.info[_FILE] != _identity(path):
            raise sa.exc.DisconnectionError("the file was replaced")

    sa.event.listen(engine, "connect", prepare)
    sa.event.listen(engine, "checkout", look)
    return engine


def _identity(path: str) -> tuple[int, int] | None:
    try:
        found = Path(path).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
