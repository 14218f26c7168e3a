"""A mail on its way to a server, and what became of it.

It is the same session as the probe's: it knows when the last byte of a mail was written, and so from when on the server
may have taken it although its answer was lost.
"""

import asyncio
import ssl
from contextlib import suppress
from typing import TYPE_CHECKING

from attrs import frozen

from sla_engine.plugin import AddressRefused, Delivery, NotifyRun, StageFailed, Stages
from sla_engine.plugin.stages import describe
from sla_engine.plugin.tls import client_context
from sla_smtp.address import address_literal
from sla_smtp.login import log_in
from sla_smtp.replies import LONGEST_LINE, Refused, Reply, refusal
from sla_smtp.session import Session
from sla_smtp.wire import wire_on

if TYPE_CHECKING:
    from sla_smtp.notifier import EmailNotifier

_HEAD_START = 0.1  # before the engine cuts the try off, because only here it is known how far it came
_QUIT_PATIENCE = 1.0
_TAKEN = (250, 251, 252)
_BEYOND_ASCII = ("SMTPUTF8", "8BITMIME")


@frozen
class Envelope:
    """What the server is told, and the mail itself.

    Attributes:
        sender: who gets what cannot be delivered; empty for nobody.
        mail: with CRLF line ends.
    """

    sender: str
    recipients: tuple[str, ...]
    mail: bytes

    @property
    def is_ascii(self) -> bool:
        """Whether any server can take it; otherwise it must speak SMTPUTF8 (RFC 6531)."""
        return self.mail.isascii() and all(address.isascii() for address in (self.sender, *self.recipients))


async def hand_over(envelope: Envelope, notifier: "EmailNotifier", password: str | None, run: NotifyRun) -> Delivery:
    """Give a mail to the notifier's server, once."""
    stages = Stages(run.clock)
    session: Session | None = None
    try:
        async with asyncio.timeout(max(run.remaining() - _HEAD_START, 0.0)):
            session = await _reach(notifier, run, stages)
            await _introduce(session, notifier, password)
            delivery = await _give(session, envelope)
        await _leave(session, min(_QUIT_PATIENCE, run.remaining() - _HEAD_START))
    except (StageFailed, AddressRefused, OSError) as error:
        return _failed(error, stages, session)
    else:
        return delivery
    finally:
        if session is not None:
            session.wire.abort()


def _failed(error: StageFailed | AddressRefused | OSError, stages: Stages, session: Session | None) -> Delivery:
    """What it comes to: a refusal is certain whenever it comes, and final where it is of the mail itself."""
    is_refused = isinstance(error, Refused)
    is_out = session is not None and session.handed_over
    words = describe(error) if isinstance(error, OSError) else str(error)
    return Delivery(
        sent=False,
        certain=is_refused or not is_out,
        detail=f"{stages.current}: {'no answer in time' if type(error) is TimeoutError else words}",
        is_final=isinstance(error, Refused) and error.reply.is_permanent and is_out,
    )


async def _reach(notifier: "EmailNotifier", run: NotifyRun, stages: Stages) -> Session:
    """A session with the server, which has greeted."""
    host, port = notifier.host_and_port
    async with stages.stage("connect"):
        sock = await run.open_socket(host, port)
    if notifier.is_implicit:
        async with stages.stage("tls"):
            wire = await wire_on(sock, LONGEST_LINE, _context(notifier), host)
    else:
        wire = await wire_on(sock, LONGEST_LINE)
    session = Session(wire, host, stages)
    try:
        await session.greeting()
    except BaseException:
        wire.abort()
        raise
    return session


def _context(notifier: "EmailNotifier") -> ssl.SSLContext:
    try:
        return client_context(verify=notifier.verify, ca_file=notifier.ca_file)
    except OSError as error:
        raise StageFailed(f"ca_file {notifier.ca_file}: {error.strerror or error}") from error


async def _introduce(session: Session, notifier: "EmailNotifier", password: str | None) -> None:
    """EHLO, and a second one where TLS comes between; then the login."""
    name = notifier.helo or address_literal(session.wire.own_address)
    await session.hello(name, "EHLO")
    if notifier.tls == "starttls" and not notifier.is_implicit:
        await session.start_tls(_context(notifier))
        await session.hello(name, "EHLO")
    if notifier.username is not None and password is not None:
        await log_in(session, notifier.auth, notifier.username, password)


async def _give(session: Session, envelope: Envelope) -> Delivery:
    """The envelope and the mail; those whom the server refuses keep the others from nothing."""
    missing = [] if envelope.is_ascii else [name for name in _BEYOND_ASCII if name not in session.extensions]
    if missing:
        told = f"mail: the server takes no addresses beyond ASCII: it does not offer {missing[0]}"
        return Delivery(sent=False, certain=True, detail=told, is_final=True)
    parameters = "" if envelope.is_ascii else " SMTPUTF8 BODY=8BITMIME"
    await session.ask("mail", f"MAIL FROM:<{envelope.sender}>{parameters}")
    refused: dict[str, Reply] = {}
    for recipient in envelope.recipients:
        reply = await session.ask("rcpt", f"RCPT TO:<{recipient}>", accept=range(200, 600))
        if reply.code not in _TAKEN:
            refused[recipient] = reply
    told = ", ".join(f"{recipient}: {refusal(reply)}" for recipient, reply in refused.items())
    if len(refused) == len(set(envelope.recipients)):
        is_final = all(reply.is_permanent for reply in refused.values())
        return Delivery(sent=False, certain=True, detail=f"rcpt: {told}", is_final=is_final)
    reply = await session.data(envelope.mail, envelope.recipients, reply_each=False)
    return Delivery(sent=True, certain=True, detail=f"{reply}; refused: {told}" if told else str(reply))


async def _leave(session: Session, patience: float) -> None:
    """Say goodbye; what was said before stands, however the server takes it."""
    with suppress(StageFailed, OSError):
        async with asyncio.timeout(max(patience, 0.0)):
            await session.ask("quit", "QUIT", accept=(221,))
