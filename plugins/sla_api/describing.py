"""Where the OpenAPI document of a service comes from: its own address, kept for a while, or a file."""

import asyncio
import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit
from weakref import WeakValueDictionary

from attrs import evolve, frozen

from sla_api.documents import read_json
from sla_engine.plugin import Duration, HttpError, HttpRequest, HttpResponse, ProbeRun

if TYPE_CHECKING:
    from sla_api.openapi import Description

_MEMORY = "openapi"
_HOUR = Duration(3_600_000_000)
_MICRO = 1_000_000
_LARGEST = 8 * 1024 * 1024


@frozen
class OpenApi:
    """Hold the answers against the service's own OpenAPI document (3.1 or 3.0, in JSON).

    An answer that is not as the document says is down; a document that cannot be had is degraded.
    """

    url: str | None = None  # its address, which may be relative to the check's; no credentials are sent to it
    file: str | None = None  # or a file that holds it
    max_age: Duration = _HOUR  # how long it is used before the service is asked whether it changed

    def __attrs_post_init__(self) -> None:
        if (self.url is None) == (self.file is None):
            raise ValueError("the document has an address or stands in a file: write either url or file")
        if self.file is not None:
            from sla_api.sources import changed_at

            _from_file(self.file, changed_at(self.file), "")


class Absent(Exception):  # noqa: N818 (it names what happened)
    """There is no document; the message says why."""


@frozen
class _Kept:
    description: "Description"
    etag: str | None
    modified: str | None
    read_at: float


async def description_for(asked: OpenApi, run: ProbeRun, base: str, like: HttpRequest) -> "Description":
    """The document, asked for anew when it is older than ``max_age``.

    Args:
        base: the check's address.
        like: a request whose way (certificates, address family, time) this one shares.

    Raises:
        Absent: it cannot be had.
    """
    if asked.url is None:
        return _file(asked, base)
    url = urljoin(base, asked.url)
    kept: _Kept | None = run.memory.get(_MEMORY)
    if kept is not None and kept.description.url != url:
        kept = None
    now = run.clock.monotonic()
    if kept is None or now - kept.read_at >= asked.max_age.microseconds / _MICRO:
        run.memory.pop(_MEMORY, None)
        request = evolve(_plain(like, url), headers=_conditions(kept), timeout=run.remaining() / 2)
        kept = await _fetch(run, request, kept)
        run.memory[_MEMORY] = kept
    return kept.description


async def _fetch(run: ProbeRun, request: HttpRequest, kept: _Kept | None) -> _Kept:
    try:
        answer = await run.http.fetch(request)
    except HttpError as error:
        raise Absent(str(error)) from error
    if answer.status == 304 and kept is not None:
        return evolve(kept, read_at=run.clock.monotonic())
    if answer.status != 200:
        raise Absent(f"status {answer.status}")
    try:
        description = await asyncio.to_thread(_describe, answer, request.url)
    except ValueError as error:
        raise Absent(str(error)) from error
    return _Kept(description, _header(answer, "etag"), _header(answer, "last-modified"), run.clock.monotonic())


_shared: WeakValueDictionary[tuple[str, str], "Description"] = WeakValueDictionary()
"""What the checks of this process keep, by address and SHA-256: many checks of one service share one description."""


def _describe(answer: HttpResponse, url: str) -> "Description":
    from sla_api.openapi import describe

    key = url, hashlib.sha256(answer.body).hexdigest()
    description = _shared.get(key)
    if description is None:
        description = _shared[key] = describe(read_json(answer), url)
    return description


def _plain(like: HttpRequest, url: str) -> HttpRequest:
    """A request without credentials; the client's certificate goes to the check's own host alone."""
    request = evolve(like, url=url, method="GET", private_headers=frozenset(), body=None, max_body=_LARGEST)
    if urlsplit(url).netloc == urlsplit(like.url).netloc:
        return request
    return evolve(request, certificate_file=None, key_file=None, key_password=None)


def _conditions(kept: _Kept | None) -> dict[str, str]:
    """What asks only for a document that changed (RFC 9110, section 13)."""
    headers = {"Accept": "application/json"}
    if kept is not None and kept.etag is not None:
        headers["If-None-Match"] = kept.etag
    elif kept is not None and kept.modified is not None:
        headers["If-Modified-Since"] = kept.modified
    return headers


def _header(answer: HttpResponse, name: str) -> str | None:
    values = answer.headers.get(name)
    return values[0] if values else None


def _file(asked: OpenApi, base: str) -> "Description":
    from sla_api.sources import changed_at

    path = asked.file or ""
    try:
        return _from_file(path, changed_at(path), base)
    except ValueError as error:
        raise Absent(str(error)) from error


@lru_cache(maxsize=64)
def _from_file(path: str, _changed: int, base: str) -> "Description":
    from sla_api.openapi import describe
    from sla_api.sources import read_file

    try:
        return describe(read_file(path), base)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
