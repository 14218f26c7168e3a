"""HTTP/1.0 to HTTP/3, each against a server that speaks it, and behind the same guard."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from sla_engine.plugin import HttpError, HttpResponse
from sla_engine.plugin.http import HttpRequest
from sla_engine.testing.servers.certificates import LocalAuthority
from sla_engine.testing.servers.http2 import answer_http2, offering_http2
from sla_engine.testing.servers.http3 import serving_http3

Serve = Callable[..., Awaitable[int]]
Fetch = Callable[..., Awaitable[HttpResponse]]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@pytest.mark.parametrize("version", ["1.0", "1.1"])
async def test_the_old_versions_are_asked_for(fetch: Fetch, serve: Serve, pages: Any, version: str) -> None:
    heads: list[str] = []
    port = await serve(pages({"/": OK}, heads))

    await fetch(f"http://127.0.0.1:{port}/", version=version)

    assert heads[0].startswith(f"GET / HTTP/{version}\r\n")


async def test_http_2_is_spoken_where_both_sides_can(
    fetch: Fetch, serve: Serve, authority: LocalAuthority, ca_file: str
) -> None:
    port = await serve(answer_http2, ssl=offering_http2(authority.server_context()))

    answer = await fetch(f"https://127.0.0.1:{port}/", ca_file=ca_file)

    assert (answer.version, answer.status, answer.body) == ("2", 200, b"h2")
    assert set(answer.phases) >= {"connect", "tls", "wait"}


async def test_http_1_1_is_spoken_where_the_check_says_so(
    fetch: Fetch, serve: Serve, pages: Any, authority: LocalAuthority, ca_file: str
) -> None:
    port = await serve(pages({"/": OK}, []), ssl=offering_http2(authority.server_context()))

    answer = await fetch(f"https://127.0.0.1:{port}/", ca_file=ca_file, version="1.1")

    assert answer.version == "1.1"


async def test_http_3_is_spoken_over_udp(fetch: Fetch, authority: LocalAuthority, ca_file: str, tmp_path: Path) -> None:
    async with serving_http3(authority.write_pair(tmp_path / "pair.pem")) as port:
        answer = await fetch(f"https://127.0.0.1:{port}/", ca_file=ca_file, version="3")

    assert (answer.version, answer.status, answer.body) == ("3", 200, b"h3")
    assert answer.headers["x-protocol"] == ["h3"]
    assert answer.address == "127.0.0.1"
    assert [certificate.names for certificate in answer.certificates] == [("127.0.0.1", "localhost")]


async def test_the_guard_sees_connects_over_udp_too(
    client: Any, authority: LocalAuthority, ca_file: str, tmp_path: Path
) -> None:
    async with serving_http3(authority.write_pair(tmp_path / "pair.pem")) as port:
        request = HttpRequest(f"https://localhost:{port}/", ca_file=ca_file, version="3")
        with pytest.raises(HttpError) as caught:
            await client(public_only=True).fetch(request)

    assert caught.value.stage == "guard"
    assert caught.value.ours
