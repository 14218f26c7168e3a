"""Latencies in columns: what percentiles are counted from, a million of them as easily as a dozen.

Only who measures latencies needs numpy; availability is judged without it.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeAlias

from attrs import frozen

from sla_engine.evaluation.extent import Extent
from sla_engine.model.result import Result, State, unique_results

if TYPE_CHECKING:
    import numpy as np

    Numbers: TypeAlias = np.ndarray[Any, np.dtype[np.int64]]

FAILED = 2**63 - 1
"""The latency of a check that failed: later than any bound, since no answer came at all."""


@frozen(eq=False)
class Samples:
    """What one check of a service took from one location, each result once.

    A result that measured nothing has no place here: the monitor's own failure, and an answer without a latency.

    Attributes:
        check: its id.
        at: the scheduled instants, ascending.
        latency: microseconds, or `FAILED`.
    """

    check: str
    at: "Numbers"
    latency: "Numbers"

    def within(self, extent: Extent) -> "list[Numbers]":
        """The latencies of what was scheduled in a set of intervals, in pieces."""
        edges = [self.at.searchsorted([interval[edge] for interval in extent.intervals]) for edge in (0, 1)]
        return [self.latency[first:last] for first, last in zip(*edges, strict=True) if first < last]


def samples_of(results: Iterable[Result]) -> list[Samples]:
    """The samples of single results, in any order and possibly repeated."""
    unique = unique_results(results)
    return [_samples(check, list(own)) for (check, _), own in groupby(unique, key=attrgetter("check", "location"))]


def _samples(check: str, results: Sequence[Result]) -> Samples:
    import numpy as np

    told = [(result.at, latency) for result in results if (latency := _latency(result)) is not None]
    return Samples(check, *(np.array([pair[column] for pair in told], dtype=np.int64) for column in (0, 1)))


def _latency(result: Result) -> int | None:
    if result.state is State.DOWN:
        return FAILED
    return None if result.state is State.ERROR else result.latency
