"""A connection to a server that speaks in lines, over TLS or not: nothing that comes is lost, nothing is unbounded.

aiosmtplib's connection is for senders: it passes over replies that nobody asked for and bytes before the handshake,
which a probe must see, and reads one reply to a message where LMTP has one for each recipient.
"""

import asyncio
import socket
import ssl

from sla_engine.plugin import StageFailed
from sla_smtp.text import printable
from sla_smtp.tls_faults import tls_faults_told

_MOST_UNREAD = 256 * 1024


class Wire(asyncio.Protocol):
    """Lines out and in. What came and was not asked for stays visible, as a probe must see it.

    Attributes:
        unread: what came and was not yet taken.
    """

    def __init__(self, longest_line: int) -> None:
        """Set up.

        Args:
            longest_line: bytes of a line that are waited for.
        """
        self.unread = bytearray()
        self._longest_line = longest_line
        self._news = asyncio.Event()
        self._ended = False
        self._error: Exception | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self.unread += data
        if len(self.unread) > _MOST_UNREAD and self._transport is not None:
            self._transport.pause_reading()
        self._news.set()

    def eof_received(self) -> None:
        self._ended = True
        self._news.set()

    def connection_lost(self, error: Exception | None) -> None:
        self._ended, self._error = True, error
        self._news.set()

    def send(self, line: bytes) -> None:
        """Send a line, or lines, when all that came has been taken.

        Raises:
            StageFailed: something came that nobody asked for.
        """
        if self.unread:
            raise StageFailed(f"a reply that nobody asked for: {printable(bytes(self.unread))}")
        assert self._transport is not None
        self._transport.write(line + b"\r\n")

    async def line(self) -> bytes:
        """The next line, without its end.

        Raises:
            StageFailed: it has no end, or the connection has one.
            OSError: the connection broke.
        """
        while (end := self.unread.find(b"\n")) < 0 and len(self.unread) <= self._longest_line:
            if self._ended:
                raise self._error or StageFailed(f"connection closed by the server{self._after()}")
            if self._transport is not None:
                self._transport.resume_reading()
            self._news.clear()
            await self._news.wait()
        if not 0 <= end <= self._longest_line:
            raise StageFailed(
                f"a line of more than {self._longest_line} bytes: {printable(bytes(self.unread[:40]))}..."
            )
        line = bytes(self.unread[:end]).removesuffix(b"\r")
        del self.unread[: end + 1]
        return line

    async def start_tls(self, context: ssl.SSLContext, name: str) -> None:
        """Go on over TLS. What came in clear before it could have been put there by anybody (CVE-2011-0411).

        Raises:
            StageFailed: something did, or the handshake failed.
        """
        if self.unread:
            raise StageFailed(f"unencrypted bytes between STARTTLS and the handshake: {printable(bytes(self.unread))}")
        assert self._transport is not None
        with tls_faults_told():
            # Up to its first await start_tls runs without a pause, so that nothing can come between it and the check.
            upgraded = await asyncio.get_running_loop().start_tls(self._transport, self, context, server_hostname=name)
        assert upgraded is not None
        self._transport = upgraded

    @property
    def tls(self) -> ssl.SSLObject | None:
        """The TLS session, or None in clear."""
        found = None if self._transport is None else self._transport.get_extra_info("ssl_object")
        return found if isinstance(found, ssl.SSLObject) else None

    @property
    def own_address(self) -> str:
        """The numeric address that this side has."""
        assert self._transport is not None
        return str(self._transport.get_extra_info("sockname")[0])

    def abort(self) -> None:
        """Let the connection go at once: a polite TLS goodbye could hang."""
        if self._transport is not None:
            self._transport.abort()

    def _after(self) -> str:
        return f" after {printable(bytes(self.unread))}" if self.unread else ""


async def wire_on(
    sock: socket.socket, longest_line: int, context: ssl.SSLContext | None = None, name: str = ""
) -> Wire:
    """A wire on a connected socket, which it takes over; with a context, TLS comes before the first word.

    Args:
        longest_line: bytes of a line that are waited for.
        name: whom the certificate must be for.

    Raises:
        StageFailed: the handshake failed.
        OSError: the connection broke.
    """
    try:
        with tls_faults_told():
            _, wire = await asyncio.get_running_loop().create_connection(
                lambda: Wire(longest_line), sock=sock, ssl=context, server_hostname=name if context else None
            )
    except BaseException:
        sock.close()
        raise
    return wire
