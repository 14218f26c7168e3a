"""Judgement in a process of its own: a thread would take the interpreter from the probes.

What is asked is a function of the policies, the store and an instant. It goes by its name, and what it gives comes
back: how things stand, how budgets burn, how support was.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from functools import partial
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, TypeAlias

import structlog
from attrs import define, field, frozen

from sla_engine.engine.escalation.burning import budgets_that_burn
from sla_engine.engine.escalation.burns import Burning
from sla_engine.engine.standing import standing
from sla_engine.engine.status import Status
from sla_engine.engine.tickets.figures import figures_of
from sla_engine.model.instant import Instant
from sla_engine.model.support import SupportFigures
from sla_engine.policy import PolicySet, take_snapshot
from sla_engine.store import Store

PATIENCE = 20.0
"""Seconds that an answer may take, and the start of a process."""

_log = structlog.get_logger("sla_engine.judge")


Work: TypeAlias = Callable[[PolicySet, Store, Instant], Any]
"""A function of a module, which can be sent."""


class JudgeError(Exception):
    """Something could not be worked out; the message says why."""


@frozen
class Question:
    """Something to be worked out.

    Attributes:
        store_url: where the results are.
        snapshot: the policies' text where the process does not know these policies yet, else None.
    """

    work: Work
    store_url: str = field(repr=False)
    policy_hash: str
    snapshot: bytes | None = field(repr=False)
    at: Instant


@frozen
class Answer:
    """What was worked out, or why that could not be done."""

    found: Any = None
    fault: str | None = None


@frozen
class _Worker:
    process: subprocess.Popen[bytes]
    line: Connection


@define(eq=False)
class Judge:
    """Asks one process, which is started at the first question and replaced where it ends, until it is closed."""

    store_url: str = field(repr=False)
    _worker: _Worker | None = field(default=None, init=False)
    _told: str | None = field(default=None, init=False)
    _trouble: str | None = field(default=None, init=False)
    _fault: str | None = field(default=None, init=False)
    _is_closed: bool = field(default=False, init=False)
    _turn: threading.Lock = field(factory=threading.Lock, init=False)

    @property
    def process(self) -> int | None:
        """The id of the process, or None where nobody has looked yet."""
        return None if self._worker is None else self._worker.process.pid

    @property
    def trouble(self) -> str | None:
        """Why nobody can be told how things stand, for people, or None."""
        worker = self._worker
        if worker is not None and (code := worker.process.poll()) is not None:
            return f"the process that judges ended (status {code}); the next look at the status starts another"
        return self._trouble or self._fault

    def standing(self, policies: PolicySet, at: Instant) -> Status:
        """How things stand at an instant by these policies.

        Raises:
            JudgeError: there is no answer.
        """
        try:
            found: Status = self._answer("how things stand", standing, policies, at)
        except JudgeError as error:
            self._fault = str(error)
            raise
        self._fault = None
        return found

    def burning(self, policies: PolicySet, at: Instant) -> Sequence[Burning]:
        """How the budgets burn that escalations watch.

        Raises:
            JudgeError: there is no answer.
        """
        found: Sequence[Burning] = self._answer("how budgets burn", budgets_that_burn, policies, at)
        return found

    def support(self, policies: PolicySet, period: str, at: Instant) -> SupportFigures:
        """The figures of support of a period, as they are known at an instant.

        Raises:
            JudgeError: there is no answer.
        """
        found: SupportFigures = self._answer("how support was", partial(_figures, period), policies, at)
        return found

    def close(self) -> None:
        """End the process; whoever waits for an answer, or asks from now on, gets none."""
        self._is_closed = True
        self._end()

    def _end(self) -> None:
        worker, self._worker, self._told = self._worker, None, None
        if worker is not None:
            worker.process.kill()  # before the line is closed, so that whoever waits for an answer hears of it
            worker.process.wait()
            worker.line.close()

    def _answer(self, what: str, work: Work, policies: PolicySet, at: Instant) -> Any:
        with self._turn:
            try:
                answer = self._ask(work, policies, at)
            except (OSError, EOFError) as error:
                self._end()
                self._trouble = f"the process that judges gives no answer: {error or 'it ended'}"
                _log.warning("nothing can be judged", trouble=self._trouble)
                raise JudgeError(self._trouble) from error
            self._trouble = None
        if answer.fault is not None:
            raise JudgeError(f"{what} cannot be worked out: {answer.fault}")
        return answer.found

    def _ask(self, work: Work, policies: PolicySet, at: Instant) -> Answer:
        line = self._at_work().line
        snapshot = None if policies.hash == self._told else take_snapshot(policies)
        line.send(Question(work, self.store_url, policies.hash, snapshot, at))
        answer: Answer = _hear(line)
        if answer.fault is None:
            self._told = policies.hash
        return answer

    def _at_work(self) -> _Worker:
        """The process, which waits for a question."""
        worker = self._worker
        if worker is not None and worker.process.poll() is not None:
            self._end()
            worker = None
        if worker is None and not self._is_closed:
            worker = self._worker = _start()
            _hear(worker.line)
        if worker is None or self._is_closed:  # perhaps while it was started
            raise EOFError("the engine ends")
        return worker


def _figures(period: str, policies: PolicySet, store: Store, at: Instant) -> SupportFigures:
    return figures_of(policies, store, period, at)


def _hear(line: Connection) -> Any:
    if not line.poll(PATIENCE):
        raise TimeoutError(f"none came within {PATIENCE:g} s")
    return line.recv()


def _start() -> _Worker:
    ours, its = Pipe()
    with its:
        process = subprocess.Popen(  # noqa: S603 (our own module)
            [sys.executable, "-P", "-m", "sla_engine.app.judging", str(its.fileno())],
            pass_fds=[its.fileno()],
            stdin=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)},
            start_new_session=True,  # out of reach of Ctrl-C: it ends with the engine
        )
    return _Worker(process, ours)
