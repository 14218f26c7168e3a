"""Through a proxy: it is asked to reach the target, the guard judges both, and the environment has no say."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from sla_engine.plugin import HttpError
from sla_engine.plugin.http import HttpRequest
from sla_engine.registry.http.proxies import parse_proxy
from sla_engine.testing.servers.certificates import LocalAuthority
from sla_engine.testing.servers.proxy import Proxy

Serve = Callable[..., Awaitable[int]]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
NAMES = {"inside.example": "127.0.0.1"}


async def target(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(OK)
    await writer.drain()


@pytest.mark.parametrize("scheme", ["http", "socks5h"])
async def test_the_proxy_resolves_the_name_and_connects(client: Any, serve: Serve, scheme: str) -> None:
    proxy = Proxy(NAMES)
    port, proxy_port = await serve(target), await serve(proxy)

    answer = await client().fetch(
        HttpRequest(f"http://inside.example:{port}/", proxy=f"{scheme}://localhost:{proxy_port}")
    )

    assert (answer.status, answer.body) == (200, b"ok")
    assert proxy.asked == ["inside.example"]


@pytest.mark.parametrize("scheme", ["http", "https", "socks5h"])
async def test_tls_goes_through_the_proxy_to_the_target(
    client: Any, serve: Serve, authority: LocalAuthority, ca_file: str, scheme: str
) -> None:
    proxy = Proxy()
    port = await serve(target, ssl=authority.server_context("localhost"))
    proxy_port = await serve(proxy, ssl=authority.server_context() if scheme == "https" else None)

    answer = await client().fetch(
        HttpRequest(f"https://localhost:{port}/", ca_file=ca_file, proxy=f"{scheme}://127.0.0.1:{proxy_port}")
    )

    assert answer.status == 200
    assert "x-proxy" not in answer.headers
    assert answer.certificates[0].names == ("localhost",)
    assert proxy.asked == ["localhost"]


async def test_a_proxy_that_wants_a_login_gets_it(client: Any, serve: Serve) -> None:
    port, proxy_port = await serve(target), await serve(Proxy(login=("sla", "pass:word")))
    url, proxy = f"http://localhost:{port}/", f"http://127.0.0.1:{proxy_port}"

    welcome = await client().fetch(HttpRequest(url, proxy=proxy, proxy_login=("sla", "pass:word")))
    stranger = await client().fetch(HttpRequest(url, proxy=proxy))

    assert (welcome.status, stranger.status) == (200, 407)


@pytest.mark.parametrize(("status", "is_ours"), [(407, True), (403, True), (502, False)])
async def test_a_proxy_that_does_not_connect_is_named(client: Any, serve: Serve, status: int, is_ours: bool) -> None:
    proxy_port = await serve(Proxy(refusal=status))

    with pytest.raises(HttpError, match=f"proxy: it answered {status} to CONNECT") as caught:
        await client().fetch(HttpRequest("https://127.0.0.1:1/", proxy=f"http://127.0.0.1:{proxy_port}"))

    assert caught.value.ours is is_ours


async def test_a_proxy_that_is_not_there_is_our_own_fault(client: Any) -> None:
    with pytest.raises(HttpError, match="proxy: connection refused") as caught:
        await client().fetch(HttpRequest("http://127.0.0.1:1/", proxy="http://127.0.0.1:1"))

    assert caught.value.ours


@pytest.mark.parametrize(
    ("rules", "url", "reason"),
    [
        ({"deny": ("127.0.0.1",)}, "http://target.example/", "127.0.0.1 is denied"),
        ({"deny": ("*.internal",)}, "http://db.internal/", "db.internal is denied"),
        ({"deny": ("10.0.0.0/8",)}, "http://10.1.2.3/", "10.1.2.3 is denied"),
        ({"allow": ("127.0.0.1", "*.maxony.com")}, "http://elsewhere.example/", "elsewhere.example is not among"),
        ({}, "http://0xa9fea9fe/", "169.254.169.254 is a cloud's metadata service"),
    ],
)
async def test_the_guard_judges_the_proxy_and_the_target(
    client: Any, serve: Serve, rules: dict[str, Any], url: str, reason: str
) -> None:
    proxy = Proxy(NAMES)
    port = await serve(proxy)

    with pytest.raises(HttpError, match="guard: ") as caught:
        await client(**rules).fetch(HttpRequest(url, proxy=f"http://127.0.0.1:{port}"))

    assert reason in caught.value.reason
    assert proxy.asked == []


async def test_the_environment_has_no_say(client: Any, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = Proxy()
    port, proxy_port = await serve(target), await serve(proxy)
    url = f"http://127.0.0.1:{port}/"

    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy_port}")
    await client().fetch(HttpRequest(url))
    assert proxy.asked == []

    monkeypatch.setenv("no_proxy", "*")
    await client().fetch(HttpRequest(url, proxy=f"http://127.0.0.1:{proxy_port}"))
    assert proxy.asked == ["127.0.0.1"]


@pytest.mark.parametrize("address", ["socks5://p:1", "http://p", "ftp://p:1", "http://user:pw@p:1", "p:1", ""])
def test_what_is_no_proxy_that_can_be_used_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="prox"):
        parse_proxy(address)
