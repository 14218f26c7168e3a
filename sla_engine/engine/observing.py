"""Tells plugins of what is stored, as results, in a thread of its own, so that a slow one delays nobody."""

import contextlib
import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Generic, TypeVar

import structlog
from attrs import define, field

_MOST_WAITING = 100
_SHUTDOWN = 2.0

_log = structlog.get_logger("sla_engine.observers")

_Thing = TypeVar("_Thing")


@define
class Observing(Generic[_Thing]):
    """The observers of one kind of thing.

    Attributes:
        what: they observe, for people.
        observers: by the plugin that they came with.
        untold: things that were not told because the observers are too slow.
    """

    what: str
    observers: Mapping[str, Callable[[_Thing], None]]
    untold: int = field(default=0, init=False)
    _batches: queue.Queue[Sequence[_Thing]] = field(init=False, factory=lambda: queue.Queue(_MOST_WAITING))
    _thread: threading.Thread | None = field(default=None, init=False)
    _is_over: threading.Event = field(factory=threading.Event, init=False)

    def start(self) -> None:
        """Begin to tell; where nobody listens, no thread is started."""
        if self.observers:
            self._thread = threading.Thread(target=self._run, name="observers", daemon=True)
            self._thread.start()

    def put(self, batch: Sequence[_Thing]) -> None:
        """Have these told; never waits."""
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
            for thing in self._batches.get():
                for name, observer in self.observers.items():
                    self._tell(name, observer, thing)

    def _tell(self, name: str, observer: Callable[[_Thing], None], thing: _Thing) -> None:
        try:
            observer(thing)
        except BaseException:  # a plugin may even call sys.exit
            _log.warning(f"a plugin failed at being told of {self.what}", plugin=name, of=str(thing), exc_info=True)
