"""The conversation that the smtp probe holds, from the connection to QUIT, and the arrival of what it sent."""

import asyncio
from uuid import uuid4

from sla_engine.plugin import Finding, Outcome, StageFailed, State
from sla_smtp.address import address_literal, listed
from sla_smtp.arrival import MailboxFailed, await_arrival
from sla_smtp.findings import findings
from sla_smtp.login import log_in
from sla_smtp.message import marked_message
from sla_smtp.reaching import note_tls, reach
from sla_smtp.replies import Refused, Reply, refusal
from sla_smtp.session import Session
from sla_smtp.talk import Talk

_QUIT_PATIENCE = 2.0
_HEAD_START = 0.1
_TAKEN = (250, 251, 252)


async def converse(talk: Talk) -> Outcome:
    """Take every step that the policy asks for, and hold what was seen against what it expects.

    Raises:
        StageFailed: the server refused one.
        OSError: the connection could not be had, or broke.
    """
    trouble: MailboxFailed | None = None
    try:
        await _all_steps(talk)
    except Refused as refused:
        if talk.probe.temporary != "degraded" or not refused.reply.is_temporary:
            raise
        talk.findings.append(Finding(talk.stages.current, "acceptance", str(refused), State.DEGRADED))
    except MailboxFailed as failed:
        trouble = failed
    return _judge(talk, trouble)


def _judge(talk: Talk, trouble: MailboxFailed | None) -> Outcome:
    found = [
        *talk.findings,
        *findings(talk.probe.expect, talk, State.DOWN),
        *findings(talk.probe.degraded, talk, State.DEGRADED),
    ]
    outcome = Outcome.judged(found)
    if trouble is not None and outcome.state is not State.DOWN:
        return Outcome.error(f"{talk.stages.current}: {trouble}", doubt=trouble.doubt)
    return outcome


async def _all_steps(talk: Talk) -> None:
    session = await reach(talk)
    try:
        await _introduce(session, talk)
        if talk.probe.username is not None and talk.credentials.smtp is not None:
            await log_in(session, talk.probe.auth, talk.probe.username, talk.credentials.smtp)
        for recipient in listed(talk.probe.refuses):
            await _be_refused(session, talk, recipient)
        sent = await _hand_over(session, talk)
        await _leave(session, talk)
    finally:
        session.wire.abort()
    deliver = talk.probe.deliver
    if sent is not None and deliver is not None and (deliver.imap or deliver.maildir):
        await await_arrival(talk, *sent)


async def _introduce(session: Session, talk: Talk) -> None:
    """EHLO, and a second one where TLS comes between: all that was said in clear is forgotten."""
    probe = talk.probe
    name = probe.helo or address_literal(session.wire.own_address)
    verb = "LHLO" if probe.protocol == "lmtp" else "EHLO"
    await session.hello(name, verb)
    if probe.tls == "starttls" and talk.context is not None:
        await session.start_tls(talk.context)
        note_tls(session.wire.tls, talk)
        await session.hello(name, verb)
    talk.offered = session.offered


async def _be_refused(session: Session, talk: Talk, recipient: str) -> None:
    """Ask for a recipient that must be refused, in an envelope of its own; a refusal of the sender will do as well."""
    reply = await session.ask("mail", f"MAIL FROM:<{talk.probe.sender}>", accept=range(200, 600))
    if reply.code == 250:
        reply = await session.ask("refuses", f"RCPT TO:<{recipient}>", accept=range(200, 600))
    talk.findings.append(_refusal_finding(recipient, reply, talk))
    await session.ask("rset", "RSET")


def _refusal_finding(recipient: str, reply: Reply, talk: Talk) -> Finding:
    """A temporary refusal proves nothing, and is judged as any other."""
    state = State.UP if reply.is_permanent else State.DOWN
    if reply.is_temporary and talk.probe.temporary == "degraded":
        state = State.DEGRADED
    seen = f"accepted: {reply}" if reply.code < 400 else refusal(reply)
    return Finding(f"recipient {recipient}", "a permanent refusal", seen, state)


async def _hand_over(session: Session, talk: Talk) -> tuple[str, float] | None:
    """The envelope, and either a message, whose mark and instant are given, or the wish to forget the envelope."""
    probe = talk.probe
    if probe.mail_from is None and not probe.recipients:
        return None
    await session.ask("mail", f"MAIL FROM:<{probe.sender}>")
    for recipient in probe.recipients:
        await session.ask("rcpt", f"RCPT TO:<{recipient}>", accept=_TAKEN)
    if probe.deliver is None:
        await session.ask("rset", "RSET")
        return None
    mark = uuid4().hex
    message = marked_message(mark, probe.sender, probe.recipients, talk.run)
    handed_over = talk.run.clock.monotonic()
    await session.data(message, probe.recipients, reply_each=probe.protocol == "lmtp")
    talk.saw(f"message {mark} was taken over")
    return mark, handed_over


async def _leave(session: Session, talk: Talk) -> None:
    """Say goodbye; a server that has done its work and then fumbles this is degraded, not down."""
    seen = "221"
    try:
        async with asyncio.timeout(max(min(_QUIT_PATIENCE, talk.run.remaining() - _HEAD_START), 0.0)):
            await session.ask("quit", "QUIT", accept=(221,))
    except StageFailed as failure:
        seen = str(failure)
    except TimeoutError:
        seen = "no answer"
    except OSError:
        seen = "connection closed by the server"
    talk.findings.append(Finding("quit", "221", seen, State.UP if seen == "221" else State.DEGRADED))
