"""Latencies in columns: what percentiles are counted from, a million of them as easily as a dozen.

Only who measures latencies needs numpy; availability is judged without it.
"""

from bisect import bisect_left
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
    Latencies: TypeAlias = np.ndarray[Any, np.dtype[np.uint32]]
    Instants: TypeAlias = range | Numbers

FAILED = 2**32 - 1
"""The latency of a check that failed: later than any bound, since no answer came at all."""

LONGEST = FAILED - 2
"""What is told of a latency that is longer, 71 minutes: by no bound is it in time."""


@frozen(eq=False)
class Samples:
    """What one check of a service took from one location, each result once.

    A result that measured nothing has no place here: the monitor's own failure, and an answer without a latency.

    Attributes:
        check: its id.
        at: the scheduled instants, ascending; where they are regular a range, which takes neither time nor memory.
        latency: microseconds, at most `LONGEST`, or `FAILED`; in 32 bits, as it is memory that a year of them costs.
    """

    check: str
    at: "Instants"
    latency: "Latencies"

    def within(self, extent: Extent) -> "list[Latencies]":
        """The latencies of what was scheduled in a set of intervals, in pieces."""
        edges = [[bisect_left(self.at, at) for at in interval] for interval in extent.intervals]
        return [self.latency[first:last] for first, last in edges if first < last]

    def columns(self) -> "tuple[Numbers, Numbers]":
        """Instants and latencies in 64 bits, where what failed is the largest number of these."""
        import numpy as np

        latency = self.latency.astype(np.int64)
        latency[self.latency == FAILED] = 2**63 - 1
        return as_array(self.at), latency


def as_array(instants: "Instants") -> "Numbers":
    """Instants one by one."""
    import numpy as np

    return np.arange(instants.start, instants.stop, instants.step) if isinstance(instants, range) else instants


def samples_of(results: Iterable[Result]) -> list[Samples]:
    """The samples of single results, in any order and possibly repeated."""
    unique = unique_results(results)
    return [_samples(check, list(own)) for (check, _), own in groupby(unique, key=attrgetter("check", "location"))]


def _samples(check: str, results: Sequence[Result]) -> Samples:
    import numpy as np

    told = [(result.at, latency) for result in results if (latency := _latency(result)) is not None]
    at = np.array([at for at, _ in told], dtype=np.int64)
    return Samples(check, at, np.array([latency for _, latency in told], dtype=np.uint32))


def _latency(result: Result) -> int | None:
    if result.state is State.DOWN:
        return FAILED
    return None if result.state is State.ERROR or result.latency is None else min(result.latency, LONGEST)
