import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from sla_engine.plugin import HttpResponse, Trace
from sla_engine.plugin.http import HttpRequest
from sla_engine.registry.clock import SystemClock
from sla_engine.registry.guard import NetworkGuard
from sla_engine.registry.http import GuardedClient, HttpTransport, Session

Client = Callable[..., GuardedClient]
Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """Makes clients as runs get them: each with a session of its own, all on one transport."""
    transport, clock = HttpTransport(), SystemClock()

    def make(seconds: float = 5.0, trace: Trace | None = None, **rules: Any) -> GuardedClient:
        return GuardedClient(transport, Session(NetworkGuard(**rules), trace), clock, clock.monotonic() + seconds)

    yield make
    await transport.aclose()


@pytest.fixture
async def fetch(client: Client) -> Callable[..., Awaitable[HttpResponse]]:
    """One request of a run of its own."""

    async def once(url: str, *, trace: Trace | None = None, **fields: Any) -> HttpResponse:
        return await client(trace=trace).fetch(HttpRequest(url, **fields))

    return once


@pytest.fixture
def pages() -> Callable[..., Answer]:
    """A server that keeps connections open and answers by path; what it was asked is kept in ``heads``."""

    def make(answers: dict[str, bytes], heads: list[str]) -> Answer:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                heads.append(head)
                writer.write(answers[head.split(" ")[1]])
                await writer.drain()

        return answer

    return make
