"""Mail taken from a mail server of one's own, by LMTP (RFC 2033) or SMTP (RFC 5321).

What is answered with 250 stands in the store. Whatever could not be kept is answered with 451, upon which the server
keeps it and comes again; so nothing is lost by a kill at any moment. Behind a mail server, which knows TLS, senders'
limits and spam: none of these is here.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP
from attrs import define, field

from sla_engine.engine.mail.intake import RefusedMail, Taken
from sla_engine.engine.mail.mail import Envelope

MOST_BYTES = 36 * 1024 * 1024
"""Of one mail: 25 MiB of files in base64, and room for what is written."""
_MOST_CONNECTIONS = 20
_LONGEST_LINE = 1024 * 1024
_WITHIN = 300.0

Take: TypeAlias = Callable[[bytes, Envelope], Awaitable[Taken]]

_log = structlog.get_logger("sla_engine.mail")


@define(eq=False)
class Listener:
    """Takes mail at one address.

    Attributes:
        address: ``lmtp://host:port`` or ``smtp://host:port``.
        is_for: whether there is such a recipient here.
        take: keeps a mail.
    """

    address: str
    is_for: Callable[[str], bool]
    take: Take
    _server: asyncio.Server = field(init=False)
    _open: set[asyncio.BaseTransport] = field(factory=set, init=False)

    async def open(self) -> None:
        """Begin to listen.

        Raises:
            OSError: the address cannot be had.
        """
        parts = urlsplit(self.address)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._protocol, parts.hostname, parts.port or 0)

    async def aclose(self) -> None:
        """Listen no more, and let go of whoever is connected: what they have no answer to they bring again."""
        self._server.close()
        for transport in list(self._open):
            transport.close()

    def _protocol(self) -> asyncio.Protocol:
        if len(self._open) >= _MOST_CONNECTIONS:
            return _Busy()
        kind = _Lmtp if self.address.startswith("lmtp:") else _Smtp
        made: asyncio.Protocol = kind(
            _Handler(self.is_for, self.take),
            data_size_limit=MOST_BYTES,
            enable_SMTPUTF8=True,
            hostname=urlsplit(self.address).hostname,
            ident="sla_engine",
            timeout=_WITHIN,
            loop=asyncio.get_running_loop(),
        )
        made.connections = self._open  # type: ignore[attr-defined]
        return made


class _Handler:
    """What aiosmtpd asks."""

    def __init__(self, is_for: Callable[[str], bool], take: Take) -> None:
        self._is_for, self._take = is_for, take

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        """Whether mail for an address is taken here."""
        if not self._is_for(address):
            return "550 5.1.1 there is no such mailbox here"
        if envelope.rcpt_tos:  # LMTP wants an answer for each, and one mail becomes part of one ticket
            return "452 4.5.3 one recipient at a time"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: SMTP, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Keep a mail."""
        try:
            taken = await self._take(envelope.content, Envelope(envelope.mail_from or "", tuple(envelope.rcpt_tos)))
        except RefusedMail as refused:
            _log.info("a mail was refused", reason=str(refused), sender=envelope.mail_from)
            return f"550 {refused.code} {refused}"
        except Exception:
            _log.exception("a mail could not be kept; its server is asked to bring it again")
            return "451 4.3.0 the mail could not be kept: bring it again later"
        return f"250 2.0.0 taken as {taken.number}"

    async def handle_exception(self, _error: Exception) -> str:
        """What is answered where a command could not be made sense of."""
        _log.warning("a mail server could not be answered", exc_info=True)
        return "451 4.3.0 this could not be done"


class _Connected(SMTP):
    """A connection that is counted; lines may be longer than the standard has them, as programs write such."""

    line_length_limit = _LONGEST_LINE
    connections: set[asyncio.BaseTransport]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.connections.add(transport)
        self._counted = transport
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.connections.discard(self._counted)
        super().connection_lost(error)


class _Smtp(_Connected):
    """A connection by SMTP."""


class _Lmtp(_Connected, LMTP):
    """A connection by LMTP."""


class _Busy(asyncio.Protocol):
    """Tells one connection too many to come again."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(b"421 4.3.2 too many connections: come again later\r\n")
        transport.close()
