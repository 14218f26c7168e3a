"""Compact series: ``up 10d, down 1h, up`` is what a check says, stretch by stretch.

A stretch is a word, and how long it holds: a duration, or ``x3`` for three results; the last one holds to the end if
nothing is said. ``in 300ms`` is how fast the answers came. ``unknown`` is the monitor's own failure, and ``silent`` is
no result at all: the result before it speaks on until it is stale.
"""

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from attrs import frozen

from sla_engine.model.duration import Duration, parse_duration
from sla_engine.model.result import State

WORDS: Mapping[str, State | None] = {
    "up": State.UP,
    "degraded": State.DEGRADED,
    "down": State.DOWN,
    "unknown": State.ERROR,
    "silent": None,
}
_STRETCH = re.compile(
    r"(?P<word>[a-z]+)(?: (?:x(?P<count>\d{1,9})|(?P<length>\d\w*)))?(?: in (?P<latency>\w+))?", re.ASCII
)


@frozen
class Stretch:
    """A time in which a check says the same.

    Attributes:
        state: what it says, or None where there are no results.
        length: how long, or None where a count or the end of all says so.
        count: of results, or None.
        latency: of each result, or None.
    """

    state: State | None
    length: Duration | None = None
    count: int | None = None
    latency: Duration | None = None

    def __str__(self) -> str:
        word = next(word for word, state in WORDS.items() if state is self.state)
        length = f"x{self.count}" if self.count is not None else self.length
        parts = [word, *([] if length is None else [str(length)]), *(["in", str(self.latency)] if self.latency else [])]
        return " ".join(parts)


def parse_series(text: str) -> tuple[Stretch, ...]:
    """Read a series.

    Raises:
        ValueError: it is none; the message says what to write.
    """
    parts = [part.strip() for part in text.split(",")]
    stretches = tuple(_stretch(part) for part in parts)
    for part, stretch in list(zip(parts, stretches, strict=True))[:-1]:
        if stretch.length is None and stretch.count is None:
            raise ValueError(f"{part!r} holds to the end, and more follows: write how long, as in {part} 30m")
    return stretches


def write_series(stretches: Sequence[Stretch]) -> str:
    """The series as it is written."""
    return ", ".join(str(stretch) for stretch in stretches)


def _stretch(text: str) -> Stretch:
    found = _STRETCH.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is no stretch of a series: write a state and how long, as in up 30m or down x3")
    word = found["word"]
    if word not in WORDS:
        close = get_close_matches(word, WORDS, n=1)
        raise ValueError(f"{word!r} is no state: write {close[0] if close else ', '.join(WORDS)}")
    stretch = Stretch(
        state=WORDS[word],
        length=None if found["length"] is None else parse_duration(found["length"]),
        count=None if found["count"] is None else int(found["count"]),
        latency=None if found["latency"] is None else parse_duration(found["latency"]),
    )
    if stretch.count == 0 or stretch.length == Duration(0):
        raise ValueError(f"{text!r} holds for no time at all: write how long, or take it out")
    return stretch
