"""When a message that falls due can go out, and to whom: holds, calendars, and who is on call by then."""

from collections.abc import Sequence
from typing import Literal, TypeAlias

from attrs import frozen

from sla_engine.calendars import CalendarError
from sla_engine.model.instant import Instant
from sla_engine.model.interval import Interval
from sla_engine.policy import PolicySet

FOREVER: Instant = 2**62
"""The end of what has none yet."""

_MOST_TURNS = 1_000

Cause: TypeAlias = Literal["hold", "calendar", "turn"]


@frozen
class Wait:
    """Why a message does not go out at once.

    Attributes:
        since, until: for how long.
        cause: it is held, a calendar is closed, or whoever is on call cannot be reached until the next turn.
        name: of the calendar or the rotation; empty for a hold.
    """

    since: Instant
    until: Instant
    cause: Cause
    name: str = ""


@frozen
class Reached:
    """Who is told, and when.

    Attributes:
        notifier: its id.
        waits: what came before, in order.
        stands_in: whether somebody stands in for whose turn it is.
    """

    at: Instant
    notifier: str
    waits: tuple[Wait, ...] = ()
    stands_in: bool = False


def reach(name: str, due_at: Instant, held: Sequence[Interval], policies: PolicySet) -> Reached | None:
    """The first instant at which somebody can be told, or None where there is none in sight.

    Args:
        name: a notifier, or a rotation, whose notifier is the one on call by then.
        held: the set of intervals in which nobody is told.
    """
    at, waits = due_at, list[Wait]()
    for _ in range(_MOST_TURNS):
        shift, wait = _look(name, at, held, policies)
        if wait is None:
            return Reached(at, shift[0], tuple(waits), shift[1])
        if wait.until >= FOREVER:
            return None
        at = wait.until
        waits.append(wait)
    return None


def on_call(name: str, at: Instant, policies: PolicySet) -> str:
    """The notifier that a name stands for at an instant."""
    rotation = policies.rotations.get(name)
    return name if rotation is None else rotation.shift(at).notifier


def released(at: Instant, held: Sequence[Interval]) -> Instant:
    """The first instant from ``at`` on that lies in none of a set of intervals."""
    return next((end for start, end in held if start <= at < end), at)


def _look(
    name: str, at: Instant, held: Sequence[Interval], policies: PolicySet
) -> tuple[tuple[str, bool], Wait | None]:
    """Who it is at an instant, and what there is to wait for before looking again."""
    if (end := released(at, held)) > at:
        return (name, False), Wait(at, end, "hold")
    rotation, notifier, stands_in, until = policies.rotations.get(name), name, False, FOREVER
    if rotation is not None:
        if (wait := _closed(rotation.during, at, policies)) is not None:
            return (name, False), wait
        shift = rotation.shift(at)
        notifier, stands_in, until = shift.notifier, shift.stands_in, shift.until
    known = policies.notifiers.get(notifier)
    wait = None if known is None else _closed(known.table.during, at, policies)
    if wait is not None and wait.until > until:
        wait = Wait(at, until, "turn", name)
    return (notifier, stands_in), wait


def _closed(calendar: str | None, at: Instant, policies: PolicySet) -> Wait | None:
    if calendar is None:
        return None
    try:
        opens = policies.calendars[calendar].next_open_at(at)
    except CalendarError:  # never again, as far as calendars reach
        opens = FOREVER
    return None if opens == at else Wait(at, opens, "calendar", calendar)
