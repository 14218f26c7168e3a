"""A day of results in one piece: two to four bytes a result, and nothing lost but how late each run began.

What percentiles are made of comes first and as it is, in as few bytes a result as the slowest of the day needs, so that
a year of it is read without unpacking anything. All else follows within zlib, which makes it next to nothing: states,
reasons, the latencies of what failed, and where they are not regular, instants and intervals.
"""

import json
import struct
import zlib
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sla_engine.evaluation.samples import FAILED
from sla_engine.model.instant import DAY, Instant
from sla_engine.model.result import Result
from sla_engine.store.columns import NOTHING, STATES, UNMEASURED, Columns, Reader, as_planes, counted, joined, of_planes
from sla_engine.store.first_form import columns_of_first_form

if TYPE_CHECKING:
    from sla_engine.evaluation.samples import Instants, Latencies
    from sla_engine.store.columns import Column

_FORM = 2
_FIRST_FORM = 0x78
"""With this byte zlib begins, and so does what was packed before forms were numbered in front."""

_SEAL = struct.Struct("<BI")
"""The form, and the CRC-32 of all that follows."""

_HEAD = struct.Struct("<BIqq")
"""Bytes a latency, how many, the first instant, and the step between any two; no step where that is not the same."""

_META = struct.Struct("<I")
_LATENCIES_AT = _SEAL.size + _HEAD.size
_HAS_LATENCY = 4
"""Beside a state: a latency was measured that counts otherwise."""


def day_of(at: Instant) -> int:
    """The number of the UTC day in which an instant lies."""
    return at // DAY


def pack(results: Sequence[Result]) -> bytes:
    """One source's results of a day, sorted by time, as bytes."""
    import numpy as np

    day = _columns_of(results)
    latencies = counted(day.states, day.latencies)
    # What failed may have taken as long as the very number that says so.
    is_beside = (day.latencies != UNMEASURED) & ((latencies != day.latencies) | (latencies >= NOTHING))
    steps = np.diff(day.at)
    step, interval = _only(steps), _only(day.intervals)
    meta = json.dumps({"interval": interval, "reasons": day.reasons}, separators=(",", ":")).encode()
    rest = [
        _META.pack(len(meta)) + meta,
        as_planes(steps, 8) if step is None else b"",
        as_planes(day.states + _HAS_LATENCY * is_beside, 1),
        as_planes(day.latencies[is_beside], 8),
        as_planes(day.intervals, 8) if interval is None else b"",
    ]
    width = _width(latencies)
    head = _HEAD.pack(width, len(results), results[0].at, step or 0)
    sealed = head + as_planes(latencies, width) + zlib.compress(b"".join(rest))
    return _SEAL.pack(_FORM, zlib.crc32(sealed)) + sealed


def unpack(content: bytes, check: str, location: str) -> list[Result]:
    """The results that were packed.

    Raises:
        ValueError: the bytes are damaged, or of a newer form.
    """
    _verify(content, check)
    day = columns_of_first_form(content, check) if content[0] == _FIRST_FORM else _opened(content)
    columns = zip(day.at.tolist(), day.states.tolist(), day.intervals.tolist(), day.latencies.tolist(), strict=True)
    return [
        Result(
            check=check,
            at=at,
            state=STATES[state],
            interval=interval,
            location=location,
            latency=None if latency == UNMEASURED else latency,
            reason=day.reasons.get(str(index)),
        )
        for index, (at, state, interval, latency) in enumerate(columns)
    ]


def unpack_counted(days: Sequence[bytes], check: str) -> "tuple[Instants, Latencies]":
    """Of the results of some days the instants, and the latencies as `counted` has them.

    What is done with all days together costs hardly more than with one.

    Raises:
        ValueError: the bytes are damaged, or of a newer form.
    """
    import numpy as np

    for content in days:
        _verify(content, check)
    pieces = [
        _counted(list(alike), width) if width else _counted_of_first_form(alike, check)
        for width, alike in groupby(days, key=_width_of)
    ]
    if len(pieces) == 1:
        return pieces[0]
    return joined([at for at, _ in pieces]), np.concatenate([latencies for _, latencies in pieces])


