"""From a request to libcurl's options."""

from collections.abc import Sequence
from typing import Any

import pycurl

from sla_engine.plugin.http import HttpRequest
from sla_engine.registry.http.proxies import Proxy
from sla_engine.registry.http.redirects import Target
from sla_engine.version import __version__

_SUPPRESS_CONNECT_HEADERS = 265  # CURLOPT_SUPPRESS_CONNECT_HEADERS, which pycurl does not name

_VERSIONS = {
    None: pycurl.CURL_HTTP_VERSION_2TLS,
    "1.0": pycurl.CURL_HTTP_VERSION_1_0,
    "1.1": pycurl.CURL_HTTP_VERSION_1_1,
    "2": pycurl.CURL_HTTP_VERSION_2,
    "3": pycurl.CURL_HTTP_VERSION_3ONLY,
}
_FAMILIES = {None: pycurl.IPRESOLVE_WHATEVER, "ipv4": pycurl.IPRESOLVE_V4, "ipv6": pycurl.IPRESOLVE_V6}
_ALWAYS = (
    (pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS),
    (pycurl.NOSIGNAL, 1),
    (pycurl.DNS_CACHE_TIMEOUT, 0),
    # Otherwise the next handshake is resumed: falsely short, and without certificates.
    (pycurl.SSL_SESSIONID_CACHE, 0),
    (pycurl.COOKIEFILE, ""),  # no file, but cookies are kept
    (pycurl.NOPROXY, ""),  # otherwise the environment's no_proxy counts
)


def set_options(curl: Any, request: HttpRequest, target: Target, timeout: float) -> None:
    """Tell libcurl what to ask, and how.

    Raises:
        ValueError, UnicodeEncodeError, pycurl.error: the request cannot be sent.
    """
    milliseconds = max(1, int(timeout * 1000))
    for option, value in _ALWAYS:
        curl.setopt(option, value)
    curl.setopt(pycurl.URL, target.url)
    curl.setopt(pycurl.TIMEOUT_MS, milliseconds)
    curl.setopt(pycurl.CONNECTTIMEOUT_MS, milliseconds)
    curl.setopt(pycurl.HTTP_VERSION, _VERSIONS[request.version])
    headers = _header_lines(request, target)
    if (cookie := headers.pop("cookie", None)) is not None:  # is sent in one line with those that answers set
        curl.setopt(pycurl.COOKIE, cookie.partition(":")[2].strip())
    curl.setopt(pycurl.HTTPHEADER, [*headers.values(), "Expect:"])
    if request.family is not None:
        curl.setopt(pycurl.IPRESOLVE, _FAMILIES[request.family])
    if not request.reuse:
        curl.setopt(pycurl.FRESH_CONNECT, 1)
        curl.setopt(pycurl.FORBID_REUSE, 1)
    if target.scheme == "https":
        _set_tls(curl, request)
    if request.body is not None:
        curl.setopt(pycurl.POSTFIELDS, request.body)
    if request.method == "HEAD":
        curl.setopt(pycurl.NOBODY, 1)
    elif request.body is not None or request.method != "GET":
        curl.setopt(pycurl.CUSTOMREQUEST, request.method)


def set_proxy(curl: Any, request: HttpRequest, proxy: Proxy | None) -> None:
    """Go through the proxy that the request names, never through one of the environment's."""
    if proxy is None:
        curl.setopt(pycurl.PROXY, "")
        return
    curl.setopt(pycurl.PROXY, proxy.url)
    curl.setopt(_SUPPRESS_CONNECT_HEADERS, 1)
    if request.ca_file is not None:
        curl.setopt(pycurl.PROXY_CAINFO, request.ca_file)
    if request.proxy_login is not None:
        user, password = request.proxy_login
        curl.setopt(pycurl.PROXYUSERNAME, user)
        curl.setopt(pycurl.PROXYPASSWORD, password)


def set_addresses(curl: Any, host: str, port: int, addresses: Sequence[str]) -> None:
    """Have libcurl use these addresses for a name."""
    listed = ",".join(f"[{address}]" if ":" in address else address for address in addresses)
    curl.setopt(pycurl.RESOLVE, [f"{host}:{port}:{listed}"])


def _set_tls(curl: Any, request: HttpRequest) -> None:
    curl.setopt(pycurl.OPT_CERTINFO, 1)
    if not request.verify:
        curl.setopt(pycurl.SSL_VERIFYPEER, 0)
        curl.setopt(pycurl.SSL_VERIFYHOST, 0)
    if request.ca_file is not None:
        curl.setopt(pycurl.CAINFO, request.ca_file)
    if request.certificate_file is not None:
        curl.setopt(pycurl.SSLCERT, request.certificate_file)
        curl.setopt(pycurl.SSLKEY, request.key_file or request.certificate_file)
        if request.key_password is not None:
            curl.setopt(pycurl.KEYPASSWD, request.key_password)


def _header_lines(request: HttpRequest, target: Target) -> dict[str, str]:
    """The lines by their names in lower case."""
    given = {name.lower(): f"{name}: {value}" for name, value in request.headers.items()}
    given.setdefault("user-agent", f"User-Agent: sla_engine/{__version__}")
    given.setdefault("accept", "Accept: */*")
    given.setdefault("accept-encoding", "Accept-Encoding: gzip, deflate")
    if target.credentials is not None:
        given.setdefault("authorization", f"Authorization: {target.credentials}")
    for line in given.values():
        if "\r" in line or "\n" in line or "\0" in line:
            raise ValueError("a header holds a line break")
    return given
