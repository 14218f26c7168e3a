"""Tells plugins of each result after it is stored, in a thread of its own, so that a slow one delays nobody."""

import contextlib
import queue
import threading
from collections.abc import Callable, Mapping, Sequence

import structlog
from attrs import define, field

from sla_engine.model.result import Result

_MOST_WAITING = 100
_SHUTDOWN = 2.0

_log = structlog.get_logger("sla_engine.observers")

Observer = Callable[[Result], None]


@define
class Observing:
    """The observers of results.

    Attributes:
        observers: by the plugin that they came with.
        untold: results that were not told because the observers are too slow.
    """

    observers: Mapping[str, Observer]
    untold: int = field(default=0, init=False)
    _batches: queue.Queue[Sequence[Result]] = field(init=False, factory=lambda: queue.Queue(_MOST_WAITING))
    _thread: threading.Thread | None = field(default=None, init=False)
    _is_over: threading.Event = field(factory=threading.Event, init=False)

    def start(self) -> None:
        """Begin to tell; where nobody listens, no thread is started."""
        if self.observers:
            self._thread = threading.Thread(target=self._run, name="observers", daemon=True)
            self._thread.start()

    def put(self, batch: Sequence[Result]) -> None:
        """Have these results told; never waits."""
        if self._thread is None:
            return
        try:
            self._batches.put_nowait(batch)
        except queue.Full:
            self.untold += len(batch)

    def stop(self) -> None:
        """Tell what waits, for a short while, and end."""
        if self._thread is None:
            return
        self._is_over.set()
        with contextlib.suppress(queue.Full):
            self._batches.put_nowait(())
        self._thread.join(_SHUTDOWN)
        self._thread = None

    def _run(self) -> None:
        while not (self._is_over.is_set() and self._batches.empty()):
            for result in self._batches.get():
                for name, observer in self.observers.items():
                    _tell(name, observer, result)


def _tell(name: str, observer: Observer, result: Result) -> None:
    try:
        observer(result)
    except BaseException:  # a plugin may even call sys.exit
        _log.warning("a plugin failed at being told of a result", plugin=name, check=result.check, exc_info=True)
