"""Looking after a matter of the engine again and again, whatever goes wrong at it."""

import threading
from collections.abc import Callable

import structlog
from attrs import define, field

_STOP_WITHIN = 5.0

_log = structlog.get_logger("sla_engine.lookout")


@define(eq=False)
class Lookout:
    """Looks after one matter, in a thread of its own that may be broken off anywhere.

    Attributes:
        matter: what is looked after, as in ``announcing maintenance``.
        every: seconds between two looks.
        look: looks once; what it raises is said, and it is tried again.
        is_over: set when no more is to be done; a look that takes long asks it.
        trouble: why it fails just now, for people, or None.
    """

    matter: str
    every: float
    look: Callable[[], None]
    is_over: threading.Event = field(factory=threading.Event)
    trouble: str | None = field(default=None, init=False)
    _thread: threading.Thread | None = field(default=None, init=False)

    def start(self) -> None:
        """Look from now on."""
        self._thread = threading.Thread(target=self._run, name=self.matter, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Look no more; what is left is done at the next start."""
        self.is_over.set()
        if self._thread is not None:
            self._thread.join(_STOP_WITHIN)

    def _run(self) -> None:
        while not self.is_over.is_set():
            try:
                self.look()
                self.trouble = None
            except Exception as error:
                if not self.is_over.is_set():
                    self._note(error)
            self.is_over.wait(self.every)

    def _note(self, error: Exception) -> None:
        trouble = f"{self.matter} fails, and is tried again: {type(error).__name__}: {error}"
        if trouble != self.trouble:
            _log.error(f"{self.matter} fails; it is tried again", exc_info=error)
        self.trouble = trouble
