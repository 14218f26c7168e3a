"""Names are resolved before libcurl is asked: what is wrong is told apart, and one that hangs holds nobody up."""

import asyncio
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from sla_engine.plugin import Doubt, HttpError
from sla_engine.plugin.http import HttpRequest

Serve = Callable[..., Awaitable[int]]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
NOBODY = {
    "EAI_NONAME": (False, Doubt.RESOLVER, "the name does not resolve"),
    "EAI_NODATA": (False, Doubt.RESOLVER, "the name does not resolve"),
    "EAI_AGAIN": (True, Doubt.RESOLVER, "the resolver gives no answer"),
    "EAI_FAIL": (True, Doubt.RESOLVER, "the resolver gives no answer"),
    "EAI_SYSTEM": (True, Doubt.RESOLVER, "the resolver gives no answer"),
    "EAI_MEMORY": (True, None, "the name cannot be resolved: what getaddrinfo says"),
}


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """Names and what the system's resolver does about them: an address, an error, or nothing until the test is over."""
    table: dict[str, Any] = {}
    over, real = threading.Event(), socket.getaddrinfo

    def getaddrinfo(host: str, *rest: Any, **more: Any) -> Any:
        match table.get(host):
            case OSError() as error:
                raise error
            case "hangs":
                over.wait(30)
                raise socket.gaierror(socket.EAI_AGAIN, "")
            case [*addresses]:
                return [found for address in addresses for found in real(address, *rest, **more)]
        return real(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    yield table
    over.set()


@pytest.mark.parametrize("code", NOBODY)
async def test_a_name_that_does_not_exist_is_told_from_a_resolver_that_says_nothing(
    client: Any, resolver: dict[str, Any], code: str
) -> None:
    resolver["a.example"] = socket.gaierror(getattr(socket, code), "what getaddrinfo says")

    with pytest.raises(HttpError) as caught:
        await client().fetch(HttpRequest("http://a.example/"))

    error = caught.value
    assert error.stage == "resolve"
    assert (error.ours, error.doubt, error.reason) == NOBODY[code]


async def test_100_names_that_hang_neither_hold_up_others_nor_the_end(
    client: Any, resolver: dict[str, Any], serve: Serve, pages: Any
) -> None:
    port = await serve(pages({"/": OK}, []))
    resolver |= {f"h{number}.example": "hangs" for number in range(100)} | {"good.example": ["127.0.0.1"]}
    run = client(seconds=20)
    hanging = [asyncio.ensure_future(run.fetch(HttpRequest(f"http://h{number}.example/"))) for number in range(100)]
    await asyncio.sleep(0.2)

    began = time.monotonic()
    answer = await run.fetch(HttpRequest(f"http://good.example:{port}/"))
    took = time.monotonic() - began
    for task in hanging:
        task.cancel()
    await asyncio.wait(hanging)

    assert answer.status == 200
    assert took < 2
    assert not any(task.done() and not task.cancelled() for task in hanging)


async def test_the_time_that_a_name_takes_is_a_phase(
    client: Any, monkeypatch: pytest.MonkeyPatch, serve: Serve, pages: Any
) -> None:
    port, real = await serve(pages({"/": OK}, [])), socket.getaddrinfo

    def slowly(*rest: Any, **more: Any) -> Any:
        time.sleep(0.1)
        return real(*rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", slowly)
    began = time.monotonic()

    answer = await client().fetch(HttpRequest(f"http://localhost:{port}/"))

    assert answer.phases["resolve"] > 0.1
    assert sum(answer.phases.values()) <= time.monotonic() - began


async def test_the_next_address_is_tried_where_one_does_not_answer(
    client: Any, resolver: dict[str, Any], serve: Serve, pages: Any
) -> None:
    port = await serve(pages({"/": OK}, []))
    resolver["two.example"] = ["127.0.0.2", "127.0.0.1"]

    answer = await client().fetch(HttpRequest(f"http://two.example:{port}/"))

    assert answer.address == "127.0.0.1"


async def test_each_family_can_be_a_check_of_its_own(
    client: Any, resolver: dict[str, Any], serve: Serve, pages: Any
) -> None:
    port = await serve(pages({"/": OK}, []), host="::1")
    # Of 127.0.0.1 another test may have this port just now; at an address that no test listens on nobody does.
    nobody = "127.9.9.9"
    resolver |= {"both.example": [nobody, "::1"], "old.example": [nobody]}

    six = await client().fetch(HttpRequest(f"http://both.example:{port}/", family="ipv6"))
    with pytest.raises(HttpError, match="connection refused"):
        await client().fetch(HttpRequest(f"http://both.example:{port}/", family="ipv4"))
    with pytest.raises(HttpError, match="the name has no IPv6 address"):
        await client().fetch(HttpRequest(f"http://old.example:{port}/", family="ipv6"))

    assert six.address == "::1"


async def test_the_guard_judges_the_address_that_is_connected_to_and_not_the_name(
    client: Any, resolver: dict[str, Any], serve: Serve, pages: Any
) -> None:
    heads: list[str] = []
    port = await serve(pages({"/": OK}, heads))
    resolver["rebound.example"] = ["127.0.0.1"]

    with pytest.raises(HttpError, match=r"guard: 127\.0\.0\.1 is not a public address"):
        await client(public_only=True).fetch(HttpRequest(f"http://rebound.example:{port}/"))

    assert heads == []
