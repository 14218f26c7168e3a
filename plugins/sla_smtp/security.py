"""TLS: each fault in words of its own, the same as those of the http probe, and what the server presented."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from sla_engine.plugin import ProbeRun, StageFailed, Stages
from sla_engine.plugin.tls import days_left, presented_certificate

# OpenSSL's verification results (x509_vfy.h) that have a cause of their own.
_CERTIFICATE = {
    9: "the certificate is not valid yet",
    10: "the certificate has expired",
    18: "the certificate is self-signed",
    19: "the chain ends in a self-signed certificate that is not trusted",
    20: "the issuer of the certificate is not trusted",
    21: "the issuer of the certificate is not trusted",
    23: "the certificate was revoked",
    62: "the certificate is for another name",
    64: "the certificate is for another name",
}


@contextmanager
def tls_faults_told() -> Iterator[None]:
    """Turn a failed handshake into a failure of the present stage."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        told = _CERTIFICATE.get(error.verify_code, f"the certificate was refused: {error.verify_message}")
        raise StageFailed(told) from error
    except ssl.SSLError as error:
        reason = (error.reason or str(error)).replace("_", " ").lower()
        raise StageFailed(f"the TLS handshake failed: {reason}") from error
    except ConnectionError as error:
        raise StageFailed("the TLS handshake failed: connection closed by the server") from error


def note_tls(session: ssl.SSLObject | None, stages: Stages, run: ProbeRun) -> None:
    """Keep the version, the certificate and its days left."""
    certificate = presented_certificate(session) if session is not None else None
    if session is None or certificate is None:
        return
    stages.values["certificate_days_left"] = days_left(certificate, run.clock.now())
    names = ", ".join(certificate.names)
    stages.saw(f"{session.version()}, certificate {certificate.subject}, for {names}, by {certificate.issuer}")
