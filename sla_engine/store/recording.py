"""What the writer does within a transaction: keep results, each once, and the run-lengths that follow from them."""

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any

import sqlalchemy as sa
from attrs import define, field
from sqlalchemy.dialects import postgresql, sqlite

from sla_engine.model.instant import Instant
from sla_engine.model.result import Result, Run, continues, lengthened, run_lengths, single
from sla_engine.store.closing import ClosedDay
from sla_engine.store.packing import day_of, unpack
from sla_engine.store.rows import result_of, result_row, run_of, run_row
from sla_engine.store.tables import packed_days, results, runs, sources

_Source = tuple[str, str]


@define
class Recorder:
    """Writes through one connection; what it remembers is only what the database holds.

    After a transaction that failed it is of no use any more.
    """

    connection: sa.Connection
    _numbers: dict[_Source, int] = field(factory=dict, init=False)
    _tails: dict[int, Run | None] = field(factory=dict, init=False)

    def record(self, batch: Sequence[Result]) -> list[Result]:
        """Keep results; gives those that were new. Of two with one identity the first that is written stays."""
        fresh: list[Result] = []
        late: list[Result] = []
        changed: dict[tuple[int, Instant], Run] = {}
        self._learn({(result.check, result.location) for result in batch})
        for result in batch:
            number = self._number(result)
            tail = self._tails[number]
            if tail is not None and result.at <= tail.last_at:
                late.append(result)
                continue
            following = lengthened(tail, result) if tail is not None and continues(tail, result) else single(result)
            self._tails[number] = following
            changed[number, following.first_at] = following
            fresh.append(result)
        if fresh:
            rows = [result_row(result, self._number(result)) for result in fresh]
            self.connection.execute(results.insert(), rows)
            self._write_runs([run_row(run, number) for (number, _), run in changed.items()])
        return fresh + [result for result in late if self._record_late(result)]

    def close_days(self, days: Iterable[ClosedDay]) -> None:
        """Have packed days take the place of their rows."""
        for one in days:
            if not self._open_day(one.source, one.day):  # it had been packed before; next time all of it is
                self._close_day(one)

    def _close_day(self, closed: ClosedDay) -> None:
        row = {"source": closed.source, "day": closed.day, "count": len(closed.at), "content": closed.content}
        self.connection.execute(packed_days.insert(), row)
        own = (results.c.at == sa.bindparam("instant")) & (results.c.source == closed.source)
        self.connection.execute(results.delete().where(own), [{"instant": at} for at in closed.at])

    def _record_late(self, result: Result) -> bool:
        """Keep a result that comes after later ones; its day is opened again where it was packed."""
        number = self._number(result)
        self._open_day(number, day_of(result.at))
        same = (results.c.at == result.at) & (results.c.source == number)
        if self.connection.execute(sa.select(results.c.at).where(same)).first() is not None:
            return False
        self.connection.execute(results.insert(), result_row(result, number))
        self._rebuild_runs(number, result)
        return True

    def _open_day(self, number: int, day: int) -> bool:
        """Have single rows take the place of a packed day; False where it is not packed."""
        where = (packed_days.c.source == number) & (packed_days.c.day == day)
        packed = self.connection.execute(sa.select(packed_days.c.content).where(where)).scalar()
        if packed is None:
            return False
        rows = [result_row(result, number) for result in unpack(packed, "", "")]
        self.connection.execute(results.insert(), rows)
        self.connection.execute(packed_days.delete().where(where))
        return True

    def _rebuild_runs(self, number: int, result: Result) -> None:
        """Make the run that a late result falls into, and its neighbours, again from their results."""
        own = runs.c.source == number
        before = self.connection.execute(
            sa.select(runs).where(own & (runs.c.first_at <= result.at)).order_by(runs.c.first_at.desc()).limit(1)
        ).first()
        after = self.connection.execute(
            sa.select(runs).where(own & (runs.c.first_at > result.at)).order_by(runs.c.first_at).limit(1)
        ).first()
        start = result.at if before is None else before.first_at
        end = max(row.last_at for row in (before, after) if row is not None)
        found = read_results(self.connection, number, result.check, result.location, start, end + 1)
        self.connection.execute(runs.delete().where(own & (runs.c.first_at >= start) & (runs.c.first_at <= end)))
        self._write_runs([run_row(run, number) for run in run_lengths(found)])
        self._tails.pop(number, None)

    def _write_runs(self, rows: list[dict[str, Any]]) -> None:
        insert = postgresql.insert if self.connection.dialect.name == "postgresql" else sqlite.insert
        statement = insert(runs)
        self.connection.execute(
            statement.on_conflict_do_update(
                index_elements=[runs.c.source, runs.c.first_at],
                set_={name: statement.excluded[name] for name in ("last_at", "interval", "count")},
            ),
            rows,
        )

    def _number(self, result: Result) -> int:
        return self._numbers[result.check, result.location]

    def _learn(self, wanted: Set[_Source]) -> None:
        """Look up what is not remembered of these sources, all at once: after a start that is many."""
        if unknown := wanted - self._numbers.keys():
            self._learn_numbers(unknown)
        if untailed := {self._numbers[source]: source for source in wanted if self._numbers[source] not in self._tails}:
            self._learn_tails(untailed)

    def _learn_numbers(self, unknown: Set[_Source]) -> None:
        """The numbers of sources; those that are new get one, and have no runs."""
        checks = {check for check, _ in unknown}
        for row in self.connection.execute(sa.select(sources).where(sources.c.check_id.in_(checks))):
            self._numbers[row.check_id, row.location] = row.id
        new = [{"check_id": check, "location": location} for check, location in sorted(unknown - self._numbers.keys())]
        if new:
            for row in self.connection.execute(sources.insert().returning(sources), new):
                self._numbers[row.check_id, row.location] = row.id
                self._tails[row.id] = None

    def _learn_tails(self, untailed: Mapping[int, _Source]) -> None:
        """The newest run of each source, by its number."""
        newest = (
            sa.select(runs.c.source, sa.func.max(runs.c.first_at).label("first_at"))
            .where(runs.c.source.in_(untailed))
            .group_by(runs.c.source)
            .subquery()
        )
        is_newest = (runs.c.source == newest.c.source) & (runs.c.first_at == newest.c.first_at)
        self._tails.update(dict.fromkeys(untailed))
        for row in self.connection.execute(sa.select(runs).join(newest, is_newest)):
            self._tails[row.source] = run_of(row, *untailed[row.source])


def read_results(
    connection: sa.Connection, number: int, check: str, location: str, start: Instant, end: Instant
) -> list[Result]:
    """The results of a source in ``[start, end)``, from packed days and single rows alike, in order."""
    found: list[Result] = []
    packed = connection.execute(
        sa.select(packed_days.c.content).where(
            (packed_days.c.source == number)
            & (packed_days.c.day >= day_of(start))
            & (packed_days.c.day <= day_of(end - 1))
        )
    ).scalars()
    for content in packed:
        found += [result for result in unpack(content, check, location) if start <= result.at < end]
    rows = connection.execute(
        sa.select(results).where((results.c.source == number) & (results.c.at >= start) & (results.c.at < end))
    )
    found += [result_of(row, check, location) for row in rows]
    return sorted(found, key=lambda result: result.at)
