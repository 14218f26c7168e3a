"""Who visits: programs show a token with every request, people once, for a cookie that tells no token.

What a visitor may see is decided by the handlers, with the customer of the visitor as an argument of every question;
here it is decided whether there is a visitor at all.
"""

import asyncio
import re
from typing import Any
from urllib.parse import urlsplit

from litestar import Request, Response, post
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie, State
from litestar.exceptions import NotAuthorizedException, PermissionDeniedException, TooManyRequestsException
from litestar.handlers import BaseRouteHandler
from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER

from sla_engine.engine.access import SESSION_LASTS, Doors, Visitor
from sla_engine.model.instant import SECOND
from sla_engine.web.bounds import Bounds, Buckets, address_of
from sla_engine.web.forms import own_origin, read_form
from sla_engine.web.pages import sign_in_page
from sla_engine.web.site import Site

SESSION = "sla_session"
_COOKIES = {SESSION: "/tickets", "sla_reports": "/reports"}
"""The cookies of a session, each with the only place that it goes to."""
_ASK = {"WWW-Authenticate": 'Bearer realm="sla_engine"'}
_NEXT = re.compile(r"(?:/tickets(?:/[A-Za-z0-9._~-]+)?|/reports/support)(?:\?[A-Za-z0-9._~=&%-]*)?")

Connection = ASGIConnection[Any, Any, Any, Any]


async def with_token(connection: Connection, _handler: BaseRouteHandler) -> None:
    """Let in whoever shows a token: ``Authorization: Bearer TOKEN``.

    A cookie counts for nothing here, as a browser sends it along with what other sites have it send.
    """
    doors, bounds = _at(connection)
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotAuthorizedException("send a token: Authorization: Bearer TOKEN", headers=_ASK)
    address = address_of(connection)
    refuse_for_now(bounds.failures.wait(address))
    visitor = await asyncio.to_thread(doors.by_token, token.strip())
    if visitor is None:
        bounds.failures.take(address)
        raise NotAuthorizedException("nobody has this token", headers=_ASK)
    connection.state.visitor = visitor


async def with_or_without_token(connection: Connection, handler: BaseRouteHandler) -> None:
    """Let everybody in, and know whoever shows a token; one that is nobody's is refused all the same."""
    if "authorization" in connection.headers and connection.app.state.site.doors is not None:
        await with_token(connection, handler)


async def signed_in(connection: Connection, _: BaseRouteHandler) -> None:
    """Let in whoever has a session that stands."""
    doors, _bounds = _at(connection)
    session = _session_of(connection)
    visitor = None if session is None else await asyncio.to_thread(doors.by_session, session)
    if visitor is None:
        raise NotAuthorizedException
    connection.state.visitor = visitor


def agents_only(connection: Connection, _: BaseRouteHandler) -> None:
    """Let in agents alone; whoever is none is told the same of every ticket, be it there or not."""
    if visitor_of(connection).role != "agent":
        raise PermissionDeniedException("only agents may do this")


def is_agent(connection: Connection) -> bool:
    """Whether somebody was let in who may see all there is."""
    visitor: Visitor | None = getattr(connection.state, "visitor", None)
    return visitor is not None and visitor.role == "agent"


def visitor_of(connection: Connection) -> Visitor:
    """Whoever was let in."""
    visitor: Visitor = connection.state.visitor
    return visitor


def refuse_for_now(seconds: float) -> None:
    """Have a visitor wait, if there is anything to wait for."""
    if seconds > 0:
        raise TooManyRequestsException("too often: wait a while", headers={"Retry-After": str(int(seconds) + 1)})


def once(buckets: Buckets, name: str) -> None:
    """Count something, and have the visitor wait who did it too often."""
    refuse_for_now(buckets.take(name))


@post("/sign-in", guards=[own_origin], request_max_body_size=10_000, status_code=HTTP_303_SEE_OTHER)
async def sign_in(request: Request[Any, Any, State]) -> Response[Any]:
    """Have a token typed in, and give a session for it."""
    doors, bounds = _at(request)
    form = await read_form(request)
    address = address_of(request)
    refuse_for_now(bounds.failures.wait(address))
    session = await asyncio.to_thread(doors.begin, form.field("token").strip())
    target = form.field("next")
    if session is None:
        bounds.failures.take(address)
        return sign_in_page(request, is_wrong=True, then=target)
    cookies = _session_cookies(session, SESSION_LASTS // SECOND, is_secure(request))
    return Redirect(target if _NEXT.fullmatch(target) else "/tickets", status_code=HTTP_303_SEE_OTHER, cookies=cookies)


@post("/sign-out", guards=[own_origin], request_max_body_size=10_000, status_code=HTTP_303_SEE_OTHER)
async def sign_out(request: Request[Any, Any, State]) -> Redirect:
    """End a session, here and not only in the browser."""
    await read_form(request)
    if session := _session_of(request):
        await asyncio.to_thread(_at(request)[0].end, session)
    gone = _session_cookies("", 0, is_secure(request))
    return Redirect("/tickets", status_code=HTTP_303_SEE_OTHER, cookies=gone)


def _session_of(connection: Connection) -> str | None:
    return next((connection.cookies[name] for name in _COOKIES if name in connection.cookies), None)


def _session_cookies(session: str, lasts: int, secure: bool) -> list[Cookie]:
    return [
        Cookie(key=name, value=session, path=path, max_age=lasts, httponly=True, samesite="strict", secure=secure)
        for name, path in _COOKIES.items()
    ]


def is_secure(request: Request[Any, Any, State]) -> bool:
    """Whether the visitor came by https, also where something in front of us took that off."""
    site: Site = request.app.state.site
    own = urlsplit(site.address() or "")
    return request.url.scheme == "https" or (own.scheme == "https" and own.netloc == request.headers.get("host"))


def _at(connection: Connection) -> tuple[Doors, Bounds]:
    state = connection.app.state
    return state.site.doors, state.bounds
