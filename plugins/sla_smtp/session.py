"""One SMTP session: commands out, replies in, and a refusal told in words that name temporary and permanent apart."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from socket import socket

from aiosmtplib.errors import SMTPResponseException, SMTPServerDisconnected
from aiosmtplib.esmtp import parse_esmtp_extensions
from aiosmtplib.protocol import SMTPProtocol
from aiosmtplib.response import SMTPResponse
from attrs import define, field

from sla_engine.plugin import StageFailed, Stages

_LONGEST_REPLY = 300


@define
class Session:
    """A connection to a mail server.

    Attributes:
        protocol: the connection.
        stages: where each exchange is timed.
        extensions: what the last EHLO offered, in lower case, with its parameters.
        mechanisms: the ways to log in that it offered, in lower case.
    """

    protocol: SMTPProtocol
    stages: Stages
    extensions: dict[str, str] = field(factory=dict)
    mechanisms: list[str] = field(factory=list)

    async def greeting(self) -> None:
        """Wait for the server to open the conversation."""
        async with self.stages.stage("greeting"):
            with _told():
                self._expect(await self.protocol.read_response(), 220)

    async def ask(self, stage: str, *words: str, accept: tuple[int, ...] = (250,)) -> SMTPResponse:
        """Send one command and insist on one of these reply codes.

        Raises:
            StageFailed: another code, no valid reply, or the connection was closed.
        """
        async with self.stages.stage(stage):
            with _told():
                reply = await self.protocol.execute_command(*(word.encode() for word in words))
                return self._expect(reply, *accept)

    async def hello(self, name: str) -> None:
        """Introduce ourselves and learn what the server can do."""
        reply = await self.ask("ehlo", "EHLO", name)
        self.extensions, self.mechanisms = parse_esmtp_extensions(reply.message)

    async def upgrade(self, context: ssl.SSLContext, host: str) -> None:
        """Go on over TLS, or not at all; what the server said before is forgotten (RFC 3207, 4.2)."""
        async with self.stages.stage("starttls"):
            with _told():
                if "starttls" not in self.extensions:
                    raise StageFailed("the server does not offer STARTTLS")
                self._expect(await self.protocol.start_tls(context, server_hostname=host), 220)
        self.extensions, self.mechanisms = {}, []

    async def data(self, message: bytes) -> SMTPResponse:
        """Hand a message over; after it the server is responsible for it."""
        async with self.stages.stage("data"):
            with _told():
                return self._expect(await self.protocol.execute_data_command(message), 250)

    def _expect(self, reply: SMTPResponse, *accept: int) -> SMTPResponse:
        if reply.code not in accept:
            raise StageFailed(refusal(reply.code, reply.message))
        self.stages.saw(one_line(reply.code, reply.message))
        return reply


@asynccontextmanager
async def connected(sock: socket, stages: Stages, context: ssl.SSLContext | None, host: str) -> AsyncIterator[Session]:
    """A session on a connected socket, which it closes; with a context, TLS comes before the first word."""
    loop = asyncio.get_running_loop()
    protocol = SMTPProtocol(loop)
    try:
        async with stages.stage("tls" if context else "connect"):
            await loop.create_connection(
                lambda: protocol, sock=sock, ssl=context, server_hostname=host if context else None
            )
        yield Session(protocol, stages)
    finally:
        # Either QUIT has been answered or the server deserves no more patience: a polite TLS goodbye could hang.
        if isinstance(protocol.transport, asyncio.WriteTransport):
            protocol.transport.abort()


@contextmanager
def _told() -> Iterator[None]:
    """Turn the client library's exceptions into failures of the present stage."""
    try:
        yield
    except SMTPResponseException as error:
        raise StageFailed(refusal(error.code, error.message)) from error
    except SMTPServerDisconnected as error:
        raise StageFailed("connection closed by the server") from error


def refusal(code: int, message: str) -> str:
    """A reply that was not hoped for, as a reason."""
    if 400 <= code <= 599:
        return f"{one_line(code, message)} ({'temporary' if code < 500 else 'permanent'})"
    if 100 <= code <= 399:
        return f"unexpected reply {one_line(code, message)}"
    return f"not an SMTP reply: {_printable(message.partition('response line: ')[2] or message)}"


def one_line(code: int, message: str) -> str:
    """A reply of any number of lines as one, without anything unprintable."""
    return f"{code} {_printable(message)}".rstrip()


def _printable(message: str) -> str:
    text = " / ".join(line.strip() for line in message.splitlines() if line.strip())
    clean = "".join(character if character.isprintable() else "?" for character in text)
    return clean if len(clean) <= _LONGEST_REPLY else clean[:_LONGEST_REPLY] + "..."
