"""The web server beside the engine, on the same event loop."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import uvicorn

from sla_engine.cli.common import EngineFailure

if TYPE_CHECKING:
    from litestar import Litestar

_GRACE = 3


class _Server(uvicorn.Server):
    """A server that leaves the signals to the engine, which knows what has to be finished first."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listen_on(address: str) -> socket.socket:
    """A listening socket at ``host:port``.

    Raises:
        EngineFailure: the address is in use or not ours.
    """
    host, _, port = address.rpartition(":")
    try:
        return socket.create_server((host.strip("[]"), int(port)), family=_family(host))
    except OSError as error:
        raise EngineFailure(
            f"cannot listen on {address}: {error.strerror}. Set another address with engine.listen"
        ) from error


@asynccontextmanager
async def serving(app: "Litestar", listener: socket.socket) -> AsyncIterator[str]:
    """Serve the application until the block ends; gives the address to visit."""
    config = uvicorn.Config(
        app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=_GRACE
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve([listener]))
    try:
        while not server.started and not task.done():
            await asyncio.sleep(0.01)
        host, port = listener.getsockname()[:2]
        yield f"http://{f'[{host}]' if ':' in host else host}:{port}/"
    finally:
        server.should_exit = True
        await task


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
