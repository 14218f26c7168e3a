"""The connection to a gateway over SMPP, in clear text or within TLS."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from socket import socket
from typing import TYPE_CHECKING

from sla_engine.plugin import ProbeRun, StageFailed, Stages
from sla_engine.plugin.tls import client_context, days_left, presented_certificate
from sla_engine.plugin.tls_faults import fault_of, handshake_fault
from sla_sms.session import Session

if TYPE_CHECKING:
    from sla_sms.probe import SmsProbe


@asynccontextmanager
async def connected(probe: "SmsProbe", run: ProbeRun, stages: Stages) -> AsyncIterator[Session]:
    """A session on a connection of its own, which is closed in the end.

    Raises:
        StageFailed: TLS could not be agreed upon.
        OSError: the connection could not be had, or the certificates to trust not be read.
    """
    assert probe.host is not None
    async with stages.stage("connect"):
        sock = await run.open_socket(probe.host, probe.port)
    if probe.tls:
        async with stages.stage("tls"):
            session = Session(*await _secured(probe, sock), trace=run.trace)
    else:
        session = Session(*await asyncio.open_connection(sock=sock), trace=run.trace)
    try:
        _note_certificate(session, run, stages)
        yield session
    finally:
        session.close()


async def _secured(probe: "SmsProbe", sock: socket) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    try:
        context = client_context(verify=probe.verify, ca_file=probe.ca_file)
        return await asyncio.open_connection(sock=sock, ssl=context, server_hostname=probe.host)
    except ssl.SSLError as error:
        raise StageFailed(fault_of(error)) from error
    except ConnectionError as error:
        raise StageFailed(handshake_fault("unexpected eof")) from error


def _note_certificate(session: Session, run: ProbeRun, stages: Stages) -> None:
    encrypted = session.writer.get_extra_info("ssl_object")
    certificate = presented_certificate(encrypted) if encrypted is not None else None
    if certificate is not None:
        stages.values["certificate_days_left"] = days_left(certificate, run.clock.now())
        stages.saw(f"certificate {certificate.subject}, by {certificate.issuer}")
