"""Parts: what is at work in one engine, each started, ended, asked what is wrong and counted in the one way.

Some run on the event loop and some in threads of their own; whoever keeps them at work need not know which.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol, TypeAlias

from attrs import define, field

from sla_engine.engine.health import Measure


class Part(Protocol):
    """Something that is at work from its start until it is stopped."""

    def start(self) -> None:
        """Be at work from now on."""

    async def stop(self) -> None:
        """End within some seconds; what is left is done at the next start."""

    @property
    def troubles(self) -> Sequence[str]:
        """What is wrong with it just now, for people."""

    @property
    def measures(self) -> Sequence[Measure]:
        """Its figures, for operators."""


Wave: TypeAlias = Sequence[Part]
"""Parts that may be started in any order, and stopped side by side."""


@define(eq=False)
class OnLoop:
    """A part on the event loop.

    Attributes:
        matter: what it is about, as in ``sending messages``.
        run: is at work until it is told to end.
        end: tells it; None where it may be broken off anywhere.
        wrong: what is wrong with it.
        counts: its figures.
    """

    matter: str
    run: Callable[[], Coroutine[Any, Any, None]]
    end: Callable[[], None] | None = None
    wrong: Callable[[], Sequence[str | None]] = tuple
    counts: Callable[[], Sequence[Measure]] = tuple
    _task: asyncio.Task[None] | None = field(default=None, init=False)
    _is_ending: bool = field(default=False, init=False)

    @property
    def task(self) -> asyncio.Task[None]:
        """The part at work; done when it has ended, which it should not by itself."""
        assert self._task is not None, "it was started"
        return self._task

    def start(self) -> None:
        """Be at work from now on."""
        self._task = asyncio.create_task(self.run(), name=self.matter)

    async def stop(self) -> None:
        """End, and raise what ended it before."""
        self._is_ending = True
        if self.end is None:
            self.task.cancel()
        else:
            self.end()
        await asyncio.wait([self.task])
        if not self.task.cancelled():
            self.task.result()

    @property
    def troubles(self) -> Sequence[str]:
        """What is wrong with it, and that it ended where nobody had told it to."""
        ended = self._task is not None and self._task.done() and not self._is_ending
        return [*([f"{self.matter} has ended; start the engine anew"] if ended else []), *_said(self.wrong())]

    @property
    def measures(self) -> Sequence[Measure]:
        """Its figures."""
        return self.counts()


@define(eq=False)
class InThreads:
    """A part in threads, or in a process, of its own.

    Attributes:
        begin, end: start it and end it; the end may take some seconds.
        wrong: what is wrong with it.
        counts: its figures.
    """

    begin: Callable[[], None]
    end: Callable[[], None]
    wrong: Callable[[], Sequence[str | None]] = tuple
    counts: Callable[[], Sequence[Measure]] = tuple

    def start(self) -> None:
        """Be at work from now on."""
        self.begin()

    async def stop(self) -> None:
        """End."""
        await asyncio.to_thread(self.end)

    @property
    def troubles(self) -> Sequence[str]:
        """What is wrong with it."""
        return _said(self.wrong())

    @property
    def measures(self) -> Sequence[Measure]:
        """Its figures."""
        return self.counts()


@asynccontextmanager
async def at_work(waves: Sequence[Wave]) -> AsyncIterator[None]:
    """Have parts at work while the block lasts, each wave from before those that follow until after them.

    What was started is stopped, whatever goes wrong at others; the first thing that went wrong is raised in the end.
    """
    started: list[list[Part]] = []
    try:
        for wave in waves:
            started.append([])
            for part in wave:
                part.start()
                started[-1].append(part)
        yield
    finally:
        faults: list[BaseException] = []
        for parts in reversed(started):
            ends = await asyncio.gather(*(part.stop() for part in parts), return_exceptions=True)
            faults += [end for end in ends if isinstance(end, BaseException)]
        for fault in faults:
            raise fault


def _said(wrong: Iterable[str | None]) -> list[str]:
    return [one for one in wrong if one is not None]
