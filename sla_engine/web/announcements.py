"""Announcements inside the customers' own pages: as JSON, and as a banner that any page can embed."""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from attrs import frozen
from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.params import Parameter
from litestar.status_codes import HTTP_200_OK, HTTP_304_NOT_MODIFIED

from sla_engine.exchange.announcements.as_json import announcements_json
from sla_engine.languages import Language
from sla_engine.web.described import answers, errors
from sla_engine.web.languages import choose_language
from sla_engine.web.shapes import AnnouncementsShown

_BANNER = Path(__file__).parent / "static" / "announcements.js"
_MINUTE = 60


@frozen
class Asked:
    """What is answered.

    Attributes:
        language: of the content, or None where it has none.
        age: seconds for which it may be kept.
    """

    content: bytes
    media_type: str
    language: str | None = None
    age: int = _MINUTE


@get(
    "/announcements.json",
    sync_to_thread=True,
    responses=answers(AnnouncementsShown, "application/json", "What there is to know.") | errors(400),
)
def announcements(
    request: Request[Any, Any, State],
    state: State,
    lang: Annotated[str | None, Parameter(max_length=5)] = None,
    services: Annotated[str | None, Parameter(max_length=2000)] = None,
) -> Response[bytes]:
    """What customers should know today: maintenance that is to come, goes on, or was cancelled."""
    language = language_of(request, lang)
    found = announcements_json(state.board().current(asked_for(services)), language)
    content = json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()
    return answer(request, Asked(content, "application/json", language.code))


@get("/announcements.js", sync_to_thread=False, responses=answers(str, "text/javascript", "The script."))
def banner(request: Request[Any, Any, State]) -> Response[bytes]:
    """The banner, as a script for any page."""
    return answer(request, Asked(_script(), "text/javascript", age=60 * _MINUTE))


def language_of(request: Request[Any, Any, State], wanted: str | None) -> Language:
    """The language that was asked for, or that the browser accepts."""
    return choose_language(wanted, request.headers.get("accept-language", ""))


def asked_for(services: str | None) -> frozenset[str]:
    """The services that are named, separated by commas; none for all."""
    return frozenset(name for part in (services or "").split(",") if (name := part.strip()))


def answer(request: Request[Any, Any, State], asked: Asked) -> Response[bytes]:
    """An answer that any page may read and any cache may keep for a while; 304 to whoever has it already."""
    tag = f'"{hashlib.sha256(asked.content).hexdigest()[:32]}"'
    headers = {
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Cache-Control": f"public, max-age={asked.age}",
        "ETag": tag,
    }
    if asked.language is not None:
        headers |= {"Content-Language": asked.language, "Vary": "Accept-Language"}
    known = {one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")}
    if tag in known:
        return Response(b"", status_code=HTTP_304_NOT_MODIFIED, headers=headers, media_type=asked.media_type)
    return Response(asked.content, status_code=HTTP_200_OK, headers=headers, media_type=asked.media_type)


@cache
def _script() -> bytes:
    return _BANNER.read_bytes()
