"""Where a redirect leads, and what may be taken along."""

from base64 import b64encode
from functools import lru_cache
from urllib.parse import unquote_to_bytes

import pycurl
from attrs import evolve, frozen

from sla_engine.plugin.http import HttpRequest

STATUSES = frozenset({301, 302, 303, 307, 308})

_DEFAULT_PORTS = {"http": "80", "https": "443"}
_CREDENTIALS = frozenset({"authorization", "cookie", "proxy-authorization"})
_OF_THE_BODY = frozenset(
    {"content-type", "content-length", "content-encoding", "content-language", "transfer-encoding"}
)


class NotFollowedError(Exception):
    """A redirect leads where no request may go; the message says where."""


@frozen
class Target:
    """A URL taken apart by libcurl's own parser, so that nobody reads it differently than the client that connects.

    Attributes:
        url: without user, password and fragment.
        host: in ASCII, without brackets.
        credentials: the value of an ``authorization`` header for the user and password that were in the URL, or None.
    """

    url: str
    scheme: str
    host: str
    port: str
    credentials: str | None

    @property
    def origin(self) -> tuple[str, str, str]:
        """What decides whether credentials may be sent along."""
        return self.scheme, self.host, self.port


@lru_cache(maxsize=4096)
def parse(url: str) -> Target:
    """Take a URL apart.

    Raises:
        ValueError: it is no absolute URL of ``http`` or ``https``.
    """
    try:
        parts = pycurl.CurlUrl(url.encode(), pycurl.U_URLENCODE | pycurl.U_NON_SUPPORT_SCHEME)
        scheme, user, password = parts.scheme, parts.user, parts.password
        if scheme not in _DEFAULT_PORTS:
            raise ValueError(f"{scheme} is neither http nor https")
        parts.user = parts.password = parts.fragment = None
        if not parts.host.isascii():
            parts.host = _to_ascii(parts.host)
        host = parts.host.lower().rstrip(".").strip("[]")
        return Target(parts.url, scheme, host, parts.port or _DEFAULT_PORTS[scheme], _basic(user, password))
    except (pycurl.error, UnicodeError) as error:
        raise ValueError(f"no URL: {error.args[-1]}") from error


def next_request(request: HttpRequest, status: int, location: str) -> HttpRequest:
    """The request that follows a redirect.

    Credentials, the client's certificate among them, go along only to the same origin, or from ``http`` to ``https``
    of the same host; a body only to the same host. A user or password inside the new address is dropped.

    Raises:
        NotFollowedError: it leads away from http and https, is no URL, or would hand the body to another host.
    """
    try:
        here, there = parse(request.url), parse(location)
    except ValueError as error:
        raise NotFollowedError(f"{location[:200]!r} is not followed: {error}") from error
    keeps_method = status in (307, 308) or request.method in ("GET", "HEAD")
    if keeps_method and request.body is not None and here.host != there.host:
        raise NotFollowedError(f"{there.url} with status {status} would hand the body to another host")
    dropped: frozenset[str] | set[str] = frozenset()
    if _leaves(here, there):
        dropped = _CREDENTIALS | {name.lower() for name in request.private_headers}
        request = evolve(request, certificate_file=None, key_file=None, key_password=None)
    if not keeps_method:
        dropped |= _OF_THE_BODY
    headers = {name: value for name, value in request.headers.items() if name.lower() not in dropped}
    if keeps_method:
        return evolve(request, url=there.url, headers=headers)
    return evolve(request, url=there.url, headers=headers, method="GET", body=None)


def _leaves(here: Target, there: Target) -> bool:
    is_upgrade = here.origin == ("http", there.host, "80") and there.origin == ("https", here.host, "443")
    return here.origin != there.origin and not is_upgrade


def _to_ascii(host: str) -> str:
    """The form in which DNS knows an international name; libcurl's own is not part of its wheel."""
    import idna

    return idna.encode(host, uts46=True).decode("ascii")


def _basic(user: str | None, password: str | None) -> str | None:
    if user is None and password is None:
        return None
    pair = unquote_to_bytes(user or "") + b":" + unquote_to_bytes(password or "")
    return "Basic " + b64encode(pair).decode("ascii")
