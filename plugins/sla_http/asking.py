"""From a check's keys to the request that is sent."""

from base64 import b64encode
from collections.abc import Mapping
from typing import Literal
from urllib.parse import urlencode, urlsplit

from attrs import evolve

from sla_engine.plugin import HttpRequest, NotifyRun, ProbeRun, Secret

Version = Literal["1.0", "1.1", "2", "3"]
Family = Literal["ipv4", "ipv6"]
PROXY_SCHEMES = ("http", "https", "socks5h")


def check_url(url: str) -> None:
    """Refuse what is no address of the web.

    Raises:
        ValueError: it is not absolute, or neither http nor https.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"url {url!r} is no address: write it in full, as in https://www.example.com/")


def check_proxy(proxy: str) -> None:
    """Refuse what is no proxy that can be used.

    Raises:
        ValueError: its scheme is another, it has no port, or it holds a user or password.
    """
    parts = urlsplit(proxy)
    if parts.scheme not in PROXY_SCHEMES or not parts.hostname or parts.port is None:
        raise ValueError(f"proxy {proxy!r} must be written with scheme and port, as in http://proxy.example.com:3128")
    if parts.username is not None:
        raise ValueError("proxy must not hold a user or password: give proxy_username and proxy_password")


def header_values(
    headers: Mapping[str, str | Secret], run: ProbeRun | NotifyRun
) -> tuple[dict[str, str], frozenset[str]]:
    """The headers with their secrets revealed, and the names of those that hold one."""
    revealed = {
        name: run.secrets.reveal(value) if isinstance(value, Secret) else value for name, value in headers.items()
    }
    return revealed, frozenset(name for name, value in headers.items() if isinstance(value, Secret))


def basic_login(username: str, password: str) -> str:
    """The value of an ``Authorization`` header (RFC 7617)."""
    return "Basic " + b64encode(f"{username}:{password}".encode()).decode("ascii")


def revealed(secret: Secret | None, run: ProbeRun) -> str | None:
    """The text of a secret, if there is one.

    Raises:
        LookupError: there is nothing at that reference.
    """
    return None if secret is None else run.secrets.reveal(secret)


def form_body(form: Mapping[str, str | Secret], run: ProbeRun | NotifyRun) -> bytes:
    """A form, as browsers send it."""
    fields = {name: run.secrets.reveal(value) if isinstance(value, Secret) else value for name, value in form.items()}
    return urlencode(fields).encode()


def with_body(request: HttpRequest, body: bytes, content_type: str) -> HttpRequest:
    """The request with a body, and with its type unless the check gives one."""
    headers = dict(request.headers)
    if "content-type" not in {name.lower() for name in headers}:
        headers["Content-Type"] = content_type
    return evolve(request, body=body, headers=headers)
