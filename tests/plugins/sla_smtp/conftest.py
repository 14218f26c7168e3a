"""Real servers for the smtp probe: aiosmtpd that takes mail or refuses it, a mailbox over IMAP, and a nameserver."""

import asyncio
import socket
import ssl
from argparse import Namespace
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP
from dnslib import MX, QTYPE, RCODE, RR, TXT, A, DNSRecord
from dnslib.server import BaseResolver, DNSServer
from proxyprotocol.sock import SocketInfoLocal
from pymap.backend.dict import DictBackend
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pysasl.hashing import BuiltinHash

from sla_engine.model.duration import Duration
from sla_engine.model.service import Check
from sla_engine.plugin import Outcome, Port, Probe
from sla_engine.registry.clock import SystemClock
from sla_engine.registry.host import PluginHost, load_plugins
from sla_engine.registry.runs import make_equipment, make_guards, run_try
from sla_engine.testing.servers.certificates import LocalAuthority
from sla_smtp.probe import SmtpProbe

ENVIRON = {"PASSWORD": "open-sesame", "MAILBOX": 'mail "box" pass'}


class Inbox:
    """A mailbox that pymap serves over IMAP to the user ``probe``."""

    port: int

    async def start(self, starttls: ssl.SSLContext | None = None, **options: Any) -> asyncio.Server:
        arguments = {"host": "127.0.0.1", "port": 0, "debug": False, "cert": None, "key": None}
        arguments["tls"] = starttls is not None
        user = {"demo_data": False, "demo_user": "probe", "demo_password": ENVIRON["MAILBOX"]}
        args = Namespace(passlib_cfg=None, proxy_protocol=None, inherited_sockets=None, **arguments, **user)
        self._backend, self._config = await DictBackend.init(
            args, hash_context=BuiltinHash(rounds=1), ssl_context=starttls
        )
        self._serve = IMAPServer(self._backend.login, self._config)
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0, **options)
        self.port = int(server.sockets[0].getsockname()[1])
        return server

    async def drop(self, message: bytes, when: datetime | None = None) -> None:
        """Put a message into it."""
        async with self._backend.login.demo_user_identity.new_session() as session:
            inbox = await session.mailbox_set.get_mailbox("INBOX")
            await inbox.append(AppendMessage(message, when))

    async def messages(self) -> list[bytes]:
        """What is in it."""
        async with self._backend.login.demo_user_identity.new_session() as session:
            inbox = await session.mailbox_set.get_mailbox("INBOX")
            return [bytes(message._content) async for message in inbox.messages()]

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._config.apply_context()
        try:
            await self._serve(reader, writer, SocketInfoLocal(writer))
        except (OSError, EOFError, asyncio.CancelledError):
            writer.close()


@pytest.fixture
async def inbox() -> AsyncIterator[Inbox]:
    mailbox = Inbox()
    server = await mailbox.start()
    yield mailbox
    server.close()


@pytest.fixture
async def tls_inbox(authority: LocalAuthority) -> AsyncIterator[Callable[[str], Awaitable[Inbox]]]:
    """Serve a mailbox over TLS, from the start or by STARTTLS."""
    servers: list[asyncio.Server] = []

    async def begin(tls: str) -> Inbox:
        mailbox, context = Inbox(), authority.server_context()
        if tls == "implicit":
            servers.append(await mailbox.start(ssl=context))
        else:
            servers.append(await mailbox.start(context))
        return mailbox

    yield begin
    for server in servers:
        server.close()


class Domain:
    """aiosmtpd's handler for a domain: takes mail for those whom it knows, and drops it somewhere."""

    def __init__(self, *known: str, drop: Callable[[bytes], Awaitable[None]] | None = None) -> None:
        self.known = known
        self.drop = drop
        self.taken: list[tuple[str, tuple[str, ...]]] = []

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if self.known and address not in self.known:
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.taken.append((envelope.mail_from, tuple(envelope.rcpt_tos)))
        if self.drop is not None:
            await self.drop(envelope.content)
        return "250 2.0.0 queued"


@pytest.fixture
def domain() -> type[Domain]:
    return Domain


