"""The one writer: a thread that takes results from the engine and commits them in batches.

Putting a result costs next to nothing and never waits. A database that is locked, full or gone is tried again, in
order, until the bound of what can be held is reached; then the oldest of what waits is refused, and that is said.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence

import sqlalchemy as sa
import structlog

from sla_engine.model.instant import Instant
from sla_engine.model.result import Result
from sla_engine.store.checkpoints import Checkpoints
from sla_engine.store.closing import ClosedDay
from sla_engine.store.policies import LoadedPolicies, keep_policies
from sla_engine.store.recording import Recorder
from sla_engine.store.tables import events

BATCH = 1_000
FLUSH_AFTER = 0.25
MOST_WAITING = 200_000
_PAUSE_AFTER_TROUBLE = 1.0

_log = structlog.get_logger("sla_engine.store")


class Writer:
    """Writes results and events; started and closed by the store.

    Attributes:
        trouble: why nothing can be written just now, or None.
        written: results committed since the start, repeated ones not counted.
        refused: results given up since the start.
        observers: told of each batch after its commit, in the writer's thread.
    """

    def __init__(
        self,
        connect: Callable[[], sa.Connection],
        confirm: Callable[[sa.Connection], None],
        checkpoints: Checkpoints | None,
    ) -> None:
        self.trouble: str | None = None
        self.written = 0
        self.refused = 0
        self.observers: list[Callable[[Sequence[Result]], None]] = []
        self._connect = connect
        self._confirm = confirm
        self._checkpoints = checkpoints
        self._waiting: deque[Result] = deque()
        self._events: deque[tuple[Instant, str, str]] = deque()
        self._orders: deque[Callable[[Recorder], None]] = deque()
        self._work = threading.Event()
        self._idle = threading.Condition()
        self._is_closing = False
        self._thread = threading.Thread(target=self._run, name="store writer", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """How many results wait to be written."""
        return len(self._waiting)

    def put(self, result: Result) -> None:
        """Hand over a result; it is durable after the next `flush`."""
        if len(self._waiting) >= MOST_WAITING:
            self._waiting.popleft()
            self.refused += 1
        self._waiting.append(result)
        if len(self._waiting) >= BATCH:
            self._work.set()

    def record_event(self, at: Instant, kind: str, detail: str) -> None:
        """Hand over something that happened to the engine itself."""
        self._events.append((at, kind, detail))

    def close_days(self, days: Sequence[ClosedDay]) -> None:
        """Have packed days take the place of their rows; waits until they have, or the writer ends."""

        def order(recorder: Recorder) -> None:
            recorder.close_days(days)

        self._orders.append(order)
        self._work.set()
        with self._idle:
            self._idle.wait_for(lambda: order not in self._orders or self._is_closing)

    def keep_policies(self, loaded: LoadedPolicies) -> None:
        """Hand over a policy set that was taken up."""
        self._orders.append(lambda recorder: keep_policies(recorder.connection, loaded))
        self._work.set()

    def flush(self, timeout: float | None = None) -> bool:
        """Wait until all that was handed over is durable; False where that takes longer than ``timeout`` seconds."""
        self._work.set()
        with self._idle:
            return self._idle.wait_for(lambda: not self._has_work(), timeout)

    def close(self, timeout: float = 5.0) -> bool:
        """Write what waits, and end; False where something could not be written in time."""
        done = self.flush(timeout)
        self._is_closing = True
        self._work.set()
        self._thread.join(timeout)
        return done

    def _has_work(self) -> bool:
        return bool(self._waiting or self._events or self._orders)

    def _run(self) -> None:
        recorder: Recorder | None = None
        while not self._is_closing:
            self._work.wait(FLUSH_AFTER)
            self._work.clear()
            while self._has_work() and not self._is_closing:
                recorder = self._attempt(self._write, recorder)
                self._notify()
            self._notify()
            if self._checkpoints is not None and self._checkpoints.is_due():  # others write, too
                recorder = self._attempt(self._look_at_log, recorder)
        self._notify()
        _drop(recorder)

    def _notify(self) -> None:
        with self._idle:
            self._idle.notify_all()

    def _attempt(self, work: Callable[[Recorder], None], recorder: Recorder | None) -> Recorder | None:
        """Do something; gives what to go on by, which is nothing where it failed."""
        try:
            recorder = recorder or Recorder(self._connect())
            work(recorder)
        except (sa.exc.SQLAlchemyError, OSError, ValueError) as error:
            self._note(error)
            _drop(recorder)
            time.sleep(_PAUSE_AFTER_TROUBLE)
            return None
        self.trouble = None
        return recorder

    def _look_at_log(self, recorder: Recorder) -> None:
        if self._checkpoints is not None and self._checkpoints.is_due():
            self._checkpoints.make(recorder.connection)

    def _write(self, recorder: Recorder) -> None:
        """One transaction; what it took is taken off the queues only after its commit."""
        batch = [self._waiting[index] for index in range(min(BATCH, len(self._waiting)))]
        happened = list(self._events)
        order = self._orders[0] if self._orders and not batch else None
        with recorder.connection.begin():
            self._confirm(recorder.connection)  # that no other engine writes
            new = recorder.record(batch)
            if happened:
                rows = [{"at": at, "kind": kind, "detail": detail} for at, kind, detail in happened]
                recorder.connection.execute(events.insert(), rows)
            if order is not None:
                order(recorder)
        for queue, taken in ((self._waiting, batch), (self._events, happened)):
            for item in taken:
                if queue and queue[0] is item:  # the bound may have pushed it out meanwhile
                    queue.popleft()
        if order is not None:
            self._orders.popleft()
        self.written += len(new)
        self._tell(new)
        self._look_at_log(recorder)

    def _tell(self, new: Sequence[Result]) -> None:
        for observer in self.observers:
            try:
                observer(new)
            except Exception:
                _log.warning("an observer of results failed", exc_info=True)

    def _note(self, error: Exception) -> None:
        trouble = f"{type(error).__name__}: {getattr(error, 'orig', None) or error}"
        if trouble != self.trouble:
            _log.error("results cannot be written; they wait", trouble=trouble, waiting=self.waiting)
        self.trouble = trouble


def _drop(recorder: Recorder | None) -> None:
    """Let a connection go that may be broken."""
    if recorder is not None:
        recorder.connection.invalidate()
        recorder.connection.close()
