"""The conversation that the smtp probe holds, from connect to QUIT."""

import asyncio
import socket
import ssl
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import formatdate
from ipaddress import ip_address
from uuid import uuid4

from sla_engine.plugin import Outcome, ProbeRun, StageFailed, Stages
from sla_engine.plugin.tls import client_context, days_left, presented_certificate
from sla_smtp.login import log_in
from sla_smtp.probe import SmtpProbe
from sla_smtp.session import Session, connected

_QUIT_PATIENCE = 2.0
_MICROSECONDS = 1_000_000


async def converse(probe: SmtpProbe, run: ProbeRun, stages: Stages) -> Outcome:
    """Take every step that the policy asks for.

    Raises:
        StageFailed: the server refused one.
        OSError: the connection could not be had, or not be secured.
        LookupError: the password is not where the policy says.
    """
    password = run.secrets.reveal(probe.password) if probe.password else None
    context = client_context(verify=probe.verify, ca_file=probe.ca_file) if probe.tls != "none" else None
    implicit = context if probe.tls == "implicit" else None

    async with stages.stage("connect"):
        sock = await run.open_socket(probe.host, probe.port)
    own_name = probe.helo or _address_literal(sock)
    async with connected(sock, stages, implicit, probe.host) as session:
        if implicit:
            _note_certificate(session, run)
        await session.greeting()
        await session.hello(own_name)
        if context and not implicit:
            await session.upgrade(context, probe.host)
            _note_certificate(session, run)
            await session.hello(own_name)
        if probe.username is not None and password is not None:
            await log_in(session, probe.auth, probe.username, password)
        await _hand_over(session, probe, run)
        return await _leave(session)


async def _hand_over(session: Session, probe: SmtpProbe, run: ProbeRun) -> None:
    """The envelope, and either a message or the wish to forget the envelope."""
    if probe.sender is None:
        return
    await session.ask("mail", "MAIL", f"FROM:<{probe.sender}>")
    if probe.recipient is not None:
        await session.ask("rcpt", "RCPT", f"TO:<{probe.recipient}>", accept=(250, 251))
    if probe.deliver is None:
        await session.ask("rset", "RSET")
        return
    mark = uuid4().hex
    await session.data(_marked_message(mark, probe.sender, probe.deliver.to, run))
    session.stages.saw(f"message {mark} was taken over; its arrival is not checked")


async def _leave(session: Session) -> Outcome:
    """Say goodbye; a server that has done its work and then fumbles this is degraded, not down."""
    try:
        async with asyncio.timeout(_QUIT_PATIENCE) as patience:
            await session.ask("quit", "QUIT", accept=(221,))
    except StageFailed as failure:
        return Outcome.degraded(f"quit: {failure}")
    except TimeoutError:
        if not patience.expired():
            raise
        return Outcome.degraded("quit: no answer")
    return Outcome.up()


def _note_certificate(session: Session, run: ProbeRun) -> None:
    encrypted = session.protocol.transport.get_extra_info("ssl_object") if session.protocol.transport else None
    certificate = presented_certificate(encrypted) if isinstance(encrypted, ssl.SSLObject) else None
    if certificate is None:
        return
    session.stages.values["certificate_days_left"] = days_left(certificate, run.clock.now())
    session.stages.saw(
        f"certificate {certificate.subject}, for {', '.join(certificate.names)}, by {certificate.issuer}"
    )


def _address_literal(sock: socket.socket) -> str:
    """How a client without a name of its own greets (RFC 5321, 4.1.3)."""
    address = ip_address(sock.getsockname()[0].partition("%")[0])
    return f"[IPv6:{address}]" if address.version == 6 else f"[{address}]"


def _marked_message(mark: str, sender: str, recipient: str, run: ProbeRun) -> bytes:
    message = EmailMessage()
    message["From"] = sender
    message["To"] = recipient
    message["Subject"] = f"SLA probe {mark}"
    message["Date"] = formatdate(run.clock.now() / _MICROSECONDS)
    message["Message-ID"] = f"<{mark}@{sender.partition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-SLA-Probe"] = mark
    message.set_content("A probe of this mail service. It can be deleted unread.\n")
    return message.as_bytes(policy=SMTP_POLICY)
