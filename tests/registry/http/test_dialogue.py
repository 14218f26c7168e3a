"""Who watches sees what is sent and received, and never a credential."""

from collections.abc import Awaitable, Callable
from typing import Any

from sla_engine.plugin import HttpResponse
from sla_engine.testing.servers.certificates import LocalAuthority
from sla_engine.testing.servers.http2 import answer_http2, offering_http2

Serve = Callable[..., Awaitable[int]]
Fetch = Callable[..., Awaitable[HttpResponse]]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nSet-Cookie: session=swordfish\r\nX-Node: a\r\n\r\nok"
CREDENTIALS = {"Authorization": "Bearer swordfish", "X-Key": "swordfish", "Cookie": "old=swordfish", "X-Plain": "shown"}


async def test_the_dialogue_over_http_1(fetch: Fetch, serve: Serve, pages: Any) -> None:
    there = await serve(pages({"/end": OK}, []))
    away = f"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{there}/end\r\nContent-Length: 0\r\n\r\n".encode()
    here = await serve(pages({"/": away}, []))
    lines: list[str] = []

    await fetch(
        f"http://user:swordfish@localhost:{here}/",
        trace=lines.append,
        headers={name: value for name, value in CREDENTIALS.items() if name != "Authorization"},
        private_headers=frozenset({"x-key"}),
    )

    told = "\n".join(lines)
    assert "swordfish" not in told
    assert "> GET / HTTP/1.1" in lines
    assert {"> Authorization: ***", "> X-Key: ***", "> Cookie: ***", "> X-Plain: shown"} <= set(lines)
    assert {"< HTTP/1.1 302 Found", f"< Location: http://127.0.0.1:{there}/end"} <= set(lines)
    assert {"> GET /end HTTP/1.1", "< Set-Cookie: ***", "< X-Node: a"} <= set(lines)
    assert any(line.startswith("* localhost has the addresses ") for line in lines)
    assert any(line.startswith("* Trying 127.0.0.1") for line in lines)


async def test_the_dialogue_over_tls_and_http_2(
    fetch: Fetch, serve: Serve, authority: LocalAuthority, ca_file: str
) -> None:
    port = await serve(answer_http2, ssl=offering_http2(authority.server_context()))
    lines: list[str] = []

    await fetch(
        f"https://127.0.0.1:{port}/",
        trace=lines.append,
        ca_file=ca_file,
        headers=CREDENTIALS,
        private_headers=frozenset({"X-Key"}),
    )

    assert "swordfish" not in "\n".join(lines)
    assert any(line.startswith("* SSL connection using TLSv1.3 / ") for line in lines)
    assert any(line.startswith("* certificate of ") for line in lines)
    assert "> GET / HTTP/2" in lines
    assert "< HTTP/2 200" in [line.rstrip() for line in lines]


async def test_what_a_server_sends_is_cut_and_never_a_body(fetch: Fetch, serve: Serve, pages: Any) -> None:
    port = await serve(
        pages({"/": b"HTTP/1.1 200 OK\r\nX: " + b"y" * 9_000 + b"\r\nContent-Length: 4\r\n\r\nbody"}, [])
    )
    lines: list[str] = []

    await fetch(f"http://127.0.0.1:{port}/", trace=lines.append)

    assert max(map(len, lines)) < 350
    assert "body" not in "\n".join(lines)


async def test_the_tls_version_is_told_where_it_is_wanted(
    fetch: Fetch, serve: Serve, pages: Any, authority: LocalAuthority, ca_file: str
) -> None:
    port = await serve(pages({"/": OK}, []), ssl=authority.server_context())

    wanted = await fetch(f"https://127.0.0.1:{port}/", ca_file=ca_file, wants_tls=True)
    spared = await fetch(f"https://127.0.0.1:{port}/", ca_file=ca_file)

    assert (wanted.tls, spared.tls) == ("1.3", None)
