"""Runs made anew of the results themselves, packed and not, whatever the run-lengths beside them say.

Here nothing is known of what was scheduled at or after an end, so that later results change nothing.
"""

from collections.abc import Iterable, Iterator

import sqlalchemy as sa
from attrs import evolve

from sla_engine.model.instant import DAY, Instant
from sla_engine.model.result import Result, Run, State, continues, run_lengths, single
from sla_engine.store.packing import day_of
from sla_engine.store.recording import read_results
from sla_engine.store.tables import packed_days, results, sources


def raw_runs(connection: sa.Connection, check: str, start: Instant, end: Instant) -> list[Run]:
    """The runs that speak in ``[start, end)``, and of each source the one before, which still may, by results before
    ``end``.

    One that is down has its whole beginning, however long before that was. Of any other that was there before
    ``start`` only the last result before it takes part.
    """
    own = sa.select(sources).where(sources.c.check_id == check).order_by(sources.c.location)
    runs: list[Run] = []
    for source in connection.execute(own).all():
        name = source.id, check, source.location
        found = _leading(connection, *name, start)
        found += read_results(connection, *name, start, end)
        runs += run_lengths(found)
    return runs


def cut_off(connection: sa.Connection, runs: Iterable[Run], end: Instant) -> list[Run]:
    """Runs as they stood before an instant; of one that is cut and not down the count is 0, as nobody counts it."""
    numbers = {(row.check_id, row.location): row.id for row in connection.execute(sa.select(sources))}
    return [
        run if run.last_at < end else _cut(connection, run, numbers[run.check, run.location], end)
        for run in runs
        if run.first_at < end
    ]


def _cut(connection: sa.Connection, run: Run, number: int, end: Instant) -> Run:
    """The run before an instant; as it stands where the results that it should be made of are not there."""
    name = number, run.check, run.location
    if run.state is State.DOWN:
        cut = run_lengths(read_results(connection, *name, run.first_at, end))
        return cut[-1] if cut else run
    last = next(_newest_first(connection, *name, end), None)
    return run if last is None else evolve(run, last_at=last.at, interval=last.interval, count=0)


def _leading(connection: sa.Connection, number: int, check: str, location: str, start: Instant) -> list[Result]:
    """The last result before an instant, and where it is down, all that go on to it without a break."""
    leading: list[Result] = []
    for result in _newest_first(connection, number, check, location, start):
        if leading and not continues(single(result), leading[-1]):
            break
        leading.append(result)
        if result.state is not State.DOWN:
            break
    return leading[::-1]


def _newest_first(
    connection: sa.Connection, number: int, check: str, location: str, before: Instant
) -> Iterator[Result]:
    """The results of a source before an instant, backwards, a day at a time."""
    while (day := _last_day(connection, number, before)) is not None:
        end = min(before, (day + 1) * DAY)
        yield from reversed(read_results(connection, number, check, location, day * DAY, end))
        before = day * DAY


def _last_day(connection: sa.Connection, number: int, before: Instant) -> int | None:
    """The last day before an instant that may hold results of a source."""
    packed = (packed_days.c.source == number) & (packed_days.c.day <= day_of(before - 1))
    single_rows = (results.c.source == number) & (results.c.at < before)
    day: int | None = connection.execute(sa.select(sa.func.max(packed_days.c.day)).where(packed)).scalar()
    at: Instant | None = connection.execute(sa.select(sa.func.max(results.c.at)).where(single_rows)).scalar()
    days = [one for one in (day, None if at is None else day_of(at)) if one is not None]
    return max(days, default=None)
