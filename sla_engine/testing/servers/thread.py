"""A server that runs on an event loop in a thread of its own, beside whatever is tested against it."""

import asyncio
import logging
import threading
from abc import ABC, abstractmethod
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self, TypeVar

_T = TypeVar("_T")
_PATIENCE = 10.0
_log = logging.getLogger(__name__)


class LoopbackServer(ABC):
    """Listens on 127.0.0.1 while its ``with`` block lasts; leaves no thread and no socket behind.

    Attributes:
        host: always ``127.0.0.1``.
        port: chosen by the system, the same through every refusal and reopening.
    """

    host = "127.0.0.1"

    def __init__(self, port: int = 0) -> None:
        self.port = port
        self._connections: set[asyncio.BaseTransport] = set()
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name=type(self).__name__, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._ready.wait(_PATIENCE):
            raise TimeoutError(f"{type(self).__name__} did not start within {_PATIENCE:.0f} s")
        if self._failure is not None:
            raise self._failure
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(_PATIENCE)
        if self._thread.is_alive():
            raise TimeoutError(f"{type(self).__name__} did not stop within {_PATIENCE:.0f} s")

    @abstractmethod
    async def _listen(self, port: int) -> asyncio.Server:
        """Start to accept connections on this port, 0 for any."""

    def refuse(self) -> None:
        """Close the listening socket and every connection: the next connect is refused."""
        self._call(self._close())

    def accept(self) -> None:
        """Listen again, on the same port."""
        self._call(self._open())

    def _call(self, work: Coroutine[Any, Any, _T]) -> _T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_PATIENCE)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # told to the thread that waits for the start
            self._failure = error
            self._ready.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(_log_quietly)
        self._over = asyncio.Event()
        self._server: asyncio.Server | None = None
        await self._open()
        self._ready.set()
        await self._over.wait()
        await self._close()

    async def _open(self) -> None:
        if self._server is None:
            self._server = await self._listen(self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        if self._server is None:
            return
        self._server.close()
        for connection in list(self._connections):
            if isinstance(connection, asyncio.WriteTransport):
                connection.abort()
        await self._server.wait_closed()
        self._server = None
        await asyncio.sleep(0)  # lets the aborted connections tell their protocols


def _log_quietly(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Clients that break off are what is being tested, so they are no news."""
    _log.debug("%s: %s", context["message"], context.get("exception"))
