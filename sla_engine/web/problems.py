"""What went wrong, as people read it and as programs do; and nothing of it that is not theirs to know."""

import traceback
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import structlog
from litestar import Request, Response
from litestar.datastructures import State
from litestar.exceptions import HTTPException, InternalServerException
from litestar.status_codes import (
    HTTP_404_NOT_FOUND,
    HTTP_409_CONFLICT,
    HTTP_410_GONE,
    HTTP_413_REQUEST_ENTITY_TOO_LARGE,
    HTTP_422_UNPROCESSABLE_ENTITY,
    HTTP_500_INTERNAL_SERVER_ERROR,
)

from sla_engine.engine.tickets.acting import IncompleteError
from sla_engine.engine.tickets.files import NotKeptError, TooMuchError
from sla_engine.engine.tickets.levels import NoSuchLevelError, NoSuchTicketError, TicketError
from sla_engine.plugin.hiding import Hidden
from sla_engine.web.pages import problem_page
from sla_engine.web.ticket_view import NothingSaidError

PROBLEM = "application/problem+json"
"""How programs are told of what went wrong (RFC 9457)."""
_OF_PROGRAMS = ("/api/", "/metrics", "/healthz", "/readyz", "/announcements.js", "/feed.atom", "/maintenance.ics")
"""What begins so is asked for by programs, and all else by people."""

_log = structlog.get_logger("sla_engine.web")

_STATUS: tuple[tuple[type[TicketError], int], ...] = (
    (NoSuchTicketError, HTTP_404_NOT_FOUND),
    (NoSuchLevelError, HTTP_422_UNPROCESSABLE_ENTITY),
    (NothingSaidError, HTTP_422_UNPROCESSABLE_ENTITY),
    (NotKeptError, HTTP_410_GONE),
    (TooMuchError, HTTP_413_REQUEST_ENTITY_TOO_LARGE),
    (TicketError, HTTP_409_CONFLICT),
)


def problem(request: Request[Any, Any, State], error: Exception) -> Response[Any]:
    """The answer to a request that could not be done."""
    path = request.scope["path"]
    status = status_of(error)
    if status == HTTP_500_INTERNAL_SERVER_ERROR and not _has_gone(error):
        # The route and not the path, and the trace without what variables held: there is a customer's token in them.
        _log.error("request-failed", route=request.scope.get("path_template"), trace=_trace(request, error))
    headers = dict(getattr(error, "headers", None) or {})
    if path.startswith(_OF_PROGRAMS):
        return Response(_document(error, status), status_code=status, headers=headers, media_type=PROBLEM)
    return problem_page(request, status, headers)


def status_of(error: Exception) -> int:
    """The HTTP status that tells of an error."""
    if isinstance(error, HTTPException):
        return error.status_code
    return next((status for kind, status in _STATUS if isinstance(error, kind)), HTTP_500_INTERNAL_SERVER_ERROR)


def _has_gone(error: Exception) -> bool:
    """Whether the visitor went before everything was sent, which is nothing of ours to mend."""
    return isinstance(error, InternalServerException) and error.detail == "client disconnected prematurely"


def _trace(request: Request[Any, Any, State], error: Exception) -> str:
    """Where an error came from, without what lets somebody in."""
    hidden = Hidden()
    for secret in (*request.path_params.values(), *request.cookies.values(), request.headers.get("authorization", "")):
        hidden.add(str(secret).removeprefix("Bearer "))
    return hidden.clean("".join(traceback.format_exception(error)))


def _document(error: Exception, status: int) -> Mapping[str, Any]:
    said = _said(error, status)
    lacking = {"missing": list(error.missing)} if isinstance(error, IncompleteError) else {}
    title = HTTPStatus(status).phrase
    return {"type": "about:blank", "title": title, "status": status, "detail": said, "error": said, **lacking}


def _said(error: Exception, status: int) -> str:
    if isinstance(error, IncompleteError):
        return f"what is missing: {', '.join(error.missing)}"
    if isinstance(error, NoSuchTicketError):
        return "there is no such ticket"
    if status == HTTP_500_INTERNAL_SERVER_ERROR:
        return "this went wrong on our side; it is in the log"
    said = error.detail if isinstance(error, HTTPException) else str(error)
    keys = [str(one["message"]) for one in getattr(error, "extra", None) or () if isinstance(one, dict)]
    return ": ".join([said, *keys]) if said or keys else "this cannot be done"
