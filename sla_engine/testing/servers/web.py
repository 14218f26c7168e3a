"""A real web server that can be told to fail, path by path."""

import asyncio
from collections.abc import Mapping

from attrs import frozen

from sla_engine.testing.servers.thread import LoopbackServer

_LONGEST_HEAD = 64 * 1024


@frozen
class Page:
    """What a path answers."""

    body: str
    content_type: str = "text/html; charset=utf-8"
    status: int = 200


@frozen
class WebFault:
    """What goes wrong: after ``delay`` seconds this status, or a closed connection."""

    status: int | None = None
    delay: float = 0.0
    close: bool = False


class WebServer(LoopbackServer):
    """A web server on loopback.

    Attributes:
        requests: the paths that were asked for, in order.
    """

    def __init__(self, pages: Mapping[str, Page], port: int = 0) -> None:
        super().__init__(port)
        self.requests: list[str] = []
        self._pages = dict(pages)
        self._faults: dict[str, WebFault] = {}

    @property
    def url(self) -> str:
        """Its address, without a path."""
        return f"http://{self.host}:{self.port}"

    def break_(self, path: str, status: int | None = None, *, delay: float = 0.0, close: bool = False) -> None:
        """From now on fail at a path."""
        self._faults[path] = WebFault(status, delay, close)

    def mend(self) -> None:
        """Work again."""
        self._faults.clear()
        self.accept()

    async def _listen(self, port: int) -> asyncio.Server:
        return await asyncio.start_server(self._answer, self.host, port, limit=_LONGEST_HEAD)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections.add(writer.transport)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            path = head.split(b" ", 2)[1].decode("ascii", "replace")
            self.requests.append(path)
            fault = self._faults.get(path, WebFault())
            await asyncio.sleep(fault.delay)
            if not fault.close:
                writer.write(_encode(self._pages.get(path, Page("not found", status=404)), fault.status))
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # clients that break off are what is being tested
        finally:
            self._connections.discard(writer.transport)
            writer.close()


def _encode(page: Page, status: int | None) -> bytes:
    content = page.body.encode() if status is None else f"status {status}".encode()
    head = (
        f"HTTP/1.1 {status or page.status} -\r\nContent-Type: {page.content_type}\r\n"
        f"Content-Length: {len(content)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + content
