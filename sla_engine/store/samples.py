"""Latencies read in columns, from packed days and single rows alike: a year of them in hundredths of a second."""

from collections.abc import Sequence
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
    at, states, latency = _columns(connection, number, check, start, end)
    speaks = (states == _DOWN) | ((states != _ERROR) & (latency != NO_LATENCY))
    latency[states == _DOWN] = FAILED
    first, last = at.searchsorted([start, end])
    if last - first < len(at) or not speaks.all():
        speaks[:first] = speaks[last:] = False
        at, latency = at[speaks], latency[speaks]
    return Samples(check, at, latency)


def _columns(
    connection: sa.Connection, number: int, check: str, start: Instant, end: Instant
) -> "tuple[Column, Column, Column]":
    """Instants, states and latencies in order of time."""
    import numpy as np

    single, days = _single(connection, number, start, end), _packed(connection, number, start, end)
    if not days:
        return single
    packed = unpack_latencies(days, check)
    if not len(single[0]):
        return packed
    at, states, latency = (np.concatenate(column) for column in zip(packed, single, strict=True))
    # A day that was opened again for a late result lies in single rows, between others that are packed.
    if single[0][0] < packed[0][-1]:
        order = at.argsort()
        at, states, latency = at[order], states[order], latency[order]
    return at, states, latency


def _packed(connection: sa.Connection, number: int, start: Instant, end: Instant) -> Sequence[bytes]:
    days = (packed_days.c.day >= day_of(start)) & (packed_days.c.day <= day_of(end - 1))
    statement = sa.select(packed_days.c.content).where((packed_days.c.source == number) & days)
    return connection.execute(statement.order_by(packed_days.c.day)).scalars().all()


def _single(connection: sa.Connection, number: int, start: Instant, end: Instant) -> "tuple[Column, Column, Column]":
    import numpy as np

    own = (results.c.source == number) & (results.c.at >= start) & (results.c.at < end)
    statement = sa.select(results.c.at, results.c.state, sa.func.coalesce(results.c.latency, NO_LATENCY))
    rows = connection.execute(statement.where(own).order_by(results.c.at)).all()
    at, states, latency = (np.array([row[column] for row in rows], dtype=np.int64) for column in range(3))
    return at, states, latency
