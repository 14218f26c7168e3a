"""What libcurl tells of a transfer while it goes on: the TLS version, and the dialogue for who wants to see it."""

import pycurl

from sla_engine.plugin import Trace

_TLS = b"SSL connection using "
_WORTH_TELLING = (b"Trying ", b"Connected to ", b"ALPN: server accepted", b"Established ", _TLS)
_CREDENTIALS = frozenset({"authorization", "cookie", "proxy-authorization", "set-cookie"})
_LONGEST_LINE = 300


class Dialogue:
    """Listens to libcurl; the values of headers that hold credentials, and texts that are private, are never told.

    Attributes:
        tls: the version that was agreed on, such as ``1.3``, or None.
    """

    __slots__ = ("_private", "_texts", "_trace", "tls")

    def __init__(self, trace: Trace | None, headers: frozenset[str], texts: frozenset[str] = frozenset()) -> None:
        self._trace = trace
        self._private = _CREDENTIALS | {name.lower() for name in headers}
        self._texts = sorted((text.encode() for text in texts), key=len, reverse=True)
        self.tls: str | None = None

    def hear(self, kind: int, data: bytes) -> None:
        """Take what libcurl says; for its ``DEBUGFUNCTION``."""
        if kind == pycurl.INFOTYPE_TEXT:
            line = data.strip()
            if line.startswith(_TLS):
                self.tls = line[len(_TLS) :].partition(b" ")[0].decode("ascii", "replace").removeprefix("TLSv")
            if self._trace is not None and line.startswith(_WORTH_TELLING):
                self.tell("*", line)
        elif self._trace is not None and kind in (pycurl.INFOTYPE_HEADER_OUT, pycurl.INFOTYPE_HEADER_IN):
            for line in data.splitlines():
                self.tell(">" if kind == pycurl.INFOTYPE_HEADER_OUT else "<", self._without_credentials(line))

    def tell(self, mark: str, line: bytes) -> None:
        """Tell a line to whoever listens."""
        if self._trace is not None and line:
            for text in self._texts:
                line = line.replace(text, b"***")
            self._trace(f"{mark} {line[:_LONGEST_LINE].decode('utf-8', 'replace')}")

    def _without_credentials(self, line: bytes) -> bytes:
        name, colon, _ = line.partition(b":")
        is_private = name.strip().lower().decode("latin-1") in self._private
        return name + colon + b" ***" if colon and is_private else line
