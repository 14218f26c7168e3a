"""TLS for plugins that speak a protocol of their own: what to trust, and what a server presented."""

import hashlib
import ssl
from datetime import UTC
from functools import lru_cache
from pathlib import Path

from sla_engine.model.instant import DAY, Instant, to_instant
from sla_engine.plugin.http import Certificate


def client_context(*, verify: bool = True, ca_file: str | None = None) -> ssl.SSLContext:
    """What to trust: the system's certificates, or those in ``ca_file`` instead; without ``verify`` anybody.

    Building one costs 25 ms, so each is kept until its file changes.

    Raises:
        OSError: the file cannot be read, or holds no certificate.
    """
    changed = Path(ca_file).stat().st_mtime_ns if ca_file else 0
    return _context(verify, ca_file, changed)


@lru_cache(maxsize=64)
def _context(verify: bool, ca_file: str | None, _changed: int) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=ca_file)
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def presented_certificate(session: ssl.SSLObject | ssl.SSLSocket) -> Certificate | None:
    """The certificate of the other side of a TLS session, verified or not; None where it cannot be read."""
    encoded = session.getpeercert(binary_form=True)
    if encoded is None:
        return None

    from cryptography import x509  # 50 ms, wanted only where TLS is spoken

    try:
        certificate = x509.load_der_x509_certificate(encoded)
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        names = x509.SubjectAlternativeName([])
    except ValueError:  # a server that need not be verified may send anything
        return None
    return Certificate(
        subject=certificate.subject.rfc4514_string(),
        issuer=certificate.issuer.rfc4514_string(),
        names=tuple(str(name.value) for name in names),
        not_before=to_instant(certificate.not_valid_before_utc.astimezone(UTC)),
        not_after=to_instant(certificate.not_valid_after_utc.astimezone(UTC)),
        sha256=hashlib.sha256(encoded).hexdigest(),
    )


def days_left(certificate: Certificate, now: Instant) -> float:
    """Days until a certificate ends; negative where it has ended."""
    return (certificate.not_after - now) / DAY
