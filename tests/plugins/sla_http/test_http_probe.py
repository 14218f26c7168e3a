"""The http probe against real servers: what passes, what fails, and with which words."""

import asyncio
import time
from base64 import b64encode
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from sla_engine.model.duration import parse_duration
from sla_engine.plugin import Outcome, Secret
from sla_engine.testing.servers.certificates import LocalAuthority
from sla_engine.testing.servers.http3 import serving_http3
from sla_engine.testing.servers.proxy import Proxy
from sla_http.expectations import Degraded, Expect, ExpectBody
from sla_http.probe import HttpProbe

Try = Callable[..., Awaitable[Outcome]]
Serve = Callable[..., Awaitable[int]]
PAGE = "<h1>Maxony</h1> served in 12 ms"


@pytest.fixture
def web(httpserver: HTTPServer) -> HTTPServer:
    httpserver.expect_request("/").respond_with_data(PAGE, headers={"X-Node": "lisbon-1"})
    httpserver.expect_request("/broken").respond_with_data("no", status=503)
    return httpserver


async def test_an_answer_as_expected_is_up_with_phases_that_make_its_latency(attempt: Try, web: HTTPServer) -> None:
    outcome = await attempt(HttpProbe(url=web.url_for("/")))

    assert outcome.state == "up"
    assert set(outcome.phases) <= {"resolve", "connect", "send", "wait", "receive"}
    assert 0 < sum(outcome.phases.values()) < 2
    assert outcome.values["status"] == 200


@pytest.mark.parametrize(
    ("expect", "reason"),
    [
        (Expect(status=204), "status 200, expected 204"),
        (Expect(status=["3xx", 201]), "status 200, expected 3xx or 201"),
        (Expect(headers={"X-Node": "porto"}), "header X-Node without 'porto': 'lisbon-1', expected with 'porto'"),
        (Expect(headers={"X-Cache": "hit"}), "header X-Cache missing, expected with 'hit'"),
        (Expect(body=ExpectBody(contains="Minimony")), "body without 'Minimony', expected with 'Minimony'"),
        (
            Expect(body=ExpectBody(contains=["Maxony", "x"], not_contains="served")),
            "body with 'served', expected without 'served'",
        ),
        (
            Expect(body=ExpectBody(matches=r"served in \d{4} ms")),
            r"body without a match of 'served in \\d{4} ms', expected with",
        ),
        (Expect(body=ExpectBody(sha256="0" * 64)), "SHA-256 of the body "),
        (Expect(body=ExpectBody(min_size=1000)), f"body of {len(PAGE)} bytes, expected at least 1000"),
        (Expect(body=ExpectBody(max_size=5)), f"body of {len(PAGE)} bytes, expected at most 5"),
        (Expect(version="2"), ", expected 2"),
        (Expect(certificate_days=1), "certificate none, as the connection is not encrypted, expected at least 1 days"),
    ],
)
async def test_what_is_not_as_expected_is_down_and_named(
    attempt: Try, web: HTTPServer, expect: Expect, reason: str
) -> None:
    outcome = await attempt(HttpProbe(url=web.url_for("/"), expect=expect))

    assert outcome.state == "down"
    assert reason in str(outcome.reason)


async def test_all_that_is_wrong_is_told_at_once(attempt: Try, web: HTTPServer) -> None:
    outcome = await attempt(HttpProbe(url=web.url_for("/broken"), expect=Expect(body=ExpectBody(contains="yes"))))

    assert outcome.reason == "status 503, expected 2xx; body without 'yes', expected with 'yes'"


async def test_slower_than_it_should_be_is_degraded_or_down_as_the_policy_says(attempt: Try, web: HTTPServer) -> None:
    def slow(_: Request) -> Response:
        time.sleep(0.15)
        return Response("late")

    web.expect_request("/slow").respond_with_handler(slow)
    bound = parse_duration("100ms")

    degraded = await attempt(HttpProbe(url=web.url_for("/slow"), degraded=Degraded(latency=bound)))
    down = await attempt(HttpProbe(url=web.url_for("/slow"), expect=Expect(latency=bound)))

    assert (degraded.state, down.state) == ("degraded", "down")
    assert "expected at most 100ms" in str(degraded.reason)


