"""The state of one transfer, filled by libcurl's callbacks, and what comes of it: an exchange or a fault."""

import os
import socket
from collections.abc import Mapping
from typing import Any

import pycurl
from attrs import define, field, frozen

from sla_engine.plugin import AddressRefused
from sla_engine.plugin.http import Certificate, HttpError, HttpRequest
from sla_engine.registry.http.body import Body, DecodeError, body_for
from sla_engine.registry.http.certificates import presented
from sla_engine.registry.http.dialogue import Dialogue
from sla_engine.registry.http.faults import Fault, explain, explain_proxy
from sla_engine.registry.http.head import Head
from sla_engine.registry.http.phases import Micros, in_seconds, read_marks, split, stage_reached
from sla_engine.registry.http.proxies import Proxy
from sla_engine.registry.http.redirects import Target
from sla_engine.registry.http.session import Session

_SPOKEN = {
    pycurl.CURL_HTTP_VERSION_1_0: "1.0",
    pycurl.CURL_HTTP_VERSION_1_1: "1.1",
    pycurl.CURL_HTTP_VERSION_2_0: "2",
    pycurl.CURL_HTTP_VERSION_3: "3",
}
_TIMED = frozenset({"resolve", "connect", "tls", "send", "wait"})


@frozen
class Exchange:
    """One request and its answer.

    Attributes:
        phases: microseconds of each stage, those of earlier requests included.
        leads_to: the absolute address that a ``location`` header names, or None.
    """

    status: int
    headers: Mapping[str, list[str]]
    body: bytes
    size: int
    truncated: bool
    url: str
    address: str
    version: str
    tls: str | None
    phases: Micros
    certificates: tuple[Certificate, ...]
    leads_to: str | None


