"""Certificates for servers on loopback, good ones and bad ones, by an authority that nobody else trusts."""

import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_NAMES = ("127.0.0.1", "localhost")
_QUARTER = timedelta(days=90)


class LocalAuthority:
    """Issues certificates; a client trusts them by its ``ca_file``."""

    def __init__(self) -> None:
        self._authority = trustme.CA()
        self._intermediate = self._authority.create_child_ca()

    def write(self, path: Path) -> Path:
        """Write the authority's own certificate, for clients to trust."""
        self._authority.cert_pem.write_to_path(str(path))
        return path

    def write_pair(self, path: Path, *names: str) -> Path:
        """Write a certificate for these names and its key into one file, for servers and clients to show."""
        issued = self._authority.issue_cert(*(names or _NAMES))
        path.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems) + _pkcs8(issued))
        return path

    def server_context(
        self, *names: str, valid_for: timedelta = _QUARTER, valid_in: timedelta = timedelta()
    ) -> ssl.SSLContext:
        """What a server presents: a certificate for these names, expired with a negative ``valid_for``."""
        end = datetime.now(UTC) + valid_in + valid_for
        begin = min(datetime.now(UTC) + valid_in, end) - (timedelta() if valid_in else timedelta(days=1))
        issued = self._authority.issue_cert(*(names or _NAMES), not_before=begin, not_after=end)
        return _presenting(issued)

    def asking_context(self) -> ssl.SSLContext:
        """The context of a server that wants a client certificate, by this authority."""
        context = self.server_context()
        self._authority.configure_trust(context)
        context.verify_mode = ssl.CERT_REQUIRED
        return context

    def chain_context(self, *, complete: bool = True) -> ssl.SSLContext:
        """A certificate by an intermediate authority, sent along with it or, as is often forgotten, not."""
        issued = self._intermediate.issue_cert(*_NAMES)
        if not complete:
            del issued.cert_chain_pems[1:]
            return _loaded(issued.cert_chain_pems[0].bytes() + issued.private_key_pem.bytes())
        return _presenting(issued)


def self_signed_context() -> ssl.SSLContext:
    """A certificate that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    names = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + _QUARTER)
    signed = builder.sign(key, hashes.SHA256())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return _loaded(signed.public_bytes(serialization.Encoding.PEM) + private)


def _presenting(issued: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    issued.configure_cert(context)
    return context


def _loaded(pem: bytes) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile(suffix=".pem") as file:  # the only way in that Python's ssl has
        file.write(pem)
        file.flush()
        context.load_cert_chain(file.name)
    return context


def _pkcs8(issued: trustme.LeafCert) -> bytes:
    key = serialization.load_pem_private_key(issued.private_key_pem.bytes(), None)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
