"""What went wrong, as people read it and as programs do; and nothing of it that is not theirs to know."""

import traceback
from typing import Any

import structlog
from litestar import MediaType, Request, Response
from litestar.datastructures import State
from litestar.exceptions import HTTPException, InternalServerException
from litestar.exceptions.responses import create_exception_response
from litestar.status_codes import (
    HTTP_404_NOT_FOUND,
    HTTP_409_CONFLICT,
    HTTP_413_REQUEST_ENTITY_TOO_LARGE,
    HTTP_422_UNPROCESSABLE_ENTITY,
    HTTP_500_INTERNAL_SERVER_ERROR,
)

from sla_engine.engine.tickets.acting import IncompleteError
from sla_engine.engine.tickets.files import TooMuchError
from sla_engine.engine.tickets.levels import NoSuchLevelError, NoSuchTicketError, TicketError
from sla_engine.plugin.hiding import Hidden
from sla_engine.web.pages import problem_page
from sla_engine.web.ticket_view import NothingSaidError

_log = structlog.get_logger("sla_engine.web")

_STATUS: tuple[tuple[type[TicketError], int], ...] = (
    (NoSuchTicketError, HTTP_404_NOT_FOUND),
    (NoSuchLevelError, HTTP_422_UNPROCESSABLE_ENTITY),
    (NothingSaidError, HTTP_422_UNPROCESSABLE_ENTITY),
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
    if path.startswith("/api/"):
        return Response(_as_json(error, status), status_code=status, headers=headers, media_type=MediaType.JSON)
    if path.startswith(("/tickets", "/support", "/reports")):
        return problem_page(request, status, headers)
    plain = error if isinstance(error, HTTPException) else HTTPException(status_code=status, detail="")
    return create_exception_response(request, plain)


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


def _as_json(error: Exception, status: int) -> dict[str, Any]:
    if isinstance(error, IncompleteError):
        return {"error": f"what is missing: {', '.join(error.missing)}", "missing": list(error.missing)}
    if isinstance(error, NoSuchTicketError):
        return {"error": "there is no such ticket"}
    if status == HTTP_500_INTERNAL_SERVER_ERROR:
        return {"error": "this went wrong on our side; it is in the log"}
    said = error.detail if isinstance(error, HTTPException) else str(error)
    keys = [str(one["message"]) for one in getattr(error, "extra", None) or () if isinstance(one, dict)]
    return {"error": ": ".join([said, *keys]) if said or keys else "this cannot be done"}
