"""The client that a run is handed: it follows redirects by the rules, behind one guard and before one deadline."""

from attrs import frozen

from sla_engine.plugin.http import HttpError, HttpRequest, HttpResponse
from sla_engine.plugin.probe import Clock
from sla_engine.registry.http.phases import NONE_YET, in_seconds
from sla_engine.registry.http.redirects import STATUSES, NotFollowedError, next_request
from sla_engine.registry.http.session import Session
from sla_engine.registry.http.transfer import Exchange
from sla_engine.registry.http.transport import HttpTransport

# The client gives up a little before the engine would cut the run off, because only the client can name the stage.
_HEAD_START = 0.05


@frozen
class GuardedClient:
    """The shared transport, as one run may use it.

    Attributes:
        deadline: the instant on ``clock.monotonic()`` at which the run is cut off.
    """

    transport: HttpTransport
    session: Session
    clock: Clock
    deadline: float

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        """Ask, and wait for the whole answer; redirects are followed as far as the request says.

        Raises:
            HttpError: no answer was had.
        """
        now = self.clock.monotonic
        deadline = self.deadline - _HEAD_START
        if request.timeout is not None:
            deadline = min(deadline, now() + request.timeout)
        followed: list[str] = []
        phases = NONE_YET
        while True:
            exchange = await self.transport.exchange(request, self.session, max(deadline - now(), 0.001), phases)
            phases = exchange.phases
            if exchange.status not in STATUSES or exchange.leads_to is None or request.redirects == 0:
                return _response(exchange, tuple(followed))
            if len(followed) == request.redirects:
                raise _not_followed(
                    f"more than {request.redirects} redirects, the last to {exchange.leads_to[:200]}", exchange
                )
            try:
                request = next_request(request, exchange.status, exchange.leads_to)
            except NotFollowedError as error:
                raise _not_followed(str(error), exchange) from error
            followed.append(request.url)


def _not_followed(reason: str, exchange: Exchange) -> HttpError:
    return HttpError("redirect", reason, phases=in_seconds(exchange.phases), certificates=exchange.certificates)


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
        redirects_to=exchange.leads_to,
        tls=exchange.tls,
        size=exchange.size,
    )
