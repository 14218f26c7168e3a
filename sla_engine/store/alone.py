"""Being alone with a database for a while, as somebody who is no engine."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from sla_engine.store.lease import Lease
from sla_engine.store.lock import FileLock


@contextmanager
def no_engine_at_work(url: sa.URL, path: Path | None) -> Iterator[None]:
    """See that no engine is at work while the block lasts.

    Args:
        path: of SQLite's file; None for PostgreSQL.

    Raises:
        BlockingIOError: one is; the message says which.
    """
    held = Lease(url).acquire() if path is None else FileLock(path).acquire()
    try:
        yield
    finally:
        held.release()
