"""One transfer at a time over libcurl's multi interface on the event loop: no redirects, no connection used twice."""

import socket
from collections.abc import Mapping
from typing import Any

import pycurl
from attrs import frozen

from sla_engine.plugin.http import Certificate, HttpError, HttpRequest
from sla_engine.plugin.probe import AddressRefused
from sla_engine.registry.guard import NetworkGuard
from sla_engine.registry.http.body import Body, DecodeError, body_for
from sla_engine.registry.http.certificates import presented
from sla_engine.registry.http.faults import explain
from sla_engine.registry.http.head import Head
from sla_engine.registry.http.phases import Micros, in_seconds, read_marks, split, stage_reached
from sla_engine.registry.http.redirects import Target, parse
from sla_engine.version import __version__

_VERSIONS = {
    None: pycurl.CURL_HTTP_VERSION_2TLS,
    "1.0": pycurl.CURL_HTTP_VERSION_1_0,
    "1.1": pycurl.CURL_HTTP_VERSION_1_1,
    "2": pycurl.CURL_HTTP_VERSION_2,
    "3": pycurl.CURL_HTTP_VERSION_3ONLY,
}
_SPOKEN = {
    pycurl.CURL_HTTP_VERSION_1_0: "1.0",
    pycurl.CURL_HTTP_VERSION_1_1: "1.1",
    pycurl.CURL_HTTP_VERSION_2_0: "2",
    pycurl.CURL_HTTP_VERSION_3: "3",
}
_FAMILIES = {None: pycurl.IPRESOLVE_WHATEVER, "ipv4": pycurl.IPRESOLVE_V4, "ipv6": pycurl.IPRESOLVE_V6}
_SPARE_HANDLES = 64


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
    truncated: bool
    url: str
    address: str
    version: str
    phases: Micros
    certificates: tuple[Certificate, ...]
    leads_to: str | None


class HttpTransport:
    """libcurl on the running event loop; handles are used again, connections are not."""

    def __init__(self) -> None:
        self._multi: Any = None
        self._spare: list[Any] = []

    async def exchange(self, request: HttpRequest, guard: NetworkGuard, timeout: float, before: Micros) -> Exchange:
        """Send one request and read its answer, within ``timeout`` seconds.

        Raises:
            HttpError: no answer was had.
        """
        if self._multi is None:
            self._multi = pycurl.AsyncCurlMulti()
        curl = self._spare.pop() if self._spare else pycurl.Curl()
        transfer = _Transfer(curl, request, guard, before)
        try:
            transfer.prepare(timeout)
            try:
                await self._multi.perform(curl)
            except pycurl.error as error:
                transfer.failed(error.args[0], error.args[1])
            return transfer.exchange()
        finally:
            curl.reset()
            if len(self._spare) < _SPARE_HANDLES:
                self._spare.append(curl)
            else:
                curl.close()

    async def aclose(self) -> None:
        """Break off what is under way, and give everything back."""
        if self._multi is not None:
            await self._multi.aclose()
            self._multi = None
        while self._spare:
            self._spare.pop().close()


