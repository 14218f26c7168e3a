"""Bringing what SQLite's write-ahead log holds into the database, by the writer alone and while nobody else writes.

SQLite before 3.51.3 (and 3.44.6, 3.50.7) can damage a database where a second checkpoint goes on while another
connection begins the log anew. So no connection makes checkpoints by itself, and while the writer makes one it holds
the write lock: nobody can begin the log anew meanwhile.
"""

import time
from pathlib import Path

import sqlalchemy as sa
from attrs import define, field

LONGEST_LOG = 4_000_000
"""Bytes, from which on it is time."""
_WAIT = 1_000
"""Milliseconds that others who want to write may have to wait for those who still read an earlier state."""
_TRY_AGAIN = 5.0


@define
class Checkpoints:
    """Those of one database.

    Attributes:
        log: its write-ahead log.
    """

    log: Path
    _not_before: float = field(default=0.0, init=False)

    def is_due(self) -> bool:
        """Whether it is time for one."""
        try:
            return time.monotonic() >= self._not_before and self.log.stat().st_size > LONGEST_LOG
        except FileNotFoundError:
            return False

    def make(self, connection: sa.Connection) -> None:
        """Make one; where somebody was reading an earlier state, another is due some seconds later."""
        [[before]] = connection.exec_driver_sql("PRAGMA busy_timeout").all()
        connection.exec_driver_sql(f"PRAGMA busy_timeout={_WAIT}")
        # TRUNCATE takes the write lock first, which PASSIVE, the kind that is made by itself, does not.
        was_busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]
        connection.exec_driver_sql(f"PRAGMA busy_timeout={before}")
        connection.rollback()
        if was_busy:
            self._not_before = time.monotonic() + _TRY_AGAIN
