"""TLS: each fault in words of its own, the same as those of the http probe, and what the server presented."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from sla_engine.plugin import ProbeRun, StageFailed, Stages
from sla_engine.plugin.tls import days_left, presented_certificate

# OpenSSL's verification results (x509_vfy.h) that have a cause of their own.
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
    "unexpected eof": "the connection was closed in the handshake",
    "unrecognized name": "the server knows no such name",
    "certificate required": "the server wants a client certificate",
    "handshake failure": "the server accepts none of the ciphers, or wants a client certificate",
    "dh key too small": "the server's Diffie-Hellman key is too small",
    "ee key too small": "the key of the certificate is too weak",
}


@contextmanager
def tls_faults_told() -> Iterator[None]:
    """Turn a failed handshake into a failure of the present stage."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        told = _VERIFICATION.get(error.verify_code, f"the certificate was refused: {error.verify_message}")
        raise StageFailed(told) from error
    except ssl.SSLError as error:
        raise StageFailed(_handshake_fault((error.reason or str(error)).replace("_", " ").lower())) from error
    except ConnectionError as error:
        raise StageFailed(_handshake_fault("unexpected eof")) from error


def _handshake_fault(reason: str) -> str:
    told = next((words for part, words in _HANDSHAKE.items() if part in reason), reason)
    return f"the TLS handshake failed: {told}"


def note_tls(session: ssl.SSLObject | None, stages: Stages, run: ProbeRun) -> None:
    """Keep the version, the certificate and its days left."""
    certificate = presented_certificate(session) if session is not None else None
    if session is None or certificate is None:
        return
    stages.values["certificate_days_left"] = days_left(certificate, run.clock.now())
    names = ", ".join(certificate.names)
    stages.saw(f"{session.version()}, certificate {certificate.subject}, for {names}, by {certificate.issuer}")
