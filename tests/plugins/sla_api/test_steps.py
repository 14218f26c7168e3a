"""Several steps: values go from one to the next, the first that fails decides, and cleaning up is always done."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from sla_api.expectations import ExpectJson
from sla_api.paths import AtPath
from sla_api.probe import ApiProbe
from sla_api.steps import ApiStep
from sla_api.taking import Take
from sla_engine.plugin import Outcome, Secret
from sla_engine.testing.fixtures import RunProbe

Again = Callable[..., Awaitable[Outcome]]
Serve = Callable[..., Awaitable[int]]
TOKEN = "tok/en+12 34"

CHECK = """
probe = "api"
url = "{url}"
secrets = {{ password = {{ env = "PASSWORD" }} }}

[[service.tested.check.check.step]]
name = "log-in"
method = "POST"
url = "/session"
json = {{ user = "monitor", password = "{{password}}", note = "a {{brace}} of its own" }}
take = {{ token = "$.access_token", user = {{ json = "$.user.id", secret = false }} }}

[[service.tested.check.check.step]]
name = "orders"
url = "/users/{{user}}/orders?token={{token}}"
headers = {{ Authorization = "Bearer {{token}}" }}
expect.json = [{{ path = "$.orders", length = {orders} }}]

[[service.tested.check.check.step]]
name = "log-out"
method = "DELETE"
url = "/session"
headers = {{ Authorization = "Bearer {{token}}" }}
expect.status = 204
always = true
"""


class Shop:
    """Lets one user in, shows two orders, and lets out."""

    def __init__(self, server: HTTPServer) -> None:
        self.done: list[str] = []
        self.url = server.url_for("/")
        self.password = "open sesame"
        self.lets_out = True
        self.answer: dict[str, Any] = {"access_token": TOKEN, "user": {"id": 7}}
        server.expect_request("/session", method="POST").respond_with_handler(self.log_in)
        server.expect_request("/users/7/orders").respond_with_handler(self.orders)
        server.expect_request("/session", method="DELETE").respond_with_handler(self.log_out)

    def log_in(self, request: Request) -> Response:
        self.done.append("log-in")
        sent = {"user": "monitor", "password": self.password, "note": "a {brace} of its own"}
        response = Response(json.dumps(self.answer), 200 if request.get_json() == sent else 403)
        response.set_cookie("basket", "b-1")
        return response

    def orders(self, request: Request) -> Response:
        self.done.append("orders")
        is_known = request.headers["Authorization"] == f"Bearer {TOKEN}" and request.args["token"] == TOKEN
        has_cookie = request.cookies.get("basket") == "b-1"
        return Response(json.dumps({"orders": [1, 2]}), 200 if is_known and has_cookie else 401)

    def log_out(self, request: Request) -> Response:
        self.done.append("log-out")
        is_known = request.headers["Authorization"] == f"Bearer {TOKEN}"
        return Response(status=204 if is_known and self.lets_out else 500)


@pytest.fixture
def shop(httpserver: HTTPServer) -> Shop:
    return Shop(httpserver)


@pytest.fixture
def check(run_probe: RunProbe, shop: Shop) -> Callable[..., Outcome]:
    def run(orders: int = 2, environ: dict[str, str] | None = None) -> Outcome:
        toml = CHECK.format(url=shop.url, orders=orders)
        return run_probe(toml, {"PASSWORD": "open sesame"} if environ is None else environ)

    return run


def test_values_and_cookies_go_from_step_to_step_and_each_step_is_a_phase(
    check: Callable[..., Outcome], shop: Shop
) -> None:
    outcome = check()

    assert (outcome.state, outcome.reason) == ("up", None)
    assert shop.done == list(outcome.phases) == ["log-in", "orders", "log-out"]
    assert outcome.values == {"log-in.status": 200, "orders.status": 200, "log-out.status": 204}
    assert ("log-in: value user", '"7"') in [(one.what, one.seen) for one in outcome.findings]


def test_the_step_that_failed_is_named_and_cleaning_up_is_done_nevertheless(
    check: Callable[..., Outcome], shop: Shop
) -> None:
    outcome = check(orders=3)

    assert (outcome.state, outcome.reason) == ("down", "orders: $.orders [1, 2], expected the length 3")
    assert shop.done == ["log-in", "orders", "log-out"]


def test_after_a_failed_log_in_there_is_nothing_to_do_and_nothing_to_clean_up(
    check: Callable[..., Outcome], shop: Shop
) -> None:
    shop.password = "changed"
    shop.answer = {}

    outcome = check()

    assert outcome.state == "down"
    assert outcome.reason == (
        "log-in: status 403, expected 2xx; value token missing at $.access_token, expected one to take; "
        "value user missing at $.user.id, expected one to take"
    )
    assert shop.done == ["log-in"]
    assert "log-out: left out, as nothing was taken for token" in outcome.evidence


def test_cleaning_up_that_fails_is_told_too(check: Callable[..., Outcome], shop: Shop) -> None:
    shop.lets_out = False

    assert check().reason == "log-out: status 500, expected 204"
    assert check(orders=3).reason == (
        "orders: $.orders [1, 2], expected the length 3; log-out: status 500, expected 204"
    )


def test_secrets_and_what_is_taken_are_told_nowhere(check: Callable[..., Outcome], shop: Shop) -> None:
    shop.answer = {"access_token": TOKEN, "user": {"id": f"{TOKEN} open sesame"}}

    told = repr(check())

    assert "log-in: value user" in told
    for text in (TOKEN, "tok%2Fen%2B12%2034", "tok%2Fen%2B12+34", "open sesame", "open%20sesame"):
        assert text not in told
    assert check(environ={}).reason == "secret: the environment has no PASSWORD"


async def test_the_trace_tells_the_steps_and_no_value(again: Again, shop: Shop) -> None:
    lines: list[str] = []
    log_in = ApiStep(
        "log-in",
        "/session",
        method="POST",
        json={"user": "monitor", "password": "{password}", "note": "a {brace} of its own"},
        take={"token": "$.access_token", "basket": Take(header="Set-Cookie", matches="(basket=[^;]+)")},
    )
    orders = ApiStep("orders", "/users/7/orders?token={token}", headers={"Authorization": "Bearer {token}"})
    log_out = ApiStep("log-out", "/session", method="DELETE", headers={"Authorization": "Bearer {token}"}, always=True)
    probe = ApiProbe(url=shop.url, secrets={"password": Secret("env", "PASSWORD")}, step=[log_in, orders, log_out])

    outcome = await again(probe, trace=lines.append)

    assert outcome.state == "up"
    assert [line for line in lines if line.startswith("* step")] == ["* step log-in", "* step orders", "* step log-out"]
    assert "> GET /users/7/orders?token=*** HTTP/1.1" in lines
    assert not [line for line in lines if TOKEN in line or "open sesame" in line or "b-1" in line]


async def test_cleaning_up_has_time_of_its_own_after_a_step_that_never_answers(again: Again, serve: Serve) -> None:
    asked: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        asked.append(head.split(b" ")[1])
        if asked[-1] == b"/slow":
            await asyncio.sleep(60)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    url = f"http://127.0.0.1:{await serve(answer)}/"
    steps = [ApiStep("slow", "/slow"), ApiStep("never", "/never"), ApiStep("tidy", "/tidy", always=True)]

    outcome = await again(ApiProbe(url=url, step=steps), seconds=3)

    assert outcome.state == "down"
    assert str(outcome.reason).startswith("slow: wait: ")
    assert asked == [b"/slow", b"/tidy"]
    assert set(outcome.phases) == {"slow", "tidy"}


async def test_values_are_taken_from_json_headers_and_text(again: Again, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/form").respond_with_data(
        '<input name="csrf" value="c-1">', headers={"Location": "/made/5"}
    )
    httpserver.expect_request("/made/5/c-1", query_string="n=1.5&e=5").respond_with_json({"ok": True})
    httpserver.expect_request("/number").respond_with_json({"n": [1.5, 2]})
    take = {
        "next": Take(header="location"),
        "end": Take(header="Location", matches="/([0-9]+)$"),
        "csrf": Take(matches='name="csrf" value="([^"]+)"'),
    }
    steps = [
        ApiStep("form", "/form", take=take),
        ApiStep("number", "/number", take={"number": "$.n[*]"}),
        ApiStep("made", "{next}/{csrf}?n={number}&e={end}", expect=ExpectJson(json=[AtPath("$.ok", equals=True)])),
    ]

    outcome = await again(ApiProbe(url=httpserver.url_for("/"), step=steps))

    assert (outcome.state, outcome.reason) == ("up", None)


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("http://169.254.169.254/", "there: request: the address in {next} leads away from localhost"),
        ("//elsewhere.example/", "there: request: the address in {next} leads away from localhost"),
        ("ftp://localhost/", "there: request: the address in {next} leads away from localhost"),
    ],
)
async def test_an_address_that_a_server_gives_leads_to_no_other_host(
    again: Again, httpserver: HTTPServer, location: str, reason: str
) -> None:
    httpserver.expect_request("/a").respond_with_data("", headers={"X-Next": location})
    steps = [ApiStep("a", "/a", take={"next": Take(header="X-Next")}), ApiStep("there", "{next}")]

    outcome = await again(ApiProbe(url=httpserver.url_for("/"), step=steps))

    assert outcome.state == "down"
    assert str(outcome.reason).startswith(reason)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, "value v null, which is neither text nor number"),
        (True, "value v true or false, which is neither text nor number"),
        ({"a": "hush-hush"}, "value v an object, which is neither text nor number"),
        ("hush-hush\r\nX-Admin: 1", "value v a text of 21 characters, which is no single line of 1 to 8192"),
        ("", "value v a text of 0 characters, which is no single line of 1 to 8192"),
        ("hush-hush" * 1000, "value v a text of 9000 characters, which is no single line of 1 to 8192"),
    ],
)
async def test_a_value_that_could_not_be_sent_is_not_taken(
    again: Again, httpserver: HTTPServer, value: Any, reason: str
) -> None:
    httpserver.expect_request("/a").respond_with_json({"v": value})

    outcome = await again(ApiProbe(url=httpserver.url_for("/"), step=[ApiStep("a", "/a", take={"v": "$.v"})]))

    assert outcome.state == "down"
    assert reason in str(outcome.reason)
    assert "hush-hush" not in repr(outcome)


async def test_a_token_that_is_quoted_in_part_is_hidden_too(again: Again, httpserver: HTTPServer) -> None:
    token = "".join(f"{n:x}" for n in range(1000, 1100))
    httpserver.expect_request("/in").respond_with_json({"padding": "x" * 40, "token": token})
    wrong = [AtPath("$", type="array"), AtPath("$.token", equals="x")]
    step = ApiStep("in", "/in", take={"token": "$.token"}, expect=ExpectJson(json=wrong))

    outcome = await again(ApiProbe(url=httpserver.url_for("/"), step=[step]))

    assert outcome.reason == (
        f'in: $ {{"padding": "{"x" * 40}", "token": "***…, expected the type "array"; $.token "***…, expected "x"'
    )


async def test_a_latency_of_all_steps_together_is_expected_of_the_check(again: Again, httpserver: HTTPServer) -> None:
    from sla_api.expectations import DegradedJson
    from sla_engine.model.duration import parse_duration

    httpserver.expect_request("/").respond_with_data("")
    steps = [ApiStep("one", "/"), ApiStep("two", "/")]
    impossible = DegradedJson(latency=parse_duration("1ms"))
    probe = ApiProbe(url=httpserver.url_for("/"), step=steps, degraded=impossible)

    outcome = await again(probe)

    assert outcome.state == "degraded"
    assert str(outcome.reason).startswith("latency ")
