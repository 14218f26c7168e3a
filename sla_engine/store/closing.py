"""Days that have ended are packed, source by source, and their rows dropped.

Packing is done by whoever asks for it, from what is read in one go. The writer is handed what is packed by the handful,
so that it is never kept from results for long. A result that comes late, between the reading and the writing, stays in
a row of its own beside its packed day, and the next time both are packed together.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter

import sqlalchemy as sa
from attrs import frozen

from sla_engine.model.instant import DAY, Instant
from sla_engine.store.packing import day_of, pack
from sla_engine.store.rows import result_of
from sla_engine.store.tables import results

_HANDFUL = 50_000
"""Rows that one transaction drops, in some tenths of a second. As rows lie by time, reading a handful goes through all
of the day, and dropping it rewrites pages all over the day; with fewer at once there would be more of both."""


@frozen
class ClosedDay:
    """A day of one source, packed.

    Attributes:
        at: the instants of the results that are in it.
    """

    source: int
    day: int
    at: Sequence[Instant]
    content: bytes


def handfuls(connection: sa.Connection, before: Instant) -> Iterator[list[ClosedDay]]:
    """What there is to pack of the days that ended before an instant; read and packed as it is asked for."""
    first: Instant | None = connection.execute(sa.select(sa.func.min(results.c.at))).scalar()
    if first is None:
        return
    for day in range(day_of(first), day_of(before)):
        for lowest, highest in _ranges(connection, day):
            yield _closed(connection, day, lowest, highest)


def _ranges(connection: sa.Connection, day: int) -> Iterator[tuple[int, int]]:
    """The sources of a day, from one to another; a handful of rows in each range, or one source that has more."""
    counted = sa.select(results.c.source, sa.func.count()).where(_within(day)).group_by(results.c.source)
    sources: list[int] = []
    together = 0
    for source, count in connection.execute(counted.order_by(results.c.source)).all():
        if sources and together + count > _HANDFUL:
            yield sources[0], sources[-1]
            sources, together = [], 0
        sources.append(source)
        together += count
    if sources:
        yield sources[0], sources[-1]


def _closed(connection: sa.Connection, day: int, lowest: int, highest: int) -> list[ClosedDay]:
    own = _within(day) & results.c.source.between(lowest, highest)
    rows = connection.execute(sa.select(results).where(own).order_by(results.c.source, results.c.at)).all()
    closed = []
    for source, alike in groupby(rows, key=attrgetter("source")):
        found = [result_of(row, "", "") for row in alike]
        closed.append(ClosedDay(source, day, [result.at for result in found], pack(found)))
    return closed


def _within(day: int) -> sa.ColumnElement[bool]:
    return (results.c.at >= day * DAY) & (results.c.at < (day + 1) * DAY)
