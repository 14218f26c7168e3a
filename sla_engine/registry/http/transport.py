"""One transfer at a time over libcurl's multi interface on the event loop; no redirects are followed here."""

import time
from typing import Any

import pycurl

from sla_engine.plugin import AddressRefused
from sla_engine.plugin.http import HttpError, HttpRequest
from sla_engine.registry.http.names import UnresolvedError, addresses_of, is_numeric
from sla_engine.registry.http.options import set_addresses, set_options, set_proxy
from sla_engine.registry.http.phases import Micros, in_seconds, with_resolving
from sla_engine.registry.http.proxies import Proxy, check_target, parse_proxy
from sla_engine.registry.http.redirects import Target, parse
from sla_engine.registry.http.session import Session
from sla_engine.registry.http.transfer import Exchange, Transfer

_SPARE_HANDLES = 64


class HttpTransport:
    """libcurl on the running event loop; handles are used again, connections only within a session that asks for it."""

    def __init__(self) -> None:
        self._multi: Any = None
        self._spare: list[Any] = []

    async def exchange(self, request: HttpRequest, session: Session, timeout: float, before: Micros) -> Exchange:
        """Send one request and read its answer, within ``timeout`` seconds.

        Raises:
            HttpError: no answer was had.
        """
        began = time.monotonic()
        target, proxy = _way(request, session, before)
        host, port = (target.host, int(target.port)) if proxy is None else (proxy.host, proxy.port)
        addresses = None
        if not is_numeric(host):
            addresses = await _addresses(request, session, (host, port), timeout, before)
            before = with_resolving(before, time.monotonic() - began)
        curl = self._spare.pop() if self._spare else pycurl.Curl()
        try:
            transfer = Transfer(curl, request, target, proxy, session, before)
            _prepare(curl, transfer, timeout - (time.monotonic() - began))
            if addresses is not None:
                set_addresses(curl, host, port, addresses)
            return await self._perform(transfer)
        finally:
            self._give_back(curl)

    async def _perform(self, transfer: Transfer) -> Exchange:
        if self._multi is None:
            self._multi = pycurl.AsyncCurlMulti()
        try:
            await self._multi.perform(transfer.curl)
        except pycurl.error as error:
            transfer.failed(error.args[0], error.args[1])
        return transfer.exchange()

    def _give_back(self, curl: Any) -> None:
        curl.reset()
        curl.unsetopt(pycurl.SHARE)  # which a reset leaves in place
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


def _way(request: HttpRequest, session: Session, before: Micros) -> tuple[Target, Proxy | None]:
    """Where the request goes, and through what."""
    try:
        target = parse(request.url)
    except ValueError as error:
        raise HttpError("request", f"{request.url[:200]!r} is {error}", phases=in_seconds(before), ours=True) from error
    if request.proxy is None:
        _check_family(request, target, before)
        return target, None
    try:
        proxy = parse_proxy(request.proxy)
        check_target(session.guard, target.host)
    except ValueError as error:
        raise HttpError("proxy", str(error), phases=in_seconds(before), ours=True) from error
    except AddressRefused as refused:
        raise HttpError("guard", str(refused), phases=in_seconds(before), ours=True) from refused
    return target, proxy


def _check_family(request: HttpRequest, target: Target, before: Micros) -> None:
    """Libcurl itself takes an address of either family."""
    if request.family is not None and is_numeric(target.host) and (":" in target.host) != (request.family == "ipv6"):
        reason = f"{target.host} is no address of the family {request.family}"
        raise HttpError("request", reason, phases=in_seconds(before), ours=True)


async def _addresses(
    request: HttpRequest, session: Session, where: tuple[str, int], timeout: float, before: Micros
) -> list[str]:
    began = time.monotonic()
    host, port = where
    if request.reuse and host in session.addresses:
        return session.addresses[host]
    try:
        found = await addresses_of(host, port, request.family, timeout)
    except UnresolvedError as error:
        fault = error.fault
        phases = in_seconds(with_resolving(before, time.monotonic() - began))
        stage = "resolve" if request.proxy is None else "proxy"
        ours = fault.ours or request.proxy is not None
        raise HttpError(stage, fault.reason, phases=phases, ours=ours, doubt=fault.doubt) from error
    if request.reuse:
        session.addresses[host] = found
    if session.trace is not None:
        session.trace(f"* {host} has the addresses {', '.join(found)}")
    return found


def _prepare(curl: Any, transfer: Transfer, timeout: float) -> None:
    try:
        set_options(curl, transfer.request, transfer.target, timeout)
        set_proxy(curl, transfer.request, transfer.proxy)
        transfer.listen()
    except (pycurl.error, UnicodeEncodeError, ValueError) as error:
        phases = in_seconds(transfer.before)
        raise HttpError("request", f"cannot be sent: {error}", phases=phases, ours=True) from error
