"""What visitors may ask for at most: how often, how much at once, and for how long."""

import asyncio
import ipaddress
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from attrs import define, field, frozen
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.exceptions import HTTPException, ServiceUnavailableException
from litestar.middleware import ASGIMiddleware
from litestar.status_codes import HTTP_408_REQUEST_TIMEOUT
from litestar.types import ASGIApp, Receive, Scope, Send
from litestar.types.asgi_types import ReceiveMessage

_MOST_KNOWN = 10_000


@define(eq=False)
class Buckets:
    """How often something may happen, for each of many: so many at once, and one more in every so many seconds.

    Attributes:
        holds: how many at once.
        every: seconds after which one more may happen.
        monotonic: seconds.
    """

    holds: int
    every: float
    monotonic: Callable[[], float]
    _levels: OrderedDict[str, tuple[float, float]] = field(factory=OrderedDict, init=False, repr=False)
    _lock: threading.Lock = field(factory=threading.Lock, init=False, repr=False)

    def wait(self, name: str) -> float:
        """Seconds until it may happen again; 0 where it may now."""
        with self._lock:
            return max(0.0, 1 - self._level(name)) * self.every

    def take(self, name: str) -> float:
        """Have it happen, and give 0; or give the seconds to wait, and nothing has happened."""
        with self._lock:
            level = self._level(name)
            if level < 1:
                return (1 - level) * self.every
            self._levels[name] = (level - 1, self.monotonic())
            self._levels.move_to_end(name)
            while len(self._levels) > _MOST_KNOWN:
                self._levels.popitem(last=False)
            return 0.0

    def _level(self, name: str) -> float:
        level, at = self._levels.get(name, (float(self.holds), self.monotonic()))
        return min(float(self.holds), level + (self.monotonic() - at) / self.every)


@frozen
class Bounds:
    """Every bound of one site.

    Attributes:
        failures: wrong tokens, by the address that sent them.
        guesses: wrong links to tickets, by address.
        looks: looks into the FAQ, by address.
        posts: what is sent to the public form, be it taken or not, by address.
        forms: tickets opened by the public form, by address.
        form: the same, of all addresses together.
        letters: the same, by the mail address that is to be answered.
        words: what a customer writes, by ticket.
    """

    failures: Buckets
    guesses: Buckets
    looks: Buckets
    posts: Buckets
    forms: Buckets
    form: Buckets
    letters: Buckets
    words: Buckets


def make_bounds(monotonic: Callable[[], float]) -> Bounds:
    """Bounds that people do not meet."""
    return Bounds(
        failures=Buckets(10, 60.0, monotonic),
        guesses=Buckets(20, 30.0, monotonic),
        looks=Buckets(60, 1.0, monotonic),
        posts=Buckets(20, 30.0, monotonic),
        forms=Buckets(5, 120.0, monotonic),
        form=Buckets(60, 2.0, monotonic),
        letters=Buckets(3, 600.0, monotonic),
        words=Buckets(10, 60.0, monotonic),
    )


def address_of(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """Where a visitor comes from; of IPv6 the network, as one machine has a whole one to itself."""
    host = "" if connection.client is None else connection.client.host
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return host


@define(eq=False)
class BoundedBodies(ASGIMiddleware):
    """Reads few large bodies at once, and none for ever: what else comes is asked to come again.

    Attributes:
        most: at once.
        of_one: of one address.
        within: seconds in which a body must have come.
        reading: how many are being read now.
    """

    most: int = 8
    of_one: int = 2
    within: float = 60.0
    scopes = (ScopeType.HTTP,)
    reading: int = field(default=0, init=False)
    _of: dict[str, int] = field(factory=dict, init=False)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Let a request with a form pass, if there is room for its body."""
        request: Request[Any, Any, Any] = Request(scope)
        if scope["method"] != "POST" or request.content_type[0] != "multipart/form-data":  # type: ignore[typeddict-item]
            await next_app(scope, receive, send)
            return
        with self._room(address_of(request)):
            await next_app(scope, _in_time(receive, self.within), send)

    @contextmanager
    def _room(self, address: str) -> Iterator[None]:
        own = self._of.get(address, 0)
        if self.reading >= self.most or own >= self.of_one:
            raise ServiceUnavailableException("too much is being sent at once: try again", headers={"Retry-After": "5"})
        self.reading, self._of[address] = self.reading + 1, own + 1
        try:
            yield
        finally:
            self.reading -= 1
            self._of[address] -= 1
            if not self._of[address]:
                del self._of[address]


def _in_time(receive: Receive, seconds: float) -> Receive:
    """The same, as long as the whole body comes in time."""
    deadline = asyncio.get_running_loop().time() + seconds
    is_whole = False

    async def within() -> ReceiveMessage:
        nonlocal is_whole
        if is_whole:
            return await receive()
        try:
            async with asyncio.timeout_at(deadline):
                message = await receive()
        except TimeoutError as error:
            raise HTTPException(status_code=HTTP_408_REQUEST_TIMEOUT, detail="this came too slowly") from error
        is_whole = not message.get("more_body", False)
        return message

    return within
