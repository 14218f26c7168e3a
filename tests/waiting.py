"""Waiting for what other threads, processes and servers do; how fast the machine is decides nothing."""

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

_Found = TypeVar("_Found")

PATIENCE = 120.0
"""Seconds. What passes does not wait for long; a machine that is busy with other tests may need many."""
_BETWEEN = 0.02


def wait(holds: Callable[[], _Found], what: str) -> _Found:
    """Wait until something holds, and give it; what cannot be reached or read yet does not.

    Raises:
        AssertionError: it does not; says in words what was waited for.
    """
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if found := _found(holds):
            return found
        time.sleep(_BETWEEN)
    raise AssertionError(f"waited {PATIENCE:.0f} s in vain: {what}")


async def wait_in_loop(holds: Callable[[], _Found], what: str) -> _Found:
    """As ``wait``, while the event loop goes on.

    Raises:
        AssertionError: as there.
    """
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if found := _found(holds):
            return found
        await asyncio.sleep(_BETWEEN)
    raise AssertionError(f"waited {PATIENCE:.0f} s in vain: {what}")


def _found(holds: Callable[[], _Found]) -> _Found | None:
    try:
        return holds()
    except (OSError, ValueError):
        return None
