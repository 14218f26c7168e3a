"""Plugins from outside run in processes of their own, one try at a time in each.

So one that hangs, blocks its event loop, ends its process or swallows its cancellation costs its own result and nothing
else: its process is killed by its pid and replaced.
"""

import asyncio
import json
import os
import pickle
import struct
import sys
from collections.abc import Mapping

from attrs import define, field, frozen

from sla_engine.model.result import State
from sla_engine.model.service import Check
from sla_engine.plugin import Outcome
from sla_engine.registry.guard import NetworkGuard

GRACE = 1.0
"""Seconds after a try's deadline at which its process is given up."""
_LENGTH = struct.Struct("!I")
_LONGEST_ANSWER = 1024 * 1024


@frozen
class Order:
    """What a process is told to try.

    Attributes:
        path: where modules are found, as the settings' class may come from anywhere on it.
    """

    check: Check
    guard: NetworkGuard
    environ: Mapping[str, str]
    path: tuple[str, ...]


@define
class Isolation:
    """Processes for the plugins from outside; started when first needed.

    Attributes:
        environ: what secrets are read from.
        most: how many tries may run at once.
    """

    environ: Mapping[str, str]
    most: int = 4
    _idle: list[asyncio.subprocess.Process] = field(factory=list, init=False)
    _free: asyncio.Semaphore = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._free = asyncio.Semaphore(self.most)

    async def run(self, check: Check, guard: NetworkGuard) -> Outcome:
        """Try a check once in a process of its own; always gives an outcome."""
        order = Order(check, guard, dict(self.environ), tuple(sys.path))
        seconds = check.timeout.microseconds / 1_000_000
        async with self._free:
            process = await self._take()
            try:
                async with asyncio.timeout(seconds + GRACE):
                    outcome = await _converse(process, order)
            except TimeoutError:
                outcome = Outcome.error(f"probe {check.probe!r} did not end by its deadline of {check.timeout}; killed")
            except (OSError, EOFError, asyncio.LimitOverrunError, ValueError) as error:
                outcome = Outcome.error(f"probe {check.probe!r} ended its process: {str(error) or 'no answer'}")
            except BaseException:
                await _kill(process)
                raise
            else:
                self._idle.append(process)
                return outcome
            await _kill(process)
            return outcome

    async def aclose(self) -> None:
        """End the processes."""
        while self._idle:
            await _kill(self._idle.pop())

    async def _take(self) -> asyncio.subprocess.Process:
        while self._idle:
            process = self._idle.pop()
            if process.returncode is None:
                return process
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "sla_engine.registry.worker",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=_LONGEST_ANSWER,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)},
        )


async def _converse(process: asyncio.subprocess.Process, order: Order) -> Outcome:
    assert process.stdin is not None
    assert process.stdout is not None
    content = pickle.dumps(order)
    process.stdin.write(_LENGTH.pack(len(content)) + content)
    await process.stdin.drain()
    line = await process.stdout.readline()
    if not line.endswith(b"\n"):
        raise EOFError("it ended without an answer")
    answer = json.loads(line)
    return Outcome(State(answer["state"]), answer["reason"], answer["phases"], answer["values"], answer["evidence"])


async def _kill(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.kill()
    await process.wait()
