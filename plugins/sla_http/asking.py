"""From a check's keys to the request that is sent."""

from collections.abc import Mapping
from typing import Literal
from urllib.parse import urlencode, urlsplit

from attrs import evolve

from sla_engine.plugin import HttpRequest, ProbeRun, Secret

Version = Literal["1.0", "1.1", "2", "3"]
Family = Literal["ipv4", "ipv6"]


def check_url(url: str) -> None:
    """Refuse what is no address of the web.

    Raises:
        ValueError: it is not absolute, or neither http nor https.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"url {url!r} is no address: write it in full, as in https://www.example.com/")


def header_values(headers: Mapping[str, str | Secret], run: ProbeRun) -> tuple[dict[str, str], frozenset[str]]:
    """The headers with their secrets revealed, and the names of those that hold one."""
    revealed = {
        name: run.secrets.reveal(value) if isinstance(value, Secret) else value for name, value in headers.items()
    }
    return revealed, frozenset(name for name, value in headers.items() if isinstance(value, Secret))


def form_body(form: Mapping[str, str | Secret], run: ProbeRun) -> bytes:
    """A form, as browsers send it."""
    fields = {name: run.secrets.reveal(value) if isinstance(value, Secret) else value for name, value in form.items()}
    return urlencode(fields).encode()


def with_body(request: HttpRequest, body: bytes, content_type: str) -> HttpRequest:
    """The request with a body, and with its type unless the check gives one."""
    headers = dict(request.headers)
    if "content-type" not in {name.lower() for name in headers}:
        headers["Content-Type"] = content_type
    return evolve(request, body=body, headers=headers)
