"""Copies of a SQLite database: made while it is in use, looked through, and put in its place while it is not."""

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from sla_engine.store.lock import FileLock
from sla_engine.store.schema import known_versions

_BESIDE = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database that is in use, or was not left in order."""
_PATIENCE = 5.0
"""Seconds for those who act beside an engine to come to an end."""
_SQLITE = b"SQLite format 3\0"
_OURS = {"alembic_version", "results", "runs", "sources"}
"""Tables that there were from the first version on."""


class CopyError(Exception):
    """A copy cannot be made, or used; the message says why and what to do."""


def make_copy(database: Path, copy: Path) -> None:
    """Copy a database as it is now, while it is in use; the copy is there whole, or not at all.

    Raises:
        CopyError: there is a file already, or it cannot be written.
    """
    if copy.exists():
        raise CopyError(f"{copy} is there already: name another file")
    part = copy.with_name(f"{copy.name}.part")
    try:
        part.unlink(missing_ok=True)
        _copy(database, part, at_rest=False)
        part.replace(copy)
        _sync(copy.parent)
    except (OSError, sqlite3.Error) as error:
        raise CopyError(f"{copy} cannot be written: {error}") from error


def look_through(copy: Path) -> str:
    """See that a file is a whole database of ours that this program can use; gives the version of its tables.

    Raises:
        CopyError: it is not.
    """
    if not copy.is_file():
        raise CopyError(f"there is no file {copy}")
    with copy.open("rb") as file:
        if file.read(len(_SQLITE)) != _SQLITE:
            raise CopyError(f"{copy} is no SQLite database")
    try:
        with closing(_opened(copy, at_rest=True)) as connection:
            found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if found != "ok":
                raise CopyError(f"{copy} is damaged: {found}")
            return _version(copy, connection)
    except sqlite3.Error as error:
        raise CopyError(f"{copy} is damaged: {error}") from error


def restore(copy: Path, database: Path, moment: str) -> Path | None:
    """Put a copy in a database's place; gives where what was there is now, if anything was.

    Killed anywhere, there is the one or the other, whole.

    Args:
        moment: ends the name under which the replaced database stays.

    Raises:
        CopyError: the copy is not fit for it, or the database is in use; then nothing was changed.
    """
    look_through(copy)
    if database.is_symlink():
        database = database.resolve()  # what it leads to is replaced
    part = database.with_name(f"{database.name}.restoring")
    try:
        database.parent.mkdir(parents=True, exist_ok=True)
        with _nobody_at_work(database):
            part.unlink(missing_ok=True)
            _copy(copy, part, at_rest=True)
            _belong_as(database, part)
            look_through(part)
            kept = _set_aside(database, database.with_name(f"{database.name}.replaced-{moment}"))
            part.replace(database)
            _sync(database.parent)
            return kept
    except (OSError, sqlite3.Error) as error:
        raise CopyError(f"{database} was not restored: {error}") from error


@contextmanager
def _nobody_at_work(database: Path) -> Iterator[None]:
    try:
        lock = FileLock(database).acquire()
    except BlockingIOError as error:
        raise CopyError(f"{database} was not restored, as {error}: stop the engine first") from error
    try:
        yield
    finally:
        lock.release()


def _set_aside(database: Path, kept: Path) -> Path | None:
    """Have a database stand under another name too, with what was written to it last."""
    if not database.exists():
        _rename_beside(database, kept)
        return None
    with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(database, timeout=_PATIENCE)) as present:
        # And closing it takes away what is beside it, if it is whole.
        if present.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            raise CopyError(f"{database} was not restored, as a program other than an engine uses it: end that first")
    os.link(database, kept)
    _rename_beside(database, kept)  # a new database must not find what belongs to the old one
    return kept


def _belong_as(database: Path, part: Path) -> None:
    """Have an engine be able to use what root restored for it."""
    if database.exists():
        found = database.stat()
        part.chmod(stat.S_IMODE(found.st_mode))
        with suppress(PermissionError):  # who is not root keeps it for themselves
            os.chown(part, found.st_uid, found.st_gid)


def _rename_beside(database: Path, kept: Path) -> None:
    for ending in _BESIDE:
        with suppress(FileNotFoundError):
            Path(f"{database}{ending}").rename(f"{kept}{ending}")


def _version(copy: Path, connection: sqlite3.Connection) -> str:
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone() if tables >= _OURS else None
    if row is None:
        raise CopyError(f"{copy} is no database of sla")
    version = str(row[0])
    known = known_versions()
    if version not in known:
        raise CopyError(
            f"{copy}: its tables are of version {version}, and this program knows {max(known)}: "
            "use a program at least as new"
        )
    return version


def _copy(source: Path, target: Path, *, at_rest: bool) -> None:
    with closing(_opened(source, at_rest=at_rest)) as present, closing(sqlite3.connect(target)) as copy:
        present.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # all of it in one file, which can be read anywhere
    with target.open("rb") as written:
        os.fsync(written.fileno())


def _opened(database: Path, *, at_rest: bool) -> sqlite3.Connection:
    """A database to read, also from where nothing can be written if it is at rest with nothing beside it."""
    database = database.resolve()  # beside which SQLite keeps its log
    is_alone = at_rest and not Path(f"{database}-wal").exists()
    return sqlite3.connect(f"{database.as_uri()}?mode=ro{'&immutable=1' if is_alone else ''}", uri=True)


def _sync(folder: Path) -> None:
    """Have the names in a folder be durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
