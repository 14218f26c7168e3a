"""Having a probe end by its deadline: ours in the task that runs it anyway, any other in a task of its own."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from attrs import define, field

from sla_engine.plugin.probe import Log

HEARING = 0.2
"""Seconds in which a probe may tell of its deadline itself: on a busy event loop it hears of it late, and only it can
name the stage."""
TIDYING_UP = 0.1
"""Seconds in which a probe that was cancelled may tidy up."""

_Answer = TypeVar("_Answer")


async def in_this_task(work: Coroutine[Any, Any, _Answer], seconds: float) -> _Answer:
    """What comes of work that ends when it is cancelled; where it hangs at tidying up, it is cancelled again and again.

    This spares a task and three turns of the event loop.

    Raises:
        TimeoutError: it did not end in time.
        asyncio.CancelledError: it cancelled itself, or this very task was cancelled.
    """
    task = asyncio.current_task()
    assert task is not None
    deadline = _Deadline(task)
    deadline.come(seconds)
    try:
        answer = await work
    except asyncio.CancelledError:
        if deadline.is_over() and not task.cancelling():
            raise TimeoutError from None
        raise
    finally:
        deadline.timer.cancel()
    if deadline.is_over():
        raise TimeoutError
    return answer


async def in_own_task(work: Coroutine[Any, Any, _Answer], seconds: float, log: Log) -> _Answer:
    """What comes of work that may do anything; where it ignores that it is cancelled, it is left behind.

    Raises:
        TimeoutError: it did not end in time.
        asyncio.CancelledError: it cancelled itself, or this very task was cancelled.
    """
    attempt = asyncio.ensure_future(work)
    try:
        done, _ = await asyncio.wait((attempt,), timeout=seconds)
        if not done:
            done, _ = await asyncio.wait((attempt,), timeout=HEARING)
        if not done:
            attempt.cancel()
            done, _ = await asyncio.wait((attempt,), timeout=TIDYING_UP)
            if not done:
                log.warning("the probe ignores that it is cancelled")
            raise TimeoutError
    except asyncio.CancelledError:
        attempt.cancel()
        raise
    return attempt.result()


@define(eq=False)
class _Deadline:
    """Cancels a task at its deadline, as often as it takes."""

    task: asyncio.Task[Any]
    timer: asyncio.TimerHandle = field(init=False)
    _cancelled: int = field(default=0, init=False)

    def come(self, seconds: float) -> None:
        """Come in so many seconds."""
        self.timer = asyncio.get_running_loop().call_later(seconds, self._hear)

    def is_over(self) -> bool:
        """Whether it has come; the task is no longer being cancelled by it."""
        for _ in range(self._cancelled):
            self.task.uncancel()
        return self._cancelled > 0

    def _hear(self) -> None:  # a timer of its own, so that the probe has this time also after the loop stood still
        self.timer = asyncio.get_running_loop().call_later(HEARING, self._cancel)

    def _cancel(self) -> None:
        self._cancelled += 1
        self.task.cancel()
        self.timer = asyncio.get_running_loop().call_later(TIDYING_UP, self._cancel)
