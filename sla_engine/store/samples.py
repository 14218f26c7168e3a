"""Latencies read in columns, from packed days and single rows alike: a year of them in hundredths of a second."""

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, TypeAlias

import sqlalchemy as sa

from sla_engine.evaluation.samples import Samples, as_array
from sla_engine.model.instant import Instant
from sla_engine.store.columns import NOTHING, UNMEASURED, counted
from sla_engine.store.packing import day_of, unpack_counted
from sla_engine.store.tables import packed_days, results, sources

if TYPE_CHECKING:
    from sla_engine.evaluation.samples import Instants, Latencies, Numbers

    _Counted: TypeAlias = tuple[Instants, Latencies]

_DAYS_AT_ONCE = 32


def read_samples(connection: sa.Connection, checks: Collection[str], start: Instant, end: Instant) -> list[Samples]:
    """What was scheduled in ``[start, end)``, by check and location."""
    own = sa.select(sources.c.id, sources.c.check_id).where(sources.c.check_id.in_(list(checks)))
    found = connection.execute(own.order_by(sources.c.check_id, sources.c.location)).all()
    names = {source.id: source.check_id for source in found}
    packed, rows = _packed(connection, names, start, end), _single(connection, names, start, end)
    return [
        _samples(check, *_in_order(packed.get(number), rows.get(number, ())), start, end)
        for number, check in names.items()
    ]


def _samples(check: str, at: "Instants", latencies: "Latencies", start: Instant, end: Instant) -> Samples:
    first, last = bisect_left(at, start), bisect_left(at, end)
    at, latencies = at[first:last], latencies[first:last]
    takes_part = latencies != NOTHING
    if takes_part.all():
        return Samples(check, at, latencies)
    return Samples(check, as_array(at)[takes_part], latencies[takes_part])


def _in_order(packed: "_Counted | None", rows: Sequence[Sequence[int]]) -> "_Counted":
    """What is packed of a source and what is not, by time."""
    import numpy as np

    if packed is None or not rows:
        return packed or _single_columns(rows)
    single_at, single = _single_columns(rows)
    at, latencies = np.concatenate([as_array(packed[0]), single_at]), np.concatenate([packed[1], single])
    # A day that was opened again for a late result lies in single rows, between others that are packed.
    order = at.argsort(kind="stable")
    return at[order], latencies[order]


def _single_columns(rows: Sequence[Sequence[int]]) -> "tuple[Numbers, Latencies]":
    import numpy as np

    at, states, latencies = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    return at, counted(states, latencies)


def _packed(
    connection: sa.Connection, names: Mapping[int, str], start: Instant, end: Instant
) -> "Mapping[int, _Counted]":
    """What is packed of some sources, one after the other, so that no more than the days of one are held."""
    days = (packed_days.c.day >= day_of(start)) & (packed_days.c.day <= day_of(end - 1))
    own = packed_days.c.source.in_(names) & days
    statement = sa.select(packed_days.c.source, packed_days.c.content).where(own)
    by_day = statement.order_by(packed_days.c.source, packed_days.c.day)
    found = connection.execute(by_day, execution_options={"yield_per": _DAYS_AT_ONCE})
    return {
        number: unpack_counted([content for _, content in own], names[number])
        for number, own in groupby(found, key=itemgetter(0))
    }


def _single(
    connection: sa.Connection, names: Collection[int], start: Instant, end: Instant
) -> Mapping[int, list[tuple[int, int, int]]]:
    """What is not packed yet of some sources: instants, states and latencies, by source and in order."""
    latency = sa.func.coalesce(results.c.latency, UNMEASURED)
    own = results.c.source.in_(names) & (results.c.at >= start) & (results.c.at < end)
    statement = sa.select(results.c.source, results.c.at, results.c.state, latency).where(own)
    found: dict[int, list[tuple[int, int, int]]] = {}
    for number, *row in connection.execute(statement.order_by(results.c.at)):
        found.setdefault(number, []).append((row[0], row[1], row[2]))
    return found