class _Transfer:
    """The state of one transfer, filled by libcurl's callbacks."""

    def __init__(self, curl: Any, request: HttpRequest, guard: NetworkGuard, before: Micros) -> None:
        self._curl = curl
        self._request = request
        self._guard = guard
        self._before = before
        try:
            self._target: Target = parse(request.url)
        except ValueError as error:
            raise HttpError("request", f"{request.url[:200]!r} is {error}", phases=in_seconds(before)) from error
        self._head = Head()
        self._body: Body | None = None
        self._undecodable: DecodeError | None = None
        self._refused: AddressRefused | None = None

    def prepare(self, timeout: float) -> None:
        curl, request = self._curl, self._request
        try:
            for option, value in {
                pycurl.URL: self._target.url,
                pycurl.PROTOCOLS: pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS,
                pycurl.PROXY: "",
                pycurl.NOSIGNAL: 1,
                pycurl.FRESH_CONNECT: 1,
                pycurl.FORBID_REUSE: 1,
                pycurl.DNS_CACHE_TIMEOUT: 0,
                # Otherwise the next handshake is resumed: falsely short, and without certificates.
                pycurl.SSL_SESSIONID_CACHE: 0,
                pycurl.OPT_CERTINFO: 1,
                pycurl.SSL_VERIFYPEER: int(request.verify),
                pycurl.SSL_VERIFYHOST: 2 if request.verify else 0,
                pycurl.HTTP_VERSION: _VERSIONS[request.version],
                pycurl.IPRESOLVE: _FAMILIES[request.family],
                pycurl.TIMEOUT_MS: max(1, int(timeout * 1000)),
                pycurl.CONNECTTIMEOUT_MS: max(1, int(timeout * 1000)),
                pycurl.HTTPHEADER: self._header_lines(),
                pycurl.OPENSOCKETFUNCTION: self._open_socket,
                pycurl.HEADERFUNCTION: self._take_header,
                pycurl.WRITEFUNCTION: self._take_body,
            }.items():
                curl.setopt(option, value)
            if request.ca_file is not None:
                curl.setopt(pycurl.CAINFO, request.ca_file)
            if request.body is not None:
                curl.setopt(pycurl.POSTFIELDS, request.body)
            if request.method == "HEAD":
                curl.setopt(pycurl.NOBODY, 1)
            elif request.body is not None or request.method != "GET":
                curl.setopt(pycurl.CUSTOMREQUEST, request.method)
        except (pycurl.error, UnicodeEncodeError, ValueError) as error:
            raise HttpError("request", f"cannot be sent: {error}", phases=in_seconds(self._before)) from error

    def failed(self, code: int, message: str) -> None:
        """Tell what a failed transfer failed of; one that we broke off for a body that is too long did not fail."""
        if self._body is not None and self._body.truncated and self._undecodable is None:
            return
        marks = read_marks(self._curl, self._target.scheme == "https")
        stage = stage_reached(marks)
        if self._refused is not None:
            stage, reason, ours = "guard", str(self._refused), True
        elif self._undecodable is not None:
            stage, reason, ours = "decode", str(self._undecodable), False
        elif self._head.flooded is not None:
            stage, reason, ours = "receive", f"protocol error: {self._head.flooded}", False
        else:
            fault = explain(self._curl, code, message)
            stage, reason, ours = fault.stage or stage, fault.reason, fault.ours
        within = stage if stage in {"resolve", "connect", "tls", "send", "wait"} else "receive"
        phases = in_seconds(split(marks, self._before, within))
        raise HttpError(stage, reason, phases=phases, ours=ours, certificates=presented(self._curl))

    def exchange(self) -> Exchange:
        curl = self._curl
        marks = read_marks(curl, self._target.scheme == "https")
        phases = split(marks, self._before)
        try:
            body = b"" if self._body is None else self._body.finish()
        except DecodeError as error:
            raise HttpError("decode", str(error), phases=in_seconds(phases), certificates=presented(curl)) from error
        return Exchange(
            status=curl.getinfo(pycurl.RESPONSE_CODE),
            headers=self._head.headers(),
            body=body,
            truncated=self._body is not None and self._body.truncated,
            url=self._target.url,
            address=curl.getinfo(pycurl.PRIMARY_IP),
            version=_SPOKEN.get(curl.getinfo(pycurl.INFO_HTTP_VERSION), ""),
            phases=phases,
            certificates=presented(curl),
            leads_to=curl.getinfo(pycurl.REDIRECT_URL) or None,
        )

    def _header_lines(self) -> list[str]:
        given = {name.lower(): f"{name}: {value}" for name, value in self._request.headers.items()}
        given.setdefault("user-agent", f"User-Agent: sla_engine/{__version__}")
        given.setdefault("accept", "Accept: */*")
        given.setdefault("accept-encoding", "Accept-Encoding: gzip, deflate")
        if self._target.credentials is not None:
            given.setdefault("authorization", f"Authorization: {self._target.credentials}")
        for line in given.values():
            if any(character in line for character in "\r\n\0"):
                raise ValueError("a header holds a line break")
        return [*given.values(), "Expect:"]

    def _open_socket(self, _purpose: int, address: Any) -> Any:
        try:
            self._guard.check(address.addr[0], self._target.host)
        except AddressRefused as refused:
            self._refused = refused
            return pycurl.SOCKET_BAD
        try:
            return socket.socket(address.family, address.socktype, address.protocol)
        except OSError:
            return pycurl.SOCKET_BAD

    def _take_header(self, line: bytes) -> int | None:
        return None if self._head.feed(line) else -1

    def _take_body(self, chunk: bytes) -> int | None:
        try:
            if self._body is None:
                self._body = body_for(self._head.headers().get("content-encoding", []), self._request.max_body)
            return None if self._body.feed(chunk) else -1
        except DecodeError as error:
            self._undecodable = error
            return -1
