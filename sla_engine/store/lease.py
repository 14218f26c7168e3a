"""One engine for one PostgreSQL database: the second is refused, and told who holds it.

A lock of the server's is held by a connection of its own. Whatever an engine changes, it changes only while that
connection stands, which is asked for within the transaction; and who takes the lock waits for the transactions in
which that was asked for already. So no two engines ever change one database, however connections end.
"""

import contextlib
import os
import socket
import threading
from datetime import datetime
from typing import Any, Self

import sqlalchemy as sa
from attrs import frozen
from sqlalchemy.pool import NullPool

_LEASE = 0x51A_0001
_FENCE = 0x51A_0002
_WAIT = "3s"
"""So long the server may take to see that the last holder is gone."""
_SOON_NOTICED = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""When a connection that leads nowhere ends on this side: within some ten seconds."""
_SERVER_NOTICES = ("tcp_keepalives_idle = 5", "tcp_keepalives_interval = 2", "tcp_keepalives_count = 3")
"""The same on the server's side, where a machine that lost its power would hold the lock for hours. Set by the session,
as PgBouncer refuses whoever connects with options."""
_LONGEST_NAME = 63

_HELD = (
    "FROM pg_locks JOIN pg_stat_activity USING (pid) "
    "WHERE locktype = 'advisory' AND granted AND classid = 0 AND objid = :lease AND objsubid = 1 "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
_HOLDER = sa.text(f"SELECT application_name, client_addr, pid, backend_start {_HELD} AND pid <> pg_backend_pid()")
_OWN_SESSION = sa.text("SELECT pid, backend_start, application_name FROM pg_stat_activity WHERE pid = pg_backend_pid()")
_STANDS = sa.text(f"SELECT 1 {_HELD} AND pid = :pid AND backend_start = :since AND application_name = :name")
"""The lock itself is asked for: it is let go before a session has ended, and PgBouncer hands sessions on to others."""


class LeaseError(ConnectionError):
    """This engine does not hold its database just now, and may change nothing in it."""


@frozen
class _Session:
    """What holds the lock; a process of the same number that began later, or works for another, is another."""

    connection: sa.Connection
    pid: int
    since: datetime
    name: str


class Lease:
    """The lock of one engine on one database.

    Attributes:
        trouble: why it is not held just now, or None.
    """

    def __init__(self, url: sa.URL) -> None:
        name = f"sla process {os.getpid()} on {socket.gethostname()}"[:_LONGEST_NAME]
        options = {**_SOON_NOTICED, "application_name": name}
        self._engine = sa.create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args=options)
        self._session: _Session | None = None
        self._one_at_a_time = threading.Lock()
        self.trouble: str | None = None

    def acquire(self) -> Self:
        """Take the lock.

        Raises:
            BlockingIOError: another holds it; the message says who.
            sqlalchemy.exc.DBAPIError: the server cannot be reached.
        """
        connection = self._engine.connect()
        try:
            self._take(connection)
            row = connection.execute(_OWN_SESSION).one()
        except BaseException:
            connection.close()
            raise
        self._session = _Session(connection, *row)
        return self

    def keep(self) -> None:
        """See whether the lock is held still, and take it again where it is not; `trouble` says what came of it."""
        with self._one_at_a_time:
            if self._session is not None:
                try:
                    if _stands(self._session, self._session.connection):
                        return
                    lost = "it goes on without the lock"
                except sa.exc.DBAPIError as error:
                    lost = str(error.orig)
                self.release()
                self.trouble = f"the connection that kept other engines off is lost: {lost}"
            try:
                self.acquire()
                self.trouble = None
            except BlockingIOError as error:
                self.trouble = str(error)
            except sa.exc.DBAPIError as error:
                self.trouble = f"the connection that keeps other engines off cannot be made: {error.orig}"

    def confirm(self, connection: sa.Connection) -> None:
        """See within a transaction that the lock is held; it cannot be another's before the transaction ends.

        Raises:
            LeaseError: it is not.
        """
        session = self._session
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock_shared(_FENCE)))
        if session is None or not _stands(session, connection):
            raise LeaseError(self.trouble or "the connection that kept other engines off is lost")

    def release(self) -> None:
        """Let it go."""
        session, self._session = self._session, None
        if session is not None:
            with contextlib.suppress(sa.exc.DBAPIError):
                session.connection.invalidate()
                session.connection.close()

    def _take(self, connection: sa.Connection) -> None:
        for setting in (*_SERVER_NOTICES, f"lock_timeout = '{_WAIT}'"):
            connection.exec_driver_sql(f"SET {setting}")
        try:
            connection.execute(sa.select(sa.func.pg_advisory_lock(_LEASE)))
            # Whatever the last holder had begun, comes to an end first; let go at once, as this is no transaction.
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_FENCE)))
        except sa.exc.OperationalError as error:
            row = connection.execute(_HOLDER, {"lease": _LEASE}).first()
            if row is None:
                raise
            raise BlockingIOError(f"it is in use by {_described(row)}") from error


def _stands(session: _Session, asked_by: sa.Connection) -> bool:
    values = {"lease": _LEASE, "pid": session.pid, "since": session.since, "name": session.name}
    return asked_by.execute(_STANDS, values).first() is not None


def _described(row: Any) -> str:
    """Who holds the lock; of a session of another user PostgreSQL tells nothing but its number."""
    name, address, pid, since = row
    where = "" if address is None else f" from {address}"
    when = "" if since is None else f" since {since:%Y-%m-%d %H:%M:%S %Z}".rstrip()
    return f"{name or 'another engine'} (PostgreSQL's process {pid}{where}{when})"
