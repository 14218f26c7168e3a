"""A real mail server that can be told to fail at any stage, and that shows what it received."""

import asyncio
import hmac
import logging
import ssl
from collections.abc import Awaitable, Callable, Mapping
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from typing import Any, Literal, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from attrs import frozen

from sla_engine.testing.servers.thread import LoopbackServer

STAGES = ("greeting", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "rset", "quit")


@frozen
class Received:
    """A message that was taken over.

    Attributes:
        message: as the standard library reads it.
        content: as it came.
    """

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage
    content: bytes = b""


@frozen
class Fault:
    """What goes wrong at a stage: after ``delay`` seconds this reply, or a closed connection, or else the usual."""

    reply: str | None = None
    delay: float = 0.0
    close: bool = False


class SmtpServer(LoopbackServer):
    """A mail server on loopback.

    Attributes:
        mailbox: the messages it took over, in order.
    """

    def __init__(
        self,
        *,
        tls: Literal["none", "starttls", "implicit"] = "none",
        context: ssl.SSLContext | None = None,
        users: Mapping[str, str] | None = None,
        utf8: bool = False,
        port: int = 0,
    ) -> None:
        """Set up.

        Args:
            tls: when TLS begins, if at all; needs a ``context``.
            context: what it presents, as from `LocalAuthority.server_context`.
            users: names and passwords; with any, mail is taken only after logging in.
            utf8: whether it takes addresses beyond ASCII (RFC 6531).
            port: 0 for any.
        """
        super().__init__(port)
        self.mailbox: list[Received] = []
        self.users = dict(users or {})
        self.faults: dict[str, Fault] = {}
        self._tls = tls
        self._context = context
        self._utf8 = utf8

    def break_(self, stage: str, reply: str | None = None, *, delay: float = 0.0, close: bool = False) -> None:
        """From now on fail at a stage of `STAGES`, or at ``connect``, where all connections are refused."""
        if stage == "connect":
            self.refuse()
        elif stage in STAGES:
            self.faults[stage] = Fault(reply, delay, close)
        else:
            raise ValueError(f"{stage!r} is no stage: connect, {', '.join(STAGES)}")

    def mend(self) -> None:
        """Work again."""
        self.faults.clear()
        self.accept()

    async def _listen(self, port: int) -> asyncio.Server:
        logging.getLogger("mail.log").setLevel(logging.ERROR)  # at each login it warns of a field of its own
        loop = asyncio.get_running_loop()
        context = self._context if self._tls == "implicit" else None
        return await loop.create_server(self._speak, self.host, port, ssl=context)

    def _speak(self) -> SMTP:
        return _FaultySmtp(
            self,
            tls_context=self._context if self._tls == "starttls" else None,
            # aiosmtpd takes only STARTTLS for TLS, so with implicit TLS this must not be insisted on.
            auth_require_tls=self._tls == "starttls",
            enable_SMTPUTF8=self._utf8,
        )

    def _check(self, name: bytes, password: bytes) -> bool:
        return hmac.compare_digest(self.users.get(name.decode(), "\0").encode(), password)


class _FaultySmtp(SMTP):
    """aiosmtpd's protocol, with the server's present fault in front of each command."""

    def __init__(self, owner: SmtpServer, **options: Any) -> None:
        self._owner = owner
        self._greeted = False
        super().__init__(
            _Mailbox(owner),
            hostname="mail.test",
            ident="ESMTP",
            authenticator=_authenticator(owner),
            loop=asyncio.get_running_loop(),
            **options,
        )
        for stage in STAGES[1:]:
            self._smtp_methods[stage.upper()] = self._guarded(stage, self._smtp_methods[stage.upper()])

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._owner._connections.add(transport)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._owner._connections.discard(cast(asyncio.BaseTransport, self.transport))
        super().connection_lost(error)

    async def push(self, status: Any) -> None:
        if not self._greeted:
            self._greeted = True
            fault = self._owner.faults.get("greeting", Fault())
            if await self._fails(fault):
                return
        await super().push(status)

    def _guarded(self, stage: str, usual: Callable[[str], Awaitable[None]]) -> Callable[[str], Awaitable[None]]:
        async def command(argument: str) -> None:
            if await self._fails(self._owner.faults.get(stage, Fault())):
                return
            if stage == "mail" and self._owner.users and not cast(Session, self.session).authenticated:
                await super(_FaultySmtp, self).push("530 5.7.0 Authentication required")
                return
            await usual(argument)

        return command

    async def _fails(self, fault: Fault) -> bool:
        await asyncio.sleep(fault.delay)
        if fault.close and self.transport is not None:
            self.transport.close()
            return True
        if fault.reply is not None:
            await super().push(fault.reply)
            return True
        return False


class _Mailbox:
    """aiosmtpd's handler: keeps what comes, and knows the one login that aiosmtpd has not."""

    def __init__(self, owner: SmtpServer) -> None:
        self._owner = owner

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = cast(bytes, envelope.content)
        message = message_from_bytes(content, policy=SMTP_POLICY)
        received = Received(str(envelope.mail_from), tuple(envelope.rcpt_tos), message, content)
        self._owner.mailbox.append(received)
        return f"250 2.0.0 queued as {len(self._owner.mailbox)}"

    async def handle_exception(self, error: Exception) -> str:
        return f"451 4.3.0 {type(error).__name__}"  # a client that breaks off is what is being tested

    async def auth_CRAM__MD5(self, server: SMTP, _arguments: list[str]) -> AuthResult:  # noqa: N802
        challenge = b"<1896.697170952@mail.test>"
        answer = await server.challenge_auth(challenge)
        if not isinstance(answer, bytes):
            return AuthResult(success=False, handled=False)
        name, _, digest = answer.rpartition(b" ")
        password = self._owner.users.get(name.decode(), "")
        expected = hmac.new(password.encode(), challenge, "md5").hexdigest()
        success = bool(password) and hmac.compare_digest(expected.encode(), digest)
        return AuthResult(success=success, handled=False, auth_data=name)


def _authenticator(owner: SmtpServer) -> Callable[..., AuthResult]:
    def authenticate(
        _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: LoginPassword
    ) -> AuthResult:
        # handled=False makes aiosmtpd itself answer 535; with True a refused client would wait for ever.
        return AuthResult(success=owner._check(data.login, data.password), handled=False, auth_data=data.login)

    return authenticate
