"""Following the changes of a help desk: each ticket that changed is read anew, whole, the one that changed first first.

What has been read is kept as a position: up to which change, and which changes of the last stretch were read, as that
stretch is asked for again. A help desk may show a change late, and a clock that is set back may show it before others.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any

from attrs import define, field, frozen

from sla_desks.asking import UnreadableError
from sla_engine.plugin import SourceError, SourceEvent, SourceNews, SourceRun

MOST_EVENTS = 10_000
"""Events of one look, after which the next one follows."""
_RESERVE = 20.0
_MOST_AGAIN = 1_000


@frozen
class Row:
    """A ticket that changed.

    Attributes:
        ticket: the number by which the help desk is asked for it.
        stamp: when it changed last, as a text that sorts.
    """

    ticket: str
    stamp: str


@define
class Position:
    """How far a help desk has been read.

    Attributes:
        until: the last change.
        seen: the changes of the last stretch that were read, by ticket.
        again: tickets that could not be read, and are asked for again.
    """

    until: str
    seen: dict[str, str] = field(factory=dict)
    again: list[str] = field(factory=list)

    def written(self, overlap: Callable[[str], str]) -> str:
        """As it is kept."""
        since = overlap(self.until)
        seen = {ticket: stamp for ticket, stamp in sorted(self.seen.items()) if stamp >= since}
        return json.dumps({"until": self.until, "seen": seen, "again": self.again[:_MOST_AGAIN]})


async def follow(
    position: Position,
    rows: Callable[[str], AsyncIterator[Row]],
    look: Callable[[str], Awaitable[Sequence[SourceEvent]]],
    overlap: Callable[[str], str],
    run: SourceRun,
) -> SourceNews:
    """What happened to the tickets that changed since a position.

    Args:
        rows: gives those that changed from a stamp on, the first first.
        look: gives everything that happened to a ticket.
        overlap: gives the stamp from which changes are asked for again, once they were read up to another.

    Raises:
        SourceError: the help desk cannot be read, or none of the tickets that changed.
    """
    following = _Following(position, look, run)
    stopped: SourceError | None = None
    is_more = False
    try:
        is_more = await following.read_changes(rows(overlap(position.until)))
    except SourceError as error:
        stopped = error
    if not following.has_read and (stopped or following.failure):
        raise stopped or SourceError(following.failure or "")
    unread = following.failure and f"a ticket cannot be read, and others are: {following.failure}"
    return SourceNews(
        tuple(following.events),
        position.written(overlap),
        is_more,
        trouble=unread if stopped is None else stopped.reason,
        retry_after=None if stopped is None else stopped.retry_after,
    )


@define
class _Following:
    """One look: what was read of it, and what could not be."""

    position: Position
    look: Callable[[str], Awaitable[Sequence[SourceEvent]]]
    run: SourceRun
    events: list[SourceEvent] = field(factory=list)
    has_read: bool = False
    failure: str | None = None

    async def read_changes(self, rows: AsyncIterator[Row]) -> bool:
        """Read tickets while there is time, first those that could not be read before; tells whether there are more."""
        again, self.position.again = self.position.again, []
        for position, ticket in enumerate(again):
            try:
                await self.read(ticket)
            except SourceError:
                self.position.again += again[position:]
                raise
        async for row in rows:
            if self.position.seen.get(row.ticket) == row.stamp:
                continue
            if self.run.remaining() < _RESERVE or len(self.events) > MOST_EVENTS:
                return True
            await self.read(row.ticket)
            self.position.seen[row.ticket] = row.stamp
            self.position.until = max(self.position.until, row.stamp)
        return False

    async def read(self, ticket: str) -> None:
        """Read a ticket; one that cannot be read holds up no other, and is asked for again."""
        try:
            self.events += await self.look(ticket)
            self.has_read = True
        except UnreadableError as error:
            self.run.log.warning("a ticket cannot be read", ticket=ticket, reason=str(error))
            if not error.is_gone:
                self.failure = self.failure or str(error)
                self.position.again.append(ticket)


def read_position(text: str | None, start: str) -> Position:
    """The position that was kept; where it says nothing, the start."""
    try:
        kept: Any = json.loads(text or "")
    except ValueError:
        return Position(start)
    if not isinstance(kept, Mapping) or not isinstance(kept.get("until"), str):
        return Position(start)
    return Position(kept["until"], dict(kept.get("seen", {})), list(kept.get("again", [])))