async def test_secrets_in_headers_reach_the_server_and_nothing_else(attempt: Try, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/", headers={"Authorization": "Bearer hush-hush"}).respond_with_data("hush-hush")
    probe = HttpProbe(
        url=httpserver.url_for("/"),
        headers={"Authorization": Secret("env", "TOKEN")},
        expect=Expect(body=ExpectBody(not_contains="hush-hush")),
    )

    outcome = await attempt(probe, environ={"TOKEN": "Bearer hush-hush"})
    missing = await attempt(probe)

    assert outcome.state == "down"
    assert (missing.state, missing.reason) == ("error", "secret: the environment has no TOKEN")


async def test_a_form_and_a_body_are_sent(attempt: Try, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/form", method="POST", data=b"user=a%26b").respond_with_data("ok")
    httpserver.expect_request("/body", method="PUT", data=b"text").respond_with_data("ok")

    form = await attempt(HttpProbe(url=httpserver.url_for("/form"), method="POST", form={"user": "a&b"}))
    body = await attempt(HttpProbe(url=httpserver.url_for("/body"), method="PUT", body="text"))

    assert (form.state, body.state) == ("up", "up")


async def test_redirects_are_followed_without_taking_credentials_to_another_host(
    attempt: Try, httpserver: HTTPServer, serve: Serve
) -> None:
    seen: list[bytes] = []

    async def elsewhere(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    port = await serve(elsewhere)
    httpserver.expect_request("/").respond_with_data(
        "", status=302, headers={"Location": f"http://127.0.0.1:{port}/there"}
    )
    probe = HttpProbe(
        url=httpserver.url_for("/"), headers={"Authorization": "x", "X-Key": Secret("env", "KEY"), "X-Plain": "y"}
    )

    outcome = await attempt(probe, environ={"KEY": "secret-key"})

    assert outcome.state == "up"
    assert b"X-Plain: y" in seen[0]
    assert b"uthorization" not in seen[0]
    assert b"secret-key" not in seen[0]


async def test_with_no_redirects_allowed_the_redirect_is_the_answer(attempt: Try, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/").respond_with_data("", status=301, headers={"Location": "/there"})

    outcome = await attempt(
        HttpProbe(url=httpserver.url_for("/"), redirects=0, expect=Expect(status=301, headers={"Location": "/there"}))
    )

    assert outcome.state == "up"


@pytest.mark.parametrize("spelled", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"])
async def test_what_a_customer_names_must_be_public_however_it_is_spelled(
    attempt: Try, serve: Serve, spelled: str
) -> None:
    connections: list[int] = []

    async def canary(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(1)

    port = await serve(canary)

    outcome = await attempt(HttpProbe(url=f"http://{spelled}:{port}/"), trusted=False)

    assert outcome.state in {"error", "down"}
    assert str(outcome.reason).startswith(("guard: ", "resolve: "))
    assert connections == []


async def empty(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    await writer.drain()


async def test_the_days_left_of_a_certificate_are_a_value_and_can_be_expected(
    attempt: Try, serve: Serve, authority: LocalAuthority, ca_file: str
) -> None:
    context = authority.server_context(valid_for=timedelta(days=10))
    port = await serve(empty, ssl=context)
    url = f"https://127.0.0.1:{port}/"

    fine = await attempt(HttpProbe(url=url, ca_file=ca_file))
    soon = await attempt(HttpProbe(url=url, ca_file=ca_file, degraded=Degraded(certificate_days=14)))
    again = await attempt(HttpProbe(url=url, ca_file=ca_file, expect=Expect(certificate_days=14)))

    assert fine.state == "up"
    assert 9 < fine.values["certificate_days_left"] < 10.1
    assert "tls" in fine.phases
    assert (soon.state, again.state) == ("degraded", "down")
    assert "expected at least 14 days" in str(again.reason)


@pytest.mark.parametrize(
    "fields",
    [
        {"url": "ftp://x"},
        {"url": "/relative"},
        {"url": "http://x", "redirects": -1},
        {"url": "http://x", "body": "a", "form": {"b": "c"}},
        {"url": "http://x", "max_body": -1},
        {"url": "http://x", "username": "a"},
        {"url": "http://x", "username": "a", "password": Secret("env", "A"), "headers": {"AUTHORIZATION": "b"}},
        {"url": "http://x", "key_file": "key.pem"},
        {"url": "http://x", "proxy": "http://proxy.example"},
        {"url": "http://x", "proxy": "socks5://proxy.example:1080"},
        {"url": "http://x", "proxy": "http://user@proxy.example:1080"},
        {"url": "http://x", "proxy_username": "a", "proxy_password": Secret("env", "A")},
    ],
)
def test_what_makes_no_sense_is_refused_when_the_policy_is_read(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"url|redirects|body|username|certificate_file|proxy"):
        HttpProbe(**fields)


@pytest.mark.parametrize("pattern", ["(", "(?=ahead)", r"(a)\1"])
def test_a_pattern_that_re2_does_not_know_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="no RE2 expression"):
        ExpectBody(matches=pattern)


@pytest.mark.parametrize("status", ["6xx", "2", "abc", 99, "200-", ["2xx", "x"]])
def test_a_status_that_is_none_is_refused(status: Any) -> None:
    with pytest.raises(ValueError, match="is no status"):
        Expect(status=status)


async def test_an_evil_expression_cannot_make_the_probe_slow(attempt: Try, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/").respond_with_data("a" * 100_000 + "!")
    began = time.monotonic()

    await attempt(HttpProbe(url=httpserver.url_for("/"), expect=Expect(body=ExpectBody(matches="(a+)+$"))))

    assert time.monotonic() - began < 5  # where it would take for ever


async def test_a_login_is_sent_and_shown_to_nobody(attempt: Try, httpserver: HTTPServer) -> None:
    login = "Basic " + b64encode(b"probe:hush-hush").decode()
    httpserver.expect_request("/", headers={"Authorization": login}).respond_with_data("ok")
    probe = HttpProbe(url=httpserver.url_for("/"), username="probe", password=Secret("env", "PASSWORD"))

    outcome = await attempt(probe, environ={"PASSWORD": "hush-hush"})

    assert outcome.state == "up"


async def test_a_check_goes_through_its_proxy(attempt: Try, web: HTTPServer, serve: Serve) -> None:
    proxy = Proxy(names={"shop.example": "127.0.0.1"}, login=("probe", "hush-hush"))
    probe = HttpProbe(
        url=f"http://shop.example:{web.port}/",
        headers={"Host": f"localhost:{web.port}"},
        proxy=f"http://127.0.0.1:{await serve(proxy)}",
        proxy_username="probe",
        proxy_password=Secret("env", "PASSWORD"),
    )

    outcome = await attempt(probe, environ={"PASSWORD": "hush-hush"})

    assert outcome.state == "up", outcome.reason
    assert proxy.asked == ["shop.example"]


async def test_a_redirect_can_be_expected_where_none_is_followed(attempt: Try, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/").respond_with_data("", status=301, headers={"Location": "/there"})
    there = httpserver.url_for("/there")

    outcome = await attempt(
        HttpProbe(url=httpserver.url_for("/"), redirects=0, expect=Expect(status=301, redirect=there))
    )

    assert outcome.state == "up", outcome.reason


async def test_the_size_is_a_value_though_no_expectation_keeps_the_body(attempt: Try, web: HTTPServer) -> None:
    outcome = await attempt(HttpProbe(url=web.url_for("/")))

    assert outcome.values["size"] == len(PAGE)


async def test_the_chain_and_the_tls_version_are_evidence(
    attempt: Try, serve: Serve, authority: LocalAuthority, ca_file: str
) -> None:
    port = await serve(empty, ssl=authority.chain_context())

    outcome = await attempt(HttpProbe(url=f"https://127.0.0.1:{port}/", ca_file=ca_file, expect=Expect(tls="1.3")))

    assert outcome.state == "up", outcome.reason
    assert "TLS 1.3" in outcome.evidence
    assert outcome.evidence.count("SHA-256") == 2
    assert "for 127.0.0.1, localhost" in outcome.evidence


async def test_over_http_3_the_same_is_expected(
    attempt: Try, authority: LocalAuthority, ca_file: str, tmp_path: Path
) -> None:
    expect = Expect(version="3", tls="1.3", certificate_days=1, headers={"X-Protocol": "h3"}, body=ExpectBody("h3"))

    async with serving_http3(authority.write_pair(tmp_path / "pair.pem")) as port:
        outcome = await attempt(
            HttpProbe(url=f"https://127.0.0.1:{port}/", ca_file=ca_file, version="3", expect=expect)
        )

    assert outcome.state == "up", outcome.reason
