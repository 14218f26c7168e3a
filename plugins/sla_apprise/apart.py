"""One try in a process of its own: the library waits for its services itself, and only a process can be ended."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import Sequence

import attrs
from attrs import frozen

from sla_engine.plugin import NotifyRun

_HEAD_START = 0.1
"""Seconds before the deadline at which a try is given up, so that what became of it can still be told."""


@frozen
class Order:
    """What the process is told.

    Attributes:
        kind: how the services shall show it: info, success, warning or failure.
    """

    urls: Sequence[str]
    title: str
    body: str
    kind: str


@frozen
class Sent:
    """What became of the message at one address; see `Delivery`."""

    sent: bool
    certain: bool
    detail: str


async def send_apart(order: Order, run: NotifyRun) -> Sequence[Sent]:
    """Send by each address; what has not ended before the run's deadline is ended."""
    seconds = max(run.remaining() - _HEAD_START, 0.0)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        "-m",
        "sla_apprise.sending",
        str(seconds),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)},
        start_new_session=True,  # a group of its own, to be ended as one
    )
    try:
        async with asyncio.timeout(seconds):
            answer, _ = await process.communicate(json.dumps(attrs.asdict(order)).encode())
    except TimeoutError:
        return [Sent(False, False, "not done before the deadline")] * len(order.urls)
    finally:
        await _end(process)
    if process.returncode != 0:
        return [Sent(False, False, f"its process ended with status {process.returncode}")] * len(order.urls)
    return [Sent(**one) for one in json.loads(answer)]


async def _end(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
