"""Certificates for servers on loopback, good ones and bad ones, by an authority that nobody else trusts."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme


class LocalAuthority:
    """Issues certificates; a client trusts them by its ``ca_file``."""

    def __init__(self) -> None:
        self._authority = trustme.CA()

    def write(self, path: Path) -> Path:
        """Write the authority's own certificate, for clients to trust."""
        self._authority.cert_pem.write_to_path(str(path))
        return path

    def server_context(self, *names: str, valid_for: timedelta = timedelta(days=90)) -> ssl.SSLContext:
        """What a server presents: a certificate for these names, expired with a negative ``valid_for``."""
        end = datetime.now(UTC) + valid_for
        begin = min(datetime.now(UTC), end) - timedelta(days=1)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        issued = self._authority.issue_cert(*(names or ("127.0.0.1", "localhost")), not_before=begin, not_after=end)
        issued.configure_cert(context)
        return context