def _verify(content: bytes, check: str) -> None:
    form, seal = _SEAL.unpack_from(content)
    if form not in {_FIRST_FORM, _FORM}:
        raise ValueError(f"a packed day of {check} is of form {form}, and this program knows {_FORM}")
    if form == _FORM and zlib.crc32(memoryview(content)[_SEAL.size :]) != seal:
        raise ValueError(f"a packed day of {check} is damaged: restore a backup")


def _width_of(content: bytes) -> int:
    """Bytes a latency; 0 in the first form."""
    return content[_SEAL.size] if content[0] == _FORM else 0


def _counted(days: Sequence[bytes], width: int) -> "tuple[Instants, Latencies]":
    """The instants and latencies of days that have them in as many bytes."""
    import numpy as np

    planes = []
    instants: list[Instants] = []
    for content in days:
        _, count, first, step = _HEAD.unpack_from(content, _SEAL.size)
        planes.append(np.frombuffer(content, np.uint8, width * count, _LATENCIES_AT).reshape(width, count))
        instants.append(range(first, first + count * step, step) if step else _opened(content).at)
    return joined(instants), _marked(of_planes(np.concatenate(planes, axis=1)), width)


def _counted_of_first_form(days: Iterable[bytes], check: str) -> "tuple[Instants, Latencies]":
    import numpy as np

    opened = [columns_of_first_form(content, check) for content in days]
    at, states, latencies = (
        np.concatenate([getattr(day, name) for day in opened]) for name in ("at", "states", "latencies")
    )
    return at, counted(states, latencies)


def _opened(content: bytes) -> Columns:
    """All of a day."""
    import numpy as np

    width, count, first, step = _HEAD.unpack_from(content, _SEAL.size)
    marked = _marked(Reader(content, _LATENCIES_AT).take(count, width), width)
    rest = zlib.decompress(memoryview(content)[_LATENCIES_AT + width * count :])
    length = _META.unpack_from(rest)[0]
    reader = Reader(rest, _META.size + length)
    meta: dict[str, Any] = json.loads(rest[_META.size : reader.offset])
    interval = meta["interval"]
    steps = np.full(count - 1, step) if step else reader.take(count - 1, 8)
    states = reader.take(count, 1)
    latencies = np.where(marked < NOTHING, marked.astype(np.int64), UNMEASURED)
    is_beside = (states & _HAS_LATENCY) != 0
    latencies[is_beside] = reader.take(int(is_beside.sum()), 8)
    intervals = reader.take(count, 8) if interval is None else np.full(count, interval)
    return Columns(
        np.append(first, first + steps.cumsum()), states % _HAS_LATENCY, latencies, intervals, meta["reasons"]
    )


def _columns_of(results: Sequence[Result]) -> Columns:
    import numpy as np

    rows = [
        (one.at, STATES.index(one.state), UNMEASURED if one.latency is None else one.latency, one.interval)
        for one in results
    ]
    at, states, latencies, intervals = np.array(rows, dtype=np.int64).T
    reasons = {str(index): one.reason for index, one in enumerate(results) if one.reason is not None}
    return Columns(at, states, latencies, intervals, reasons)


def _width(latencies: "Latencies") -> int:
    """How many bytes hold every latency, and leave two numbers for what has none."""
    slowest = int(latencies.max(where=latencies < NOTHING, initial=0))
    return ((slowest + 2).bit_length() + 7) // 8


def _marked(latencies: "Latencies", width: int) -> "Latencies":
    """Latencies that were cut to so many bytes."""
    last: int = 256**width - 1
    if last < FAILED:
        latencies[latencies == last] = FAILED
        latencies[latencies == last - 1] = NOTHING
    return latencies


def _only(numbers: "Column") -> int | None:
    """The number, where they are all the same."""
    return int(numbers[0]) if len(numbers) and (numbers == numbers[0]).all() else None
