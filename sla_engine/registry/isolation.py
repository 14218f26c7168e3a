"""Plugins from outside run in processes of their own, one try at a time in each.

So one that hangs, blocks its event loop, ends its process or swallows its cancellation costs its own result and nothing
else: its process is killed by its id, with all that it started, and replaced when needed. It is containment, not a
sandbox: the plugin may do what the engine's user may.
"""

import asyncio
import contextlib
import json
import os
import pickle
import signal
import struct
import sys
from collections.abc import Mapping

import structlog
from attrs import define, field, frozen

from sla_engine.model.result import State
from sla_engine.model.service import Check
from sla_engine.plugin import Doubt, Finding, Outcome, Trace
from sla_engine.registry.guard import NetworkGuard

GRACE = 0.25
"""Seconds after a try's deadline at which its process is given up."""
MOST_AT_ONCE = 8
"""Tries of the plugins of one distribution at once; those of another never wait for them."""
READY = b"ready\n"
_READY_WITHIN = 10.0
_MOST_TRIES = 1_000
_LENGTH = struct.Struct("!I")
_LONGEST_ANSWER = 1024 * 1024

_log = structlog.get_logger("sla_engine.isolation")


@frozen
class Order:
    """What a process is told to try.

    Attributes:
        environ: what secrets are read from.
        is_traced: whether the dialogue is wanted.
    """

    check: Check
    guard: NetworkGuard
    environ: Mapping[str, str] = field(repr=False)
    is_traced: bool = False


@define(eq=False)
class _Worker:
    """One process.

    Attributes:
        tries: how many it was given; after a number of them it is replaced, so that what a plugin leaks is freed.
    """

    process: asyncio.subprocess.Process
    tries: int = 0


@define(eq=False)
class _Team:
    """The processes of one distribution."""

    idle: list[_Worker] = field(factory=list)
    room: asyncio.Semaphore = field(factory=lambda: asyncio.Semaphore(MOST_AT_ONCE))


@define
class Isolation:
    """Processes for the plugins from outside; started when first needed.

    Attributes:
        environ: what secrets are read from.
    """

    environ: Mapping[str, str] = field(repr=False)
    _teams: dict[str, _Team] = field(factory=dict, init=False)

    async def run(self, check: Check, guard: NetworkGuard, distribution: str, trace: Trace | None = None) -> Outcome:
        """Try a check once in a process for that distribution; always gives an outcome.

        It comes at most `GRACE` after the check's timeout has passed twice: once waiting for a process where too many
        are at work, once trying; and the start of a new process takes what it takes.
        """
        try:
            order = _pack(Order(check, guard, dict(self.environ), trace is not None))
        except Exception as error:  # whatever a plugin's own object may raise
            return Outcome.error(f"probe {check.probe!r} has settings that cannot be sent to its process: {error!r}")
        team = self._teams.setdefault(distribution, _Team())
        seconds = check.timeout.microseconds / 1_000_000
        try:
            async with asyncio.timeout(seconds):
                await team.room.acquire()
        except TimeoutError:
            return Outcome.error(f"{MOST_AT_ONCE} runs of plugins of {distribution} are under way, and none has ended")
        try:
            return await _run_in(team, check, order, seconds, trace)
        finally:
            team.room.release()

    async def aclose(self) -> None:
        """End the processes."""
        for team in self._teams.values():
            while team.idle:
                await _kill(team.idle.pop())


async def _run_in(team: _Team, check: Check, order: bytes, seconds: float, trace: Trace | None) -> Outcome:
    worker = await _take(team)
    if worker is None:
        return Outcome.error(f"no process could be started for probe {check.probe!r}; see the log")
    worker.tries += 1
    try:
        async with asyncio.timeout(seconds + GRACE):
            outcome = await _converse(worker.process, order, trace)
    except TimeoutError:
        outcome = Outcome.error(f"probe {check.probe!r} did not end by its deadline of {check.timeout}; killed")
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        code = await _kill(worker)
        return Outcome.error(f"probe {check.probe!r} ended its process (status {code}): {error}")
    except BaseException:
        await _kill(worker)
        raise
    else:
        if worker.tries < _MOST_TRIES:
            team.idle.append(worker)
        else:
            await _kill(worker)
        return outcome
    await _kill(worker)
    return outcome


async def _take(team: _Team) -> _Worker | None:
    """A process that is ready for an order, or None where not even a new one is."""
    while team.idle:
        worker = team.idle.pop()
        if await _is_ready(worker):
            return worker
    try:
        worker = _Worker(await _start())
    except OSError as error:
        _log.error("no process for plugins from outside can be started", error=str(error))
        return None
    return worker if await _is_ready(worker) else None


async def _is_ready(worker: _Worker) -> bool:
    """Whether the process has tidied up after its last try; killed where not."""
    assert worker.process.stdout is not None
    try:
        async with asyncio.timeout(_READY_WITHIN):
            if await worker.process.stdout.readline() == READY:
                return True
    except (TimeoutError, ValueError):
        _log.warning("a process for plugins from outside is not ready again", process=worker.process.pid)
    except BaseException:
        await _kill(worker)
        raise
    await _kill(worker)
    return False


async def _start() -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        "-m",
        "sla_engine.registry.worker",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=_LONGEST_ANSWER,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)},
        start_new_session=True,  # a group of its own, to be killed as one, and out of reach of Ctrl-C
    )


def _pack(order: Order) -> bytes:
    content = pickle.dumps(order)
    return _LENGTH.pack(len(content)) + content


async def _converse(process: asyncio.subprocess.Process, order: bytes, trace: Trace | None) -> Outcome:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(order)
    await process.stdin.drain()
    line = await process.stdout.readline()
    if not line.endswith(b"\n"):
        raise EOFError("it gave no answer")
    answer = json.loads(line)
    if trace is not None:
        for told in answer["trace"]:
            trace(told)
    return Outcome(
        state=State(answer["state"]),
        reason=answer["reason"],
        phases=answer["phases"],
        values=answer["values"],
        evidence=answer["evidence"],
        findings=tuple(
            Finding(what, expected, seen, State(state)) for what, expected, seen, state in answer["findings"]
        ),
        doubt=None if answer["doubt"] is None else Doubt(answer["doubt"]),
    )


async def _kill(worker: _Worker) -> int:
    """End a process and all that it started; gives its exit status."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(worker.process.pid, signal.SIGKILL)
    return await worker.process.wait()
