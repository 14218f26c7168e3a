"""From a check's keys to a server that greets: of several mail hosts the first that does, as sending programs do."""

import asyncio
import socket
import ssl

from sla_engine.plugin import Doubt, Finding, StageFailed, State
from sla_engine.plugin.stages import describe, doubt_of, is_own_fault
from sla_engine.plugin.tls import days_left, presented_certificate
from sla_smtp.replies import LONGEST_LINE, Refused
from sla_smtp.resolving import Resolver
from sla_smtp.session import Session
from sla_smtp.talk import Talk
from sla_smtp.wire import wire_on

_HEAD_START = 0.1  # before the probe's own deadline, which would say nothing of the hosts that were tried before


async def reach(talk: Talk) -> Session:
    """A session with a server that has greeted; hosts that were tried before it in vain are findings.

    Raises:
        StageFailed: no host greets.
        AddressRefused: the policies do not allow an address.
        OSError: the only host cannot be reached.
    """
    probe, stages = talk.probe, talk.stages
    resolver = Resolver(talk.run, probe.nameserver)
    if probe.mx is None:
        assert probe.host is not None
        return await _greeted(talk, resolver, probe.host)
    async with stages.stage("resolve"):
        hosts = await resolver.exchangers(probe.mx)
        talk.saw(f"mail for {probe.mx} goes to {', '.join(hosts)}")
    return await _greeted(talk, resolver, hosts[0]) if len(hosts) == 1 else await _first(talk, resolver, hosts)


async def _first(talk: Talk, resolver: Resolver, hosts: list[str]) -> Session:
    """A session with the first host that greets; each gets an equal share of the time that is left at its turn."""
    failed: list[tuple[str, StageFailed | OSError]] = []
    for turn, host in enumerate(hosts):
        share = (talk.run.remaining() - _HEAD_START) / (len(hosts) - turn)
        try:
            async with asyncio.timeout(max(share, 0.0)):
                session = await _greeted(talk, resolver, host)
        except (StageFailed, OSError) as error:
            failed.append((f"{host} {talk.stages.current}: {_words(error)}", error))
        else:
            talk.findings += [Finding("mail host", "a greeting", reason, State.DEGRADED) for reason, _ in failed]
            return session
    raise _none_greets(talk.probe.mx, failed)


def _none_greets(domain: str | None, failed: list[tuple[str, StageFailed | OSError]]) -> StageFailed | OSError:
    """What it comes to: our own fault leaves a host unknown, and one that is busy may be willing later."""
    errors = [error for _, error in failed]
    for error in errors:
        if isinstance(error, OSError) and is_own_fault(error):
            return error
    if all(isinstance(error, Refused) and error.reply.is_temporary for error in errors):
        return errors[0]
    doubts = [_doubt(error) for error in errors]
    reasons = "; ".join(reason for reason, _ in failed)
    return StageFailed(f"no mail host of {domain} greets: {reasons}", doubt=doubts[0] if all(doubts) else None)


def _words(error: StageFailed | OSError) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return describe(error) if isinstance(error, OSError) else str(error)


def _doubt(error: StageFailed | OSError) -> Doubt | None:
    return doubt_of(error) if isinstance(error, OSError) else error.doubt


async def _greeted(talk: Talk, resolver: Resolver, host: str) -> Session:
    stages, probe = talk.stages, talk.probe
    sock = await _connected(talk, resolver, host)
    if probe.tls == "implicit":
        async with stages.stage("tls"):
            wire = await wire_on(sock, LONGEST_LINE, talk.context, host)
            note_tls(wire.tls, talk)
    else:
        wire = await wire_on(sock, LONGEST_LINE)
    session = Session(wire, host, stages, talk.run.trace)
    try:
        await session.greeting()
    except BaseException:
        wire.abort()
        raise
    talk.banner = session.banner
    return session


async def _connected(talk: Talk, resolver: Resolver, host: str) -> socket.socket:
    """A socket that is connected to the first of the host's addresses that accepts."""
    stages, run = talk.stages, talk.run
    addresses = [host]
    if talk.probe.nameserver is not None:
        async with stages.stage("resolve"):
            addresses = await resolver.addresses(host)
    async with stages.stage("connect"):
        for turn, address in enumerate(addresses, 1):
            try:
                async with asyncio.timeout(run.remaining() / (len(addresses) - turn + 1)):
                    sock = await run.open_socket(address, talk.probe.port_or_default)
            except OSError:
                if turn == len(addresses):
                    raise
            else:
                talk.saw(f"connected to {host} at {sock.getpeername()[0]}")
                return sock
    raise AssertionError("a name has at least one address")


def note_tls(session: ssl.SSLObject | None, talk: Talk) -> None:
    """Keep the version, the certificate and its days left."""
    certificate = presented_certificate(session) if session is not None else None
    if session is None or certificate is None:
        return
    talk.stages.values["certificate_days_left"] = days_left(certificate, talk.run.clock.now())
    names = ", ".join(certificate.names)
    talk.saw(f"{session.version()}, certificate {certificate.subject}, for {names}, by {certificate.issuer}")