@pytest.fixture
async def mail_server() -> AsyncIterator[Callable[..., Awaitable[int]]]:
    """Serve a domain by aiosmtpd; gives the port."""
    servers: list[asyncio.Server] = []

    async def begin(domain: Domain, kind: type[SMTP] = SMTP, host: str = "127.0.0.1", port: int = 0) -> int:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: kind(domain, hostname="mail.test", loop=loop), host, port)
        servers.append(server)
        return int(server.sockets[0].getsockname()[1])

    yield begin
    for server in servers:
        server.close()


@pytest.fixture
async def lmtp_server(mail_server: Callable[..., Awaitable[int]]) -> Callable[..., Awaitable[int]]:
    """Serve a domain by aiosmtpd's LMTP; gives the port."""
    return lambda domain: mail_server(domain, LMTP)


class Zone(BaseResolver):
    """What the nameserver knows: MX records by domain, addresses by host, texts, and names that it fails at."""

    def __init__(self) -> None:
        self.exchangers: dict[str, list[tuple[int, str]]] = {}
        self.addresses: dict[str, str] = {}
        self.texts: dict[str, str] = {}
        self.failing: set[str] = set()

    def resolve(self, request: DNSRecord, _handler: Any) -> DNSRecord:
        reply, name = request.reply(), str(request.q.qname).rstrip(".")
        if name in self.failing:
            reply.header.rcode = RCODE.SERVFAIL
        elif not any(name in known for known in (self.exchangers, self.addresses, self.texts)):
            reply.header.rcode = RCODE.NXDOMAIN
        elif request.q.qtype == QTYPE.MX:
            for preference, host in self.exchangers.get(name, []):
                reply.add_answer(RR(name, QTYPE.MX, rdata=MX(host, preference)))
        elif request.q.qtype == QTYPE.A and name in self.addresses:
            reply.add_answer(RR(name, QTYPE.A, rdata=A(self.addresses[name])))
        elif request.q.qtype == QTYPE.TXT and name in self.texts:
            text = self.texts[name].encode()
            reply.add_answer(RR(name, QTYPE.TXT, rdata=TXT([text[at : at + 255] for at in range(0, len(text), 255)])))
        return reply


@pytest.fixture
def zone() -> Zone:
    return Zone()


@pytest.fixture
def nameserver(zone: Zone) -> Iterator[str]:
    """Serve the zone; gives the nameserver as a policy would write it."""
    server = DNSServer(zone, address="127.0.0.1", port=0, logger=_Quiet())
    server.start_thread()
    yield f"127.0.0.1:{server.server.server_address[1]}"
    server.stop()
    server.server.server_close()


class _Quiet:
    def __getattr__(self, _name: str) -> Callable[..., None]:
        return lambda *_args: None


@pytest.fixture
def free_port() -> Iterator[int]:
    """A port at which nobody listens, and nobody else will."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port whose connects are never answered: its backlog is full."""
    with socket.socket() as listening, socket.socket() as first, socket.socket() as second:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        address = listening.getsockname()
        for filling in (first, second):
            filling.setblocking(False)
            filling.connect_ex(address)
        yield address[1]


@pytest.fixture(scope="session")
def plugins() -> PluginHost:
    return load_plugins()


Converse = Callable[..., Awaitable[tuple[Outcome, list[str]]]]


@pytest.fixture
def converse(plugins: PluginHost) -> Converse:
    """Try a probe once, with all passwords at hand; gives the outcome and the dialogue."""

    async def try_once(
        probe: Probe, *, seconds: float = 20.0, trusted: bool = True, environ: dict[str, str] | None = None
    ) -> tuple[Outcome, list[str]]:
        told: list[str] = []
        check = Check("service", "check", "tested", probe, Duration(round(seconds * 1_000_000)), trusted=trusted)
        variables = ENVIRON if environ is None else environ
        equipment = make_equipment(plugins, make_guards((), ()), SystemClock(), variables, isolate=False)
        try:
            return await run_try(check, equipment, told.append), told
        finally:
            await equipment.aclose()

    return try_once


def probe_at(port: int, **fields: Any) -> SmtpProbe:
    """A probe of a server on loopback."""
    return SmtpProbe(**{"host": "127.0.0.1", "port": Port(port), "helo": "probe.test", **fields})


@pytest.fixture
def at() -> Callable[..., SmtpProbe]:
    return probe_at
