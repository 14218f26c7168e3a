"""Plugins from outside run in processes of their own, one try at a time in each.

So one that hangs, blocks its event loop, ends its process or swallows its cancellation costs its own try and nothing
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
from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar

import structlog
from attrs import define, field, frozen

from sla_engine.model.duration import Duration
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

_Answer = TypeVar("_Answer")
_log = structlog.get_logger("sla_engine.isolation")


class NoAnswerError(Exception):
    """A plugin's process gave no answer that can be used; the message says who and why.

    Attributes:
        was_begun: whether it may have done what it was told to.
    """

    def __init__(self, text: str, *, was_begun: bool) -> None:
        super().__init__(text)
        self.was_begun = was_begun


class Job(Protocol):
    """What a process is told to do."""

    @property
    def doer(self) -> str:
        """Whose plugin does it, for people, such as ``probe 'http'``."""
        ...

    @property
    def within(self) -> Duration:
        """How long it may take."""
        ...


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

    @property
    def doer(self) -> str:
        """The probe."""
        return f"probe {self.check.probe!r}"

    @property
    def within(self) -> Duration:
        """The deadline of a try."""
        return self.check.timeout


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
        order = Order(check, guard, dict(self.environ), trace is not None)
        try:
            return await self.ask(order, distribution, lambda answer: _outcome(answer, trace))
        except NoAnswerError as error:
            return Outcome.error(str(error))

    async def ask(self, job: Job, distribution: str, read: Callable[[Any], _Answer]) -> _Answer:
        """What comes of a job, done in a process for that distribution.

        Args:
            read: makes something of the answer; what it raises counts as no answer.

        Raises:
            NoAnswerError: it was not done, or not in time, or nothing can be made of the answer.
        """
        try:
            order = _pack(job)
        except Exception as error:  # whatever a plugin's own object may raise
            text = f"{job.doer} has settings that cannot be sent to its process: {error!r}"
            raise NoAnswerError(text, was_begun=False) from error
        team = self._teams.setdefault(distribution, _Team())
        try:
            async with asyncio.timeout(job.within.microseconds / 1_000_000):
                await team.room.acquire()
        except TimeoutError as error:
            text = f"{MOST_AT_ONCE} runs of plugins of {distribution} are under way, and none has ended"
            raise NoAnswerError(text, was_begun=False) from error
        try:
            return await _ask_one_of(team, job, order, read)
        finally:
            team.room.release()

    async def aclose(self) -> None:
        """End the processes."""
        for team in self._teams.values():
            while team.idle:
                await _kill(team.idle.pop())


async def _ask_one_of(team: _Team, job: Job, order: bytes, read: Callable[[Any], _Answer]) -> _Answer:
    worker = await _take(team)
    if worker is None:
        raise NoAnswerError(f"no process could be started for {job.doer}; see the log", was_begun=False)
    worker.tries += 1
    try:
        async with asyncio.timeout(job.within.microseconds / 1_000_000 + GRACE):
            answer = read(await _converse(worker.process, order))
    except TimeoutError as error:
        await _kill(worker)
        text = f"{job.doer} did not end by its deadline of {job.within}; killed"
        raise NoAnswerError(text, was_begun=True) from error
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        code = await _kill(worker)
        raise NoAnswerError(f"{job.doer} ended its process (status {code}): {error}", was_begun=True) from error
    except BaseException:
        await _kill(worker)
        raise
    if worker.tries < _MOST_TRIES:
        team.idle.append(worker)
    else:
        await _kill(worker)
    return answer


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


def _pack(job: Job) -> bytes:
    content = pickle.dumps(job)
    return _LENGTH.pack(len(content)) + content


async def _converse(process: asyncio.subprocess.Process, order: bytes) -> Any:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(order)
    await process.stdin.drain()
    line = await process.stdout.readline()
    if not line.endswith(b"\n"):
        raise EOFError("it gave no answer")
    return json.loads(line)


def _outcome(answer: Mapping[str, Any], trace: Trace | None) -> Outcome:
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
