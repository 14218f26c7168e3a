"""The first form of a packed day, all of it within zlib: it is read wherever it lies, and no longer written."""

import json
import struct
import zlib
from typing import TYPE_CHECKING, Any

from sla_engine.store.columns import UNMEASURED, Columns, Reader

if TYPE_CHECKING:
    from sla_engine.store.columns import Column

_VERSION = 1
_NO_LATENCY = 0xFFFFFFFF
_HEADER = struct.Struct("!BI")


def columns_of_first_form(content: bytes, check: str) -> Columns:
    """The results of a day.

    Raises:
        ValueError: the bytes are damaged.
    """
    import numpy as np

    try:
        whole = zlib.decompress(content)
    except zlib.error as error:
        raise ValueError(f"a packed day of {check} is damaged: {error}") from error
    version, length = _HEADER.unpack_from(whole)
    if version != _VERSION:
        raise ValueError(f"a packed day of {check} is of form {version}, and this program knows no such one in zlib")
    meta: dict[str, Any] = json.loads(whole[_HEADER.size : _HEADER.size + length])
    count, interval = meta["count"], meta["interval"]
    reader = Reader(whole, _HEADER.size + length)
    states, latencies = reader.take(count, 1), reader.take(count, 4)
    latencies = np.where(latencies == _NO_LATENCY, UNMEASURED, latencies.astype(np.int64))
    at = _instants(meta, reader)
    intervals = reader.take(count, 8) if interval is None else np.full(count, interval)
    return Columns(at, states, latencies, intervals, meta["reasons"])


def _instants(meta: dict[str, Any], reader: Reader) -> "Column":
    import numpy as np

    first, count, step = meta["first"], meta["count"], meta["step"]
    is_regular = count == 1 or step is not None
    steps = np.full(count - 1, step or 0) if is_regular else reader.take(count - 1, 8)
    return np.append(first, first + steps.cumsum())
