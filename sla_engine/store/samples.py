"""Latencies read in columns, from packed days and single rows alike: a year of them in hundredths of a second."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import sqlalchemy as sa

from sla_engine.evaluation.samples import FAILED, Samples
from sla_engine.model.instant import Instant
from sla_engine.model.result import State
from sla_engine.store.packing import NO_LATENCY, STATES, day_of, unpack_latencies
from sla_engine.store.tables import packed_days, results

if TYPE_CHECKING:
    from sla_engine.store.packing import Column

_DOWN, _ERROR = STATES.index(State.DOWN), STATES.index(State.ERROR)


def read_samples(connection: sa.Connection, number: int, check: str, start: Instant, end: Instant) -> Samples:
    """The samples of a source that were scheduled in ``[start, end)``."""
    import numpy as np

    packed = _packed(connection, number, check, start, end)
    parts = [part for part in (*packed, _single(connection, number, start, end)) if len(part[0])]
    if not parts:
        return Samples(check, np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))
    at, states, latencies = (np.concatenate(column) for column in zip(*parts, strict=True))
    # A day that was opened again for a late result lies in single rows, between others that are packed.
    if any(later[0][0] < earlier[0][-1] for earlier, later in pairwise(parts)):
        order = at.argsort()
        at, states, latencies = at[order], states[order], latencies[order]
    latency = latencies.astype(np.int64)
    latency[states == _DOWN] = FAILED
    first, last = at.searchsorted([start, end])
    speaks = (states == _DOWN) | ((states != _ERROR) & (latencies != NO_LATENCY))
    if last - first < len(at) or not speaks.all():
        speaks[:first] = speaks[last:] = False
        at, latency = at[speaks], latency[speaks]
    return Samples(check, at, latency)


def _packed(
    connection: sa.Connection, number: int, check: str, start: Instant, end: Instant
) -> "Iterator[Sequence[Column]]":
    days = (packed_days.c.day >= day_of(start)) & (packed_days.c.day <= day_of(end - 1))
    statement = sa.select(packed_days.c.content).where((packed_days.c.source == number) & days)
    for content in connection.execute(statement.order_by(packed_days.c.day)).scalars():
        yield unpack_latencies(content, check)


def _single(connection: sa.Connection, number: int, start: Instant, end: Instant) -> "Sequence[Column]":
    import numpy as np

    own = (results.c.source == number) & (results.c.at >= start) & (results.c.at < end)
    statement = sa.select(results.c.at, results.c.state, sa.func.coalesce(results.c.latency, NO_LATENCY))
    rows = connection.execute(statement.where(own).order_by(results.c.at)).all()
    return [np.array([row[column] for row in rows], dtype=np.int64) for column in range(3)]
