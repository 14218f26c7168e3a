"""The store: one database, asked by anybody and written by one writer."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Self

import sqlalchemy as sa
from attrs import frozen

from sla_engine.evaluation.samples import Samples
from sla_engine.model.instant import Instant
from sla_engine.model.result import Result, Run
from sla_engine.store.acts import Act, add_act, read_acts
from sla_engine.store.alone import no_engine_at_work
from sla_engine.store.checkpoints import Checkpoints
from sla_engine.store.closing import handfuls
from sla_engine.store.connections import begin_at_once, make_engine
from sla_engine.store.copies import CopyError, make_copy
from sla_engine.store.frozen import FrozenReport, keep_report, names_of_reports, reports_of, reports_touching
from sla_engine.store.lease import Lease, LeaseError
from sla_engine.store.lock import FileLock
from sla_engine.store.policies import LoadedPolicies, loads_of_policies, policies_in_force, text_of_policies
from sla_engine.store.raw import cut_off, raw_runs
from sla_engine.store.recording import read_results
from sla_engine.store.rows import result_of, run_of
from sla_engine.store.samples import read_samples
from sla_engine.store.schema import lacks_steps, upgrade
from sla_engine.store.tables import events, results, runs, sources
from sla_engine.store.writer import Writer

_CHANGING = 0x51A
"""The advisory lock that whoever changes a PostgreSQL database takes until the end of the transaction."""
_END_OF_TIME: Instant = 2**63 - 1


class StoreError(Exception):
    """The database cannot be used; the message says which, why, and what to do."""


@frozen
class Latest:
    """The newest result of a source.

    Attributes:
        since: the instant of the first result of the run that it belongs to.
    """

    result: Result
    since: Instant


@frozen
class Event:
    """Something that happened to the engine itself."""

    at: Instant
    kind: str
    detail: str


class Store:
    """One database. Asking is possible from any thread, and beside an engine that writes."""

    def __init__(self, url: str) -> None:
        try:
            self._url = sa.make_url(url)
        except sa.exc.ArgumentError as error:
            raise StoreError(f"{url!r} is no database: write sqlite:///var/sla.db or postgresql://...") from error
        if self._url.drivername == "postgresql":
            self._url = self._url.set(drivername="postgresql+psycopg")
        self._engine = make_engine(self._url)
        self._writer: Writer | None = None
        self._lock: FileLock | None = None
        self._lease: Lease | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def name(self) -> str:
        """The database, without a password."""
        return self._url.render_as_string(hide_password=True)

    @property
    def writer(self) -> Writer:
        """The one writer; it must have been started."""
        assert self._writer is not None, "the store is open for asking only"
        return self._writer

    def start_writer(self) -> Writer:
        """Become the one who writes: make the tables what they should be, and start the writer.

        Raises:
            StoreError: another engine writes to it, its tables are newer, or it cannot be reached.
        """
        path = self._path
        try:
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
                self._lock = FileLock(path).acquire()
            else:
                self._lease = Lease(self._url).acquire()
            self.upgrade()
        except (OSError, sa.exc.DBAPIError) as error:
            raise StoreError(f"{self.name} cannot be written: {getattr(error, 'orig', None) or error}") from error
        checkpoints = None if path is None else Checkpoints(Path(f"{path}-wal"))
        self._writer = Writer(self._engine.connect, self._confirm, checkpoints)
        return self._writer

    @property
    def estranged(self) -> str | None:
        """Why the engine that took this store may not change it just now, or None."""
        return None if self._lease is None else self._lease.trouble

    def keep(self) -> None:
        """See that this engine still is the only one; to be called again and again. What it comes to is `estranged`."""
        if self._lease is not None:
            self._lease.keep()

    def upgrade(self) -> None:
        """Bring the tables to the present version; where that changes them, only while no engine is at work.

        Raises:
            StoreError: they are newer than this program, an engine is at work by those that there are, or the database
                cannot be reached or is damaged.
        """
        if self._path is not None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._asking() as connection:
            if connection.dialect.name == "sqlite":
                found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
                if found != "ok":
                    raise StoreError(f"{self.name} is damaged ({found}): restore a backup; it is left as it is")
            try:
                if lacks_steps(connection):
                    is_engine = self._lock is not None or self._lease is not None
                    # An engine would go on by tables that it does not know, and send what it cannot read.
                    with nullcontext() if is_engine else no_engine_at_work(self._url, self._path):
                        upgrade(connection)
            except LookupError as error:
                raise StoreError(f"{self.name}: {error}: use a program at least as new") from error
            except OSError as error:
                raise StoreError(f"{self.name} has older tables, which must stay as they are: {error}") from error

    def close(self) -> None:
        """Write what waits, and let everything go."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        if self._lock is not None:
            self._lock.release()
            self._lock = None
        if self._lease is not None:
            self._lease.release()
            self._lease = None
        self._engine.dispose()

    def pack(self, before: Instant, is_over: Callable[[], bool] = lambda: False) -> int:
        """Have the days that ended before an instant packed, each check's for itself; gives how many were.

        Args:
            is_over: asked now and then; what is left when it says so is packed the next time.

        Raises:
            StoreError: the database cannot be used.
        """
        packed = 0
        with self._asking() as connection:
            for handful in handfuls(connection, before):
                if is_over():
                    break
                self.writer.close_days(handful)
                packed += len(handful)
        return packed

    def runs(self, start: Instant, end: Instant, checks: Collection[str] | None = None) -> list[Run]:
        """The run-lengths that speak in ``[start, end)``, and of each source the one before, which still may."""
        earlier = runs.alias()
        last_before = (
            sa.select(sa.func.max(earlier.c.first_at))
            .where((earlier.c.source == sources.c.id) & (earlier.c.first_at < start))
            .scalar_subquery()  # asked by the key of each source, where a grouping would read every run there is
        )
        statement = (
            sa.select(runs, sources.c.check_id, sources.c.location)
            .select_from(sources.join(runs, runs.c.source == sources.c.id))
            .where((runs.c.first_at < end) & (runs.c.first_at >= sa.func.coalesce(last_before, start)))
            .order_by(sources.c.check_id, sources.c.location, runs.c.first_at)
        )
        if checks is not None:
            statement = statement.where(sources.c.check_id.in_(list(checks)))
        with self._asking() as connection:
            # A thousand rows at a time: all of them beside their runs would be twice as much to collect.
            parts = connection.execute(statement).partitions(1_000)
            return [run_of(row, row[-2], row[-1]) for rows in parts for row in rows]

    def results(self, check: str, start: Instant, end: Instant) -> list[Result]:
        """The single results of a check in ``[start, end)``, from every location, by location and time."""
        with self._asking_at_once() as connection:
            found: list[Result] = []
            own = sa.select(sources).where(sources.c.check_id == check).order_by(sources.c.location)
            for source in connection.execute(own).all():
                found += read_results(connection, source.id, check, source.location, start, end)
            return found

    def samples(self, checks: Collection[str], start: Instant, end: Instant) -> list[Samples]:
        """The latencies of checks in ``[start, end)`` in columns, by check and location; much faster than results."""
        with self._asking_at_once() as connection:
            return read_samples(connection, checks, start, end)

    def latest(self) -> Mapping[tuple[str, str], Latest]:
        """The newest result of each check and location."""
        newest = sa.select(runs.c.source, sa.func.max(runs.c.first_at).label("first_at")).group_by(runs.c.source)
        tail = newest.subquery()
        statement = (
            sa.select(
                sources.c.check_id,
                sources.c.location,
                runs.c.first_at,
                runs.c.last_at.label("at"),
                runs.c.state,
                runs.c.interval,
                sa.func.coalesce(results.c.reason, runs.c.reason).label("reason"),
                results.c.latency,
                sa.func.coalesce(results.c.lateness, 0).label("lateness"),
            )
            .select_from(runs)
            .join(tail, (runs.c.source == tail.c.source) & (runs.c.first_at == tail.c.first_at))
            .join(sources, sources.c.id == runs.c.source)
            .outerjoin(results, (results.c.source == runs.c.source) & (results.c.at == runs.c.last_at))
        )
        with self._asking() as connection:
            return {
                (row.check_id, row.location): Latest(result_of(row, row.check_id, row.location), row.first_at)
                for row in connection.execute(statement)
            }

    def events(self, start: Instant, end: Instant) -> list[Event]:
        """What happened to the engine itself in ``[start, end)``."""
        statement = sa.select(events).where((events.c.at >= start) & (events.c.at < end)).order_by(events.c.id)
        with self._asking() as connection:
            return [Event(row.at, row.kind, row.detail) for row in connection.execute(statement)]

    def policies_in_force(self, at: Instant) -> LoadedPolicies | None:
        """The policy set that was in force just before an instant; where none was yet, the first that came after."""
        with self._asking() as connection:
            return policies_in_force(connection, at)

    def newest_policies(self) -> LoadedPolicies | None:
        """The policy set that was taken up last."""
        return self.policies_in_force(_END_OF_TIME)

    def policy_text(self, policy_hash: str) -> bytes | None:
        """A policy set that was ever taken up, as it was written."""
        with self._asking() as connection:
            return text_of_policies(connection, policy_hash)

    def policy_loads(self) -> list[tuple[Instant, str]]:
        """When which policy set was taken up, by its hash, the oldest first."""
        with self._asking() as connection:
            return loads_of_policies(connection)

    def raw_runs(self, check: str, start: Instant, end: Instant) -> list[Run]:
        """The runs of a check that speak in ``[start, end)``, made anew of its results before ``end``."""
        with self._asking_at_once() as connection:
            return raw_runs(connection, check, start, end)

    def runs_before(self, start: Instant, end: Instant, checks: Collection[str]) -> list[Run]:
        """The run-lengths that speak in ``[start, end)`` as if nothing were known of what came at or after ``end``."""
        with self._asking_at_once() as connection:
            return cut_off(connection, self.runs(start, end, checks), end)

    def enter(self, act: Act) -> Act:
        """Keep an act of a person, for ever; gives it with its number. Possible beside an engine that writes."""
        with self._writing() as connection:
            return add_act(connection, act)

    def acts(self) -> list[Act]:
        """Every act of a person, the oldest first."""
        with self._asking() as connection:
            return read_acts(connection)

    def freeze(self, report: FrozenReport, policy_text: bytes) -> bool:
        """Keep a report, for ever and in one piece; False where that revision is there. Possible beside an engine."""
        with self._writing() as connection:
            return keep_report(connection, report, policy_text)

    def frozen(self, holder: str, label: str) -> list[FrozenReport]:
        """The revisions of the report of a period, the oldest first."""
        with self._asking() as connection:
            return reports_of(connection, holder, label)

    def frozen_within(self, start: Instant, end: Instant) -> list[FrozenReport]:
        """Every revision of every report of a period that touches ``[start, end)``."""
        with self._asking() as connection:
            return reports_touching(connection, start, end)

    def frozen_names(self) -> set[tuple[str, str]]:
        """Of which holders which periods are frozen, by their labels."""
        with self._asking() as connection:
            return names_of_reports(connection)

    def last_result_at(self) -> Instant | None:
        """The scheduled instant of the newest result of all, or None."""
        with self._asking() as connection:
            newest: Instant | None = connection.execute(sa.select(sa.func.max(runs.c.last_at))).scalar()
            return newest

    def backup(self, path: Path) -> None:
        """Copy a SQLite database as it is now, while it is in use.

        Raises:
            StoreError: it is no SQLite database, there is a file already, or it cannot be written.
        """
        if self._path is None:
            raise StoreError(f"{self.name} is no SQLite database: use pg_dump")
        try:
            make_copy(self._path, path)
        except CopyError as error:
            raise StoreError(str(error)) from error

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection to ask by.

        Raises:
            StoreError: the database cannot be used.
        """
        with self._asking() as connection:
            yield connection

    @contextmanager
    def changing(self) -> Iterator[sa.Connection]:
        """A connection whose changes all come to stand at the end of the block, or none of them; beside an engine too.

        Of such blocks one comes after the other, in whatever processes: what is read in one, and changed only by them,
        still holds at its end.

        Raises:
            StoreError: the database cannot be used.
        """
        with self._writing() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_CHANGING)))
            yield connection

    @property
    def _path(self) -> Path | None:
        if self._url.get_backend_name() != "sqlite":
            return None
        return Path(self._url.database or "").resolve()  # SQLite keeps its log beside what a link leads to

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        with self._asking() as connection, connection.begin():
            try:
                self._confirm(connection)
            except LeaseError as error:
                raise StoreError(f"{self.name} is changed by nobody here: {error}") from error
            yield connection

    def _confirm(self, connection: sa.Connection) -> None:
        if self._lease is not None:
            self._lease.confirm(connection)

    @contextmanager
    def _asking_at_once(self) -> Iterator[sa.Connection]:
        """A connection whose answers are all of one moment: days move from rows to packed ones, and back, meanwhile."""
        with self._asking() as connection:
            begin_at_once(connection)
            yield connection

    @contextmanager
    def _asking(self) -> Iterator[sa.Connection]:
        try:
            with self._engine.connect() as connection:
                yield connection
        except (sa.exc.OperationalError, sa.exc.DatabaseError) as error:
            hint = "; `sla store upgrade` brings its tables to this version" if _lacks_a_table(error) else ""
            raise StoreError(f"{self.name} cannot be used: {error.orig or error}{hint}") from error


def open_store(url: str) -> Store:
    """The store at an address; nothing is read, written or made yet.

    Raises:
        StoreError: the address is none.
    """
    return Store(url)


def _lacks_a_table(error: sa.exc.DBAPIError) -> bool:
    text = str(error.orig)
    return "no such table" in text or "no such column" in text or "does not exist" in text
