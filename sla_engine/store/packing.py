"""A day of results in one piece: two to four bytes a result, and nothing lost but how late each run began.

Instants are implied by a step where they are regular. States and latencies lie in columns, byte by byte, which zlib
makes small; reasons are kept as they are.
"""

import json
import struct
import zlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from sla_engine.model.instant import DAY, Instant
from sla_engine.model.result import Result, State

if TYPE_CHECKING:
    import numpy as np

    Column: TypeAlias = np.ndarray[Any, Any]

_VERSION = 1
NO_LATENCY = 0xFFFFFFFF
_LATENCY_BYTES = 4
_HEADER = struct.Struct("!BI")
STATES = tuple(State)


def day_of(at: Instant) -> int:
    """The number of the UTC day in which an instant lies."""
    return at // DAY


def pack(results: Sequence[Result]) -> bytes:
    """One source's results of a day, sorted by time, as bytes."""
    import numpy as np

    instants = np.array([result.at for result in results], dtype=np.int64)
    intervals = np.array([result.interval for result in results], dtype=np.int64)
    latencies = np.array([_stored_latency(result.latency) for result in results], dtype=np.uint32)
    states = np.array([STATES.index(result.state) for result in results], dtype=np.uint8)
    steps = np.diff(instants)
    meta = {
        "first": int(instants[0]),
        "count": len(results),
        "step": _only(steps),
        "interval": _only(intervals),
        "reasons": {index: result.reason for index, result in enumerate(results) if result.reason is not None},
    }
    columns = [states.tobytes(), _byte_planes(latencies)]
    if meta["step"] is None and len(results) > 1:
        columns.append(_byte_planes(steps))
    if meta["interval"] is None:
        columns.append(_byte_planes(intervals))
    header = json.dumps(meta, separators=(",", ":")).encode()
    return zlib.compress(_HEADER.pack(_VERSION, len(header)) + header + b"".join(columns), 6)


def unpack(content: bytes, check: str, location: str) -> list[Result]:
    """The results that were packed.

    Raises:
        ValueError: the bytes are damaged, or of a newer form.
    """
    meta, columns = _opened(content, check)
    states, latencies, instants = columns.take_states(), columns.take_latencies(), columns.take_instants()
    intervals = columns.take_intervals()
    reasons = meta["reasons"]
    return [
        Result(
            check=check,
            at=at,
            state=STATES[state],
            interval=interval,
            location=location,
            latency=None if latency == NO_LATENCY else latency,
            reason=reasons.get(str(index)),
        )
        for index, (at, state, interval, latency) in enumerate(
            zip(instants.tolist(), states.tolist(), intervals.tolist(), latencies.tolist(), strict=True)
        )
    ]


def unpack_latencies(days: Sequence[bytes], check: str) -> "tuple[Column, Column, Column]":
    """Of the results of some days the instants, the numbers of the states, and the latencies or `NO_LATENCY`.

    What is done with all days together costs hardly more than with one.

    Raises:
        ValueError: the bytes are damaged, or of a newer form.
    """
    import numpy as np

    opened = [_opened(content, check)[1] for content in days]
    states = np.concatenate([columns.take_states() for columns in opened])
    latencies = np.concatenate([columns.take_planes(_LATENCY_BYTES) for columns in opened], axis=1)
    instants = np.concatenate([columns.take_instants() for columns in opened])
    return instants, states, _joined(latencies)


def _opened(content: bytes, check: str) -> "tuple[Mapping[str, Any], _Columns]":
    try:
        whole = zlib.decompress(content)
    except zlib.error as error:
        raise ValueError(f"a packed day of {check} is damaged: {error}") from error
    version, length = _HEADER.unpack_from(whole)
    if version != _VERSION:
        raise ValueError(f"a packed day of {check} is of form {version}, and this program knows {_VERSION}")
    meta: dict[str, Any] = json.loads(whole[_HEADER.size : _HEADER.size + length])
    return meta, _Columns(meta, whole, _HEADER.size + length)


class _Columns:
    """Reads one column after the other: states, latencies, instants, intervals."""

    def __init__(self, meta: Mapping[str, Any], whole: bytes, offset: int) -> None:
        self._meta = meta
        self._whole = whole
        self._offset = offset

    def take_states(self) -> "Column":
        planes: Column = self.take_planes(1)[0]
        return planes

    def take_latencies(self) -> "Column":
        return _joined(self.take_planes(_LATENCY_BYTES))

    def take_intervals(self) -> "Column":
        import numpy as np

        count, interval = self._meta["count"], self._meta["interval"]
        return np.full(count, interval, dtype=np.int64) if interval is not None else _joined(self.take_planes(8))

    def take_instants(self) -> "Column":
        import numpy as np

        first, count, step = self._meta["first"], self._meta["count"], self._meta["step"]
        if count == 1 or step is not None:
            return np.arange(first, first + count * (step or 1), step or 1, dtype=np.int64)
        return np.cumsum(np.concatenate([[first], _joined(self.take_planes(8, count - 1))]))

    def take_planes(self, size: int, count: int | None = None) -> "Column":
        """The next column of numbers of so many bytes, as planes of bytes, the lowest first."""
        import numpy as np

        numbers = self._meta["count"] if count is None else count
        planes = np.frombuffer(self._whole, dtype=np.uint8, count=size * numbers, offset=self._offset)
        self._offset += size * numbers
        return planes.reshape(size, numbers)


def _byte_planes(column: "Column") -> bytes:
    """The lowest bytes of all numbers, then the next ones: what varies and what does not lie apart."""
    import numpy as np

    if not len(column):
        return b""
    return column.view(np.uint8).reshape(len(column), column.itemsize).T.tobytes()


def _joined(planes: "Column") -> "Column":
    """The numbers of planes of bytes."""
    import numpy as np

    numbers: Column = planes[-1].astype(np.int64)
    for plane in planes[-2::-1]:
        numbers <<= 8
        numbers |= plane
    return numbers


def _only(numbers: "Column") -> int | None:
    """The number, where they are all the same."""
    return int(numbers[0]) if len(numbers) and (numbers == numbers[0]).all() else None


def _stored_latency(latency: int | None) -> int:
    return NO_LATENCY if latency is None else min(latency, NO_LATENCY - 1)
