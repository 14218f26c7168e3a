"""What the requests of one run share: cookies, and connections where that is asked for."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from sla_engine.plugin.http import HttpRequest
from sla_engine.testing.servers.certificates import LocalAuthority

Serve = Callable[..., Awaitable[int]]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
LOGIN = (
    b"HTTP/1.1 302 Found\r\nSet-Cookie: session=abc; Path=/; HttpOnly\r\nLocation: /home\r\nContent-Length: 0\r\n\r\n"
)


def cookies(heads: list[str]) -> list[str]:
    return [next((line for line in head.split("\r\n") if line.startswith("Cookie:")), "") for head in heads]


async def test_a_cookie_goes_along_with_the_redirect_and_the_later_requests_of_its_run(
    client: Any, serve: Serve, pages: Any
) -> None:
    heads: list[str] = []
    port = await serve(pages({"/": LOGIN, "/home": OK}, heads))
    one = client()

    await one.fetch(HttpRequest(f"http://127.0.0.1:{port}/"))
    await one.fetch(HttpRequest(f"http://127.0.0.1:{port}/home"))

    assert cookies(heads) == ["", "Cookie: session=abc", "Cookie: session=abc"]


async def test_the_cookies_of_a_check_and_of_an_answer_go_in_one_line(client: Any, serve: Serve, pages: Any) -> None:
    heads: list[str] = []
    port = await serve(pages({"/": LOGIN, "/home": OK}, heads))

    await client().fetch(HttpRequest(f"http://127.0.0.1:{port}/", headers={"Cookie": "consent=yes"}))

    assert cookies(heads) == ["Cookie: consent=yes", "Cookie: session=abc; consent=yes"]
    assert heads[1].count("Cookie:") == 1


async def test_a_cookie_never_reaches_another_run(client: Any, serve: Serve, pages: Any) -> None:
    heads: list[str] = []
    port = await serve(pages({"/": LOGIN, "/home": OK}, heads))

    await client().fetch(HttpRequest(f"http://127.0.0.1:{port}/"))
    await client().fetch(HttpRequest(f"http://127.0.0.1:{port}/home"))

    assert cookies(heads)[-1] == ""


async def test_a_cookie_never_reaches_another_host(client: Any, serve: Serve, pages: Any) -> None:
    heads: list[str] = []
    port = await serve(pages({"/home": OK}, heads))
    away = f"HTTP/1.1 302 -\r\nSet-Cookie: a=b\r\nLocation: http://127.0.0.1:{port}/home\r\nContent-Length: 0\r\n\r\n"
    first = await serve(pages({"/": away.encode()}, []))

    await client().fetch(HttpRequest(f"http://localhost:{first}/"))

    assert cookies(heads) == [""]


async def test_each_request_connects_anew_unless_it_asks_for_the_connection_of_its_run(
    client: Any, serve: Serve, pages: Any
) -> None:
    connections: list[int] = []
    answer = pages({"/": OK}, [])

    async def counting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(writer.get_extra_info("peername")[1])
        await answer(reader, writer)

    port = await serve(counting)
    fresh, reusing, stranger = (HttpRequest(f"http://localhost:{port}/", reuse=reuse) for reuse in (False, True, True))
    run = client()

    await run.fetch(fresh)
    await run.fetch(fresh)
    assert len(connections) == 2

    first = await run.fetch(reusing)
    second = await run.fetch(reusing)
    assert len(connections) == 3
    assert "connect" in first.phases
    assert set(second.phases) <= {"resolve", "connect", "send", "wait", "receive"}
    assert second.phases.get("connect", 0) < 0.001

    await client().fetch(stranger)
    assert len(connections) == 4


async def test_a_connection_that_is_used_again_keeps_its_certificates_and_tls_version(
    client: Any, serve: Serve, pages: Any, authority: LocalAuthority, ca_file: str
) -> None:
    port = await serve(pages({"/": OK}, []), ssl=authority.server_context())
    request = HttpRequest(f"https://127.0.0.1:{port}/", ca_file=ca_file, reuse=True)
    run = client()

    made = await run.fetch(request)
    used = await run.fetch(request)

    assert "tls" not in used.phases
    assert made.certificates
    assert (used.certificates, used.tls) == (made.certificates, "1.3")


async def test_a_connection_that_was_left_open_ends_with_its_run(client: Any, serve: Serve, pages: Any) -> None:
    ended = asyncio.Event()
    answer = pages({"/": OK}, [])

    async def watching(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await answer(reader, writer)
        except asyncio.IncompleteReadError:
            ended.set()
            raise

    port = await serve(watching)
    run = client()

    await run.fetch(HttpRequest(f"http://127.0.0.1:{port}/", reuse=True))
    assert not ended.is_set()
    del run

    await asyncio.wait_for(ended.wait(), 2)
