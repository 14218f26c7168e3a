"""Results of one source in columns, and columns as planes of bytes: what varies and what does not lie apart."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

from attrs import define, frozen

from sla_engine.evaluation.samples import FAILED, LONGEST, as_array
from sla_engine.model.result import State

if TYPE_CHECKING:
    import numpy as np

    from sla_engine.evaluation.samples import Instants, Latencies

    Column: TypeAlias = np.ndarray[Any, Any]

STATES = tuple(State)

UNMEASURED = -1
"""The latency of a result that measured none."""

NOTHING = FAILED - 1
"""In place of a latency that takes no part in percentiles.

Cut to any number of bytes, `FAILED` is the last number of these and this the last but one.
"""

_DOWN, _ERROR = STATES.index(State.DOWN), STATES.index(State.ERROR)


@frozen(eq=False)
class Columns:
    """Results by time.

    Attributes:
        at: their instants.
        states: the numbers of their states.
        latencies: microseconds, or `UNMEASURED`.
        intervals: microseconds.
        reasons: of those that have one, by place as text.
    """

    at: "Column"
    states: "Column"
    latencies: "Column"
    intervals: "Column"
    reasons: Mapping[str, str]


def counted(states: "Column", latencies: "Column") -> "Latencies":
    """What percentiles are made of: a latency, `FAILED` of what was down, or `NOTHING`."""
    import numpy as np

    found: Latencies = np.minimum(latencies, LONGEST).astype(np.uint32)
    found[(latencies == UNMEASURED) | (states == _ERROR)] = NOTHING
    found[states == _DOWN] = FAILED
    return found


def joined(pieces: "Sequence[Instants]") -> "Instants":
    """Instants that follow each other, as one."""
    import numpy as np

    ranges = [piece for piece in pieces if isinstance(piece, range)]
    if len(ranges) == len(pieces) and all(
        one.stop == two.start and one.step == two.step for one, two in pairwise(ranges)
    ):
        return range(ranges[0].start, ranges[-1].stop, ranges[0].step)
    return np.concatenate([as_array(piece) for piece in pieces])


def as_planes(column: "Column", width: int) -> bytes:
    """The lowest bytes of all numbers, then the next ones, as many as the width says."""
    import numpy as np

    planes: Column = column.astype("<i8").view(np.uint8).reshape(len(column), 8).T[:width]
    return planes.tobytes()


def of_planes(planes: "Column") -> "Column":
    """The numbers of planes of bytes, the lowest first, in 32 bits where they fit."""
    import numpy as np

    numbers: Column = planes[-1].astype(np.int64 if len(planes) > 4 else np.uint32)
    for plane in planes[-2::-1]:
        numbers <<= 8
        numbers |= plane
    return numbers


@define
class Reader:
    """Takes one column after the other off bytes."""

    content: bytes
    offset: int

    def take(self, count: int, width: int) -> "Column":
        """The next so many numbers of so many bytes."""
        import numpy as np

        planes = np.frombuffer(self.content, np.uint8, count * width, self.offset)
        self.offset += count * width
        return of_planes(planes.reshape(width, count))
