"""When to warn that an answer falls due: each time a further part of the promised open time has been used up."""

from collections.abc import Iterable, Iterator, Sequence

from sla_engine.model.contract import BusinessTime
from sla_engine.model.duration import Duration
from sla_engine.model.instant import Instant
from sla_engine.model.verdict import Clock, Warned

PERCENTS = (50, 75, 90)


def warnings(clock: Clock, calendar: BusinessTime, percents: Sequence[int] = PERCENTS) -> list[Warned]:
    """The instants at which a clock has used up so much of its promise, in open time and pauses left out.

    Of a clock that runs they reach into the future, as far as things stand; the caller gives those that have come, each
    once. An instant that came before a pause began stays where it was, so what was given is never taken back. While the
    customer is waited for, and after the answer, nothing further comes; nor of a clock that can never fall due.

    Args:
        calendar: that on which the clock runs.
        percents: ascending.
    """
    return list(_warnings(clock, calendar, percents))


def _warnings(clock: Clock, calendar: BusinessTime, percents: Iterable[int]) -> Iterator[Warned]:
    if clock.due_at is None and not clock.is_paused:
        return
    for percent in percents:
        # A fraction of a microsecond counts as a whole one, so that no warning comes early.
        at = _used_up_at(clock, -(-clock.allowed * percent // 100), calendar)
        if at is None or (clock.stopped_at is not None and at >= clock.stopped_at):
            return
        yield Warned(at, percent)


def _used_up_at(clock: Clock, used: int, calendar: BusinessTime) -> Instant | None:
    """The earliest instant at which so much open time is used up; None where a pause without an end comes first."""
    paused = 0
    for begin, end in clock.pauses:
        if calendar.open_between(clock.started_at, begin) - paused >= used:
            break
        if end is None:
            return None
        paused += calendar.open_between(begin, end)
    return calendar.due(clock.started_at, Duration(used + paused))
