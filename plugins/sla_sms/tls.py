"""The connection to a gateway over SMPP, in clear text or within TLS."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from socket import socket
from typing import TYPE_CHECKING

from sla_engine.plugin import ProbeRun, StageFailed, Stages
from sla_engine.plugin.tls import client_context, days_left, presented_certificate
from sla_sms.failures import printable
from sla_sms.session import Session

if TYPE_CHECKING:
    from sla_sms.probe import SmsProbe

# OpenSSL's verification results (x509_vfy.h), in the words that the http probe has for them.
_VERIFICATION = {
    2: "the issuer of the certificate is not trusted",
    9: "the certificate is not valid yet",
    10: "the certificate has expired",
    18: "the certificate is self-signed",
    19: "the chain ends in a self-signed certificate that is not trusted",
    20: "the issuer of the certificate is not trusted",
    21: "the issuer of the certificate is not trusted",
    23: "the certificate was revoked",
    62: "the certificate is for another name",
    64: "the certificate is for another name",
    66: "the key of the certificate is too weak",
    67: "the key of an authority in the chain is too weak",
    68: "a signature in the chain is too weak",
}
# Parts of OpenSSL's reasons, as in TLSV1_ALERT_PROTOCOL_VERSION.
_HANDSHAKE = {
    "unsupported protocol": "the server speaks only versions of TLS that are too old",
    "protocol version": "the server speaks only versions of TLS that are too old",
    "wrong version number": "the server does not speak TLS",
    "packet length too long": "the server does not speak TLS",
    "http request": "the server does not speak TLS",
    "unexpected eof": "the connection was closed in the handshake",
    "unrecognized name": "the server knows no such name",
    "certificate required": "the server wants a client certificate",
    "handshake failure": "the server accepts none of the ciphers, or wants a client certificate",
    "no shared cipher": "the server accepts none of the ciphers",
    "dh key too small": "the server's Diffie-Hellman key is too small",
    "ee key too small": "the key of the certificate is too weak",
}


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
        raise StageFailed(_fault(error)) from error
    except ConnectionError as error:
        raise StageFailed(_handshake_fault("unexpected eof")) from error


def _fault(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        known = _VERIFICATION.get(error.verify_code)
        return known or f"the certificate was refused: {printable(error.verify_message)}"
    return _handshake_fault(printable(error.reason or str(error)).replace("_", " ").lower())


def _handshake_fault(reason: str) -> str:
    told = next((words for part, words in _HANDSHAKE.items() if part in reason), reason)
    return f"the TLS handshake failed: {told}"


def _note_certificate(session: Session, run: ProbeRun, stages: Stages) -> None:
    encrypted = session.writer.get_extra_info("ssl_object")
    certificate = presented_certificate(encrypted) if encrypted is not None else None
    if certificate is not None:
        stages.values["certificate_days_left"] = days_left(certificate, run.clock.now())
        stages.saw(f"certificate {certificate.subject}, by {certificate.issuer}")
