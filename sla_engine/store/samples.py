"""Latencies read in columns, from packed days and single rows alike: a year of them in hundredths of a second."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa

from sla_engine.evaluation.samples import FAILED, Samples
from sla_engine.model.instant import Instant
from sla_engine.model.result import State
from sla_engine.store.packing import NO_LATENCY, STATES, day_of, unpack_latencies
from sla_engine.store.tables import packed_days, results, sources

if TYPE_CHECKING:
    from sla_engine.store.packing import Column

_DOWN, _ERROR = STATES.index(State.DOWN), STATES.index(State.ERROR)


def read_samples(connection: sa.Connection, checks: Collection[str], start: Instant, end: Instant) -> list[Samples]:
    """What was scheduled in ``[start, end)``, by check and location."""
    own = sa.select(sources.c.id, sources.c.check_id).where(sources.c.check_id.in_(list(checks)))
    found = connection.execute(own.order_by(sources.c.check_id, sources.c.location)).all()
    numbers = [source.id for source in found]
    days, rows = _packed(connection, numbers, start, end), _single(connection, numbers, start, end)
    return [
        _samples(check, _columns(check, days.get(number, ()), rows.get(number, ())), start, end)
        for number, check in found
    ]


def _samples(check: str, columns: "tuple[Column, Column, Column]", start: Instant, end: Instant) -> Samples:
    at, states, latency = columns
    speaks = (states == _DOWN) | ((states != _ERROR) & (latency != NO_LATENCY))
    latency[states == _DOWN] = FAILED
    first, last = at.searchsorted([start, end])
    if last - first < len(at) or not speaks.all():
        speaks[:first] = speaks[last:] = False
        at, latency = at[speaks], latency[speaks]
    return Samples(check, at, latency)


def _columns(check: str, days: Sequence[bytes], rows: Sequence[Sequence[int]]) -> "tuple[Column, Column, Column]":
    """Instants, states and latencies in order of time."""
    import numpy as np

    if not days:
        return _single_columns(rows)
    packed = unpack_latencies(days, check)
    if not rows:
        return packed
    at, states, latency = (np.concatenate(column) for column in zip(packed, _single_columns(rows), strict=True))
    # A day that was opened again for a late result lies in single rows, between others that are packed.
    order = at.argsort(kind="stable")
    return at[order], states[order], latency[order]


def _single_columns(rows: Sequence[Sequence[int]]) -> "tuple[Column, Column, Column]":
    import numpy as np

    at, states, latency = (np.array([row[column] for row in rows], dtype=np.int64) for column in range(3))
    return at, states, latency


def _packed(
    connection: sa.Connection, numbers: Collection[int], start: Instant, end: Instant
) -> Mapping[int, list[bytes]]:
    """The packed days of some sources, by source and in order."""
    days = (packed_days.c.day >= day_of(start)) & (packed_days.c.day <= day_of(end - 1))
    statement = sa.select(packed_days.c.source, packed_days.c.content).where(packed_days.c.source.in_(numbers) & days)
    found: dict[int, list[bytes]] = {}
    for number, content in connection.execute(statement.order_by(packed_days.c.source, packed_days.c.day)):
        found.setdefault(number, []).append(content)
    return found


def _single(
    connection: sa.Connection, numbers: Collection[int], start: Instant, end: Instant
) -> Mapping[int, list[tuple[int, int, int]]]:
    """What is not packed yet of some sources: instants, states and latencies, by source and in order."""
    latency = sa.func.coalesce(results.c.latency, NO_LATENCY)
    own = results.c.source.in_(numbers) & (results.c.at >= start) & (results.c.at < end)
    statement = sa.select(results.c.source, results.c.at, results.c.state, latency).where(own)
    found: dict[int, list[tuple[int, int, int]]] = {}
    for number, *row in connection.execute(statement.order_by(results.c.at)):
        found.setdefault(number, []).append((row[0], row[1], row[2]))
    return found