@define(eq=False)
class Transfer:
    """One request under way."""

    curl: Any
    request: HttpRequest
    target: Target
    proxy: Proxy | None
    session: Session
    before: Micros
    _head: Head = field(factory=Head)
    _body: Body | None = None
    _dialogue: Dialogue | None = None
    _undecodable: str | None = None
    _refused: AddressRefused | None = None
    _lacking: OSError | None = None
    _tried: str = ""

    @property
    def is_secure(self) -> bool:
        """Whether it goes over TLS."""
        return self.target.scheme == "https"

    def listen(self) -> None:
        """Have libcurl call us."""
        curl = self.curl
        curl.setopt(pycurl.SHARE, self.session.share)
        curl.setopt(pycurl.OPENSOCKETFUNCTION, self._open_socket)
        curl.setopt(pycurl.HEADERFUNCTION, self._take_header)
        curl.setopt(pycurl.WRITEFUNCTION, self._take_body)
        if self.request.wants_tls or self.request.reuse or self.session.trace is not None:
            request = self.request
            self._dialogue = Dialogue(self.session.trace, request.private_headers, request.private_texts)
            curl.setopt(pycurl.VERBOSE, 1)
            curl.setopt(pycurl.DEBUGFUNCTION, self._dialogue.hear)

    def failed(self, code: int, message: str) -> None:
        """Tell what a failed transfer failed of; one that we broke off for a body that is too long did not fail.

        Raises:
            HttpError: it failed.
        """
        if self._body is not None and self._body.truncated:
            return
        chain = self._certificates()
        marks = read_marks(self.curl, self.is_secure)
        fault = self._fault(code, message, chain)
        stage = fault.stage or stage_reached(marks)
        phases = in_seconds(split(marks, self.before, stage if stage in _TIMED else "receive"))
        raise HttpError(stage, fault.reason, phases=phases, ours=fault.ours, certificates=chain, doubt=fault.doubt)

    def _fault(self, code: int, message: str, chain: tuple[Certificate, ...]) -> Fault:
        if self._lacking is not None:
            return Fault(f"no connection: {self._lacking.strerror}", "connect", ours=True)
        if self._refused is not None and not self._tried:
            return Fault(str(self._refused), "guard", ours=True)
        if self._undecodable is not None:
            return Fault(self._undecodable, "decode")
        if self._head.flooded is not None:
            return Fault(f"protocol error: {self._head.flooded}", "receive")
        of_proxy = None if self.proxy is None else explain_proxy(self.curl, code, message, self._tried)
        return of_proxy or explain(self.curl, code, message, self._tried, chain)

    def exchange(self) -> Exchange:
        """What was exchanged, once the transfer is over.

        Raises:
            HttpError: it ended in the headers, or the body cannot be decompressed.
        """
        curl, body = self.curl, self._body
        chain, tls = self._handshake()
        phases = split(read_marks(curl, self.is_secure), self.before)
        if not self._head.is_complete:  # which libcurl takes for an answer
            reason = "the connection was closed in the middle of the headers"
            raise HttpError("receive", reason, phases=in_seconds(phases), certificates=chain)
        try:
            content = b"" if body is None else body.finish()
        except DecodeError as error:
            raise HttpError("decode", str(error), phases=in_seconds(phases), certificates=chain) from error
        return Exchange(
            status=curl.getinfo(pycurl.RESPONSE_CODE),
            headers=self._head.headers(),
            body=content,
            size=0 if body is None else body.size,
            truncated=body is not None and body.truncated,
            url=self.target.url,
            address=curl.getinfo(pycurl.PRIMARY_IP),
            version=_SPOKEN.get(curl.getinfo(pycurl.INFO_HTTP_VERSION), ""),
            tls=tls,
            phases=phases,
            certificates=chain,
            leads_to=curl.getinfo(pycurl.REDIRECT_URL) or None,
        )

    def _handshake(self) -> tuple[tuple[Certificate, ...], str | None]:
        """The certificates and the TLS version of the connection, also of one that was made for an earlier request."""
        made = (self._certificates(), None if self._dialogue is None else self._dialogue.tls)
        if not (self.is_secure and self.request.reuse):
            return made
        where = self.target.host, self.target.port
        if self.curl.getinfo(pycurl.NUM_CONNECTS) == 0:
            return self.session.handshakes.get(where, made)
        self.session.handshakes[where] = made
        return made

    def _certificates(self) -> tuple[Certificate, ...]:
        chain = presented(self.curl) if self.is_secure else ()
        if self.session.trace is not None:
            for certificate in chain:
                self.session.trace(f"* certificate of {certificate.subject}, by {certificate.issuer}")
        return chain

    def _open_socket(self, _purpose: int, address: Any) -> Any:
        try:
            self.session.guard.check(address.addr[0], self.target.host if self.proxy is None else self.proxy.host)
        except AddressRefused as refused:
            self._refused = refused
            return pycurl.SOCKET_BAD
        try:
            opened = _Descriptor(address.family, address.socktype, address.protocol)
        except OSError as error:
            self._lacking = error
            return pycurl.SOCKET_BAD
        self._tried = address.addr[0]
        return opened

    def _take_header(self, line: bytes) -> int | None:
        return None if self._head.feed(line) else -1

    def _take_body(self, chunk: bytes) -> int | None:
        try:
            if self._body is None:
                encodings = self._head.headers().get("content-encoding", [])
                self._body = body_for(encodings, self.request.max_body, keep=self.request.wants_body)
            return None if self._body.feed(chunk) else -1
        except DecodeError as error:
            self._undecodable, self._body = str(error), None  # not the error, which holds on to what was unpacked
            return -1


class _Descriptor:
    """A socket for libcurl, which duplicates it; Python's own would ask for both its ends before it closes."""

    __slots__ = ("_number",)

    def __init__(self, family: int, kind: int, protocol: int) -> None:
        self._number = socket.SocketType(family, kind, protocol).detach()

    def fileno(self) -> int:
        return self._number

    def __del__(self) -> None:
        if hasattr(self, "_number"):
            os.close(self._number)
