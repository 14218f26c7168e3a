"""What the web shows, as questions it may ask: the web knows no store, no engine and no clock."""

import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from attrs import define, field, frozen

from sla_engine.engine.access import Doors
from sla_engine.engine.health import Measure
from sla_engine.engine.maintenance.board import Board
from sla_engine.engine.status import Status
from sla_engine.engine.tickets.front import Front
from sla_engine.model.support import SupportFigures
from sla_engine.model.zone import Zone
from sla_engine.plugin import WebhookCall

_Answer = TypeVar("_Answer")


@frozen
class Site:
    """One engine's answers.

    Attributes:
        status: how things stand now; takes as long as a judgement, so it is asked off the event loop.
        troubles: why the engine is not ready, for people; empty when it is.
        warnings: what is wrong although it is ready.
        measures: the engine's own figures.
        zone: in which the pages show times.
        board: what everybody may see of maintenance.
        desk: the tickets, or None where there is no desk.
        doors: who is let in to them.
        address: under which visitors reach the web, or None where nobody said it.
        hear: takes what a help desk of that name posts, or None where none is followed.
        figures: those of support in a period, by its name; takes as long as a judgement, as ``status`` does.
    """

    status: Callable[[], Status]
    troubles: Callable[[], Sequence[str]]
    warnings: Callable[[], Sequence[str]]
    measures: Callable[[], Sequence[Measure]]
    zone: Callable[[], Zone]
    board: Callable[[], Board] = lambda: Board(())
    desk: Front | None = None
    doors: Doors | None = None
    address: Callable[[], str | None] = lambda: None
    hear: Callable[[str, WebhookCall], Awaitable[object]] | None = None
    figures: Callable[[str], SupportFigures] | None = None


@define
class Remembered(Generic[_Answer]):
    """An answer that is asked for at most once in ``seconds``, however many visitors come at once."""

    ask: Callable[[], _Answer]
    seconds: float
    _lock: threading.Lock = field(factory=threading.Lock, init=False)
    _answer: tuple[float, _Answer] | None = field(default=None, init=False)

    def __call__(self) -> _Answer:
        """The answer, at most ``seconds`` old."""
        with self._lock:
            now = time.monotonic()
            if self._answer is None or now - self._answer[0] >= self.seconds:
                self._answer = (now, self.ask())
            return self._answer[1]
