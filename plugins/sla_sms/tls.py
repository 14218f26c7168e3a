"""The connection to a gateway over SMPP, in clear text or within TLS."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from socket import socket
from typing import Protocol

from sla_engine.plugin import NotifyRun, ProbeRun, StageFailed, Stages, Trace
from sla_engine.plugin.tls import client_context, days_left, presented_certificate
from sla_engine.plugin.tls_faults import fault_of, handshake_fault
from sla_sms.session import Session


class Way(Protocol):
    """The keys that lead to a gateway over SMPP, be they a probe's or a notifier's."""

    @property
    def host(self) -> str | None: ...
    @property
    def port(self) -> int: ...
    @property
    def tls(self) -> bool: ...
    @property
    def verify(self) -> bool: ...
    @property
    def ca_file(self) -> str | None: ...
    @property
    def system_id(self) -> str: ...
    @property
    def system_type(self) -> str: ...
    @property
    def bind(self) -> str: ...


@asynccontextmanager
async def connected(
    way: Way, run: ProbeRun | NotifyRun, stages: Stages, trace: Trace | None = None
) -> AsyncIterator[Session]:
    """A session on a connection of its own, which is closed in the end.

    Args:
        trace: takes a line for each PDU.

    Raises:
        StageFailed: TLS could not be agreed upon.
        OSError: the connection could not be had, or the certificates to trust not be read.
    """
    assert way.host is not None
    async with stages.stage("connect"):
        sock = await run.open_socket(way.host, way.port)
    if way.tls:
        async with stages.stage("tls"):
            session = Session(*await _secured(way, sock), trace=trace)
    else:
        session = Session(*await asyncio.open_connection(sock=sock), trace=trace)
    try:
        _note_certificate(session, run, stages)
        yield session
    finally:
        session.close()


async def _secured(way: Way, sock: socket) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    try:
        context = client_context(verify=way.verify, ca_file=way.ca_file)
        return await asyncio.open_connection(sock=sock, ssl=context, server_hostname=way.host)
    except ssl.SSLError as error:
        raise StageFailed(fault_of(error)) from error
    except ConnectionError as error:
        raise StageFailed(handshake_fault("unexpected eof")) from error


def _note_certificate(session: Session, run: ProbeRun | NotifyRun, stages: Stages) -> None:
    encrypted = session.writer.get_extra_info("ssl_object")
    certificate = presented_certificate(encrypted) if encrypted is not None else None
    if certificate is not None:
        stages.values["certificate_days_left"] = days_left(certificate, run.clock.now())
        stages.saw(f"certificate {certificate.subject}, by {certificate.issuer}")
