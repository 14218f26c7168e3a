"""What help desks post: that something happened to a ticket there."""

import asyncio
from typing import Annotated, Any

import structlog
from litestar import Request, post
from litestar.datastructures import State
from litestar.exceptions import (
    ClientException,
    NotAuthorizedException,
    NotFoundException,
    ServiceUnavailableException,
    TooManyRequestsException,
)
from litestar.params import Parameter
from litestar.status_codes import HTTP_204_NO_CONTENT

from sla_engine.engine.sources.following import NoSuchSourceError
from sla_engine.plugin import CallRefused, SourceError, WebhookCall
from sla_engine.web.bounds import Bounds, address_of
from sla_engine.web.described import errors
from sla_engine.web.site import Site

_LONGEST = 4 * 1024 * 1024
_BODY_WITHIN = 20.0
_COME_AGAIN = 30

_log = structlog.get_logger("sla_engine.sources")


@post(
    "/api/v1/sources/{name:str}",
    status_code=HTTP_204_NO_CONTENT,
    request_max_body_size=_LONGEST,
    responses=errors(
        400,
        401,
        404,
        413,
        429,
        503,
        _401="it is not signed as the help desk signs",
        _404="there is no such ticket source",
        _413="more than 4 MB",
        _503="come again after Retry-After seconds; what happened is read anyway",
    ),
)
async def source_webhook(
    request: Request[Any, Any, State], state: State, name: Annotated[str, Parameter(max_length=100)]
) -> None:
    """What the help desk of that name posts, signed as its plugin asks; 204 once it is kept.

    401 where the signature does not fit, 503 where it should be posted again.
    """
    site: Site = state.site
    bounds: Bounds = state.bounds
    address = address_of(request)
    if (wait := bounds.failures.wait(address)) > 0:
        raise TooManyRequestsException("too many calls that were not believed", headers=_after(wait))
    call = WebhookCall(dict(request.headers.items()), await _body(request))
    try:
        assert site.hear is not None
        await site.hear(name, call)
    except NoSuchSourceError as error:
        bounds.failures.take(address)
        raise NotFoundException("there is no such ticket source") from error
    except CallRefused as error:
        bounds.failures.take(address)
        _log.warning("a call to a ticket source is refused", source=name, address=address, reason=str(error))
        raise NotAuthorizedException("this is not believed; the engine's log says why") from error
    except SourceError as error:
        raise ServiceUnavailableException("post it again later", headers=_after(error.retry_after)) from error


async def _body(request: Request[Any, Any, State]) -> bytes:
    try:
        async with asyncio.timeout(_BODY_WITHIN):
            return await request.body()
    except TimeoutError as error:
        raise ClientException("the body did not come in time") from error


def _after(seconds: float | None) -> dict[str, str]:
    return {"Retry-After": str(max(1, round(seconds or _COME_AGAIN)))}
