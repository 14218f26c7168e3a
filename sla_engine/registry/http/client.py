"""The client that a run is handed: it follows redirects by the rules, behind one guard and before one deadline."""

import time
from collections.abc import Callable

from attrs import evolve, frozen

from sla_engine.plugin.http import HttpError, HttpRequest, HttpResponse
from sla_engine.registry.guard import NetworkGuard
from sla_engine.registry.http.phases import NONE_YET, in_seconds
from sla_engine.registry.http.redirects import STATUSES, NotFollowedError, next_request
from sla_engine.registry.http.transport import Exchange, HttpTransport

# The client gives up a little before the engine would cut the run off, because only the client can name the stage.
_HEAD_START = 0.05


@frozen
class GuardedClient:
    """The shared transport, as one run may use it.

    Attributes:
        remaining: seconds until the run's deadline.
    """

    transport: HttpTransport
    guard: NetworkGuard
    remaining: Callable[[], float]

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        """Ask, and wait for the whole answer; redirects are followed as far as the request says.

        Raises:
            HttpError: no answer was had.
        """
        left = max(self.remaining() - _HEAD_START, 0.001)
        deadline = time.monotonic() + (left if request.timeout is None else min(request.timeout, left))
        followed: list[str] = []
        phases = NONE_YET
        while True:
            exchange = await self.transport.exchange(
                request, self.guard, max(deadline - time.monotonic(), 0.001), phases
            )
            phases = exchange.phases
            if exchange.status not in STATUSES or exchange.leads_to is None or request.redirects == 0:
                return _response(exchange, tuple(followed))
            if len(followed) == request.redirects:
                reason = f"more than {request.redirects} redirects, the last to {exchange.leads_to[:200]}"
                raise HttpError("redirect", reason, phases=in_seconds(phases), certificates=exchange.certificates)
            try:
                request = evolve(next_request(request, exchange.status, exchange.leads_to), redirects=request.redirects)
            except NotFollowedError as error:
                raise HttpError(
                    "redirect", str(error), phases=in_seconds(phases), certificates=exchange.certificates
                ) from error
            followed.append(request.url)


def _response(exchange: Exchange, followed: tuple[str, ...]) -> HttpResponse:
    return HttpResponse(
        status=exchange.status,
        headers=exchange.headers,
        body=exchange.body,
        truncated=exchange.truncated,
        url=exchange.url,
        address=exchange.address,
        version=exchange.version,
        phases=in_seconds(exchange.phases),
        certificates=exchange.certificates,
        redirects=followed,
    )
