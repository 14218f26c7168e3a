"""``oauth2``: client credentials, a token that is kept, and a token server that is told apart from the interface."""

import base64
import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import unquote_plus

import pytest
from attrs import define, evolve, field
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from sla_api.oauth2 import OAuth2
from sla_api.probe import ApiProbe
from sla_engine.plugin import Outcome, Secret

Again = Callable[..., Awaitable[Outcome]]


@define
class TokenServer:
    """Gives tokens to one client, and lets in whoever shows the last of them."""

    life: Any = 3600
    answer: tuple[int, str] | None = None
    forms: list[dict[str, str]] = field(factory=list)
    last: str = ""

    def give(self, request: Request) -> Response:
        self.forms.append(dict(request.form))
        basic, form = request.authorization, request.form
        shown = (form.get("client_id"), form.get("client_secret"))
        if basic is not None:  # each part is encoded as in a form, by section 2.3.1
            shown = (unquote_plus(basic.username or ""), unquote_plus(basic.password or ""))
        if self.answer is not None:
            return Response(self.answer[1], self.answer[0])
        if shown != ("sla+monitor", "s3cret-value"):
            return Response('{"error": "invalid_client"}', 401)
        self.last = f"token-{len(self.forms)}-abcdef"
        return Response(json.dumps({"access_token": self.last, "token_type": "bearer", "expires_in": self.life}))

    def let_in(self, request: Request) -> Response:
        is_known = request.headers.get("Authorization") == f"Bearer {self.last}"
        return Response('{"ok": true}', 200) if is_known else Response('{"ok": false}', 401)


@pytest.fixture
def tokens(httpserver: HTTPServer) -> TokenServer:
    server = TokenServer()
    httpserver.expect_request("/token", method="POST").respond_with_handler(server.give)
    httpserver.expect_request("/orders").respond_with_handler(server.let_in)
    httpserver.expect_request("/echo").respond_with_handler(
        lambda request: Response(json.dumps({"seen": request.headers["Authorization"]}))
    )
    return server


@pytest.fixture
def probe(httpserver: HTTPServer) -> ApiProbe:
    asked = OAuth2(httpserver.url_for("/token"), "sla+monitor", Secret("env", "SECRET"))
    return ApiProbe(url=httpserver.url_for("/orders"), oauth2=asked)


def asking(probe: ApiProbe, **changes: Any) -> ApiProbe:
    assert probe.oauth2 is not None
    return evolve(probe, oauth2=evolve(probe.oauth2, **changes))


async def test_a_token_is_asked_for_once_and_kept(again: Again, probe: ApiProbe, tokens: TokenServer) -> None:
    outcomes = [await again(probe) for _ in range(3)]

    assert [outcome.state for outcome in outcomes] == ["up", "up", "up"]
    assert tokens.forms == [{"grant_type": "client_credentials"}]
    assert set(outcomes[0].phases) <= {"resolve", "connect", "send", "wait", "receive"}


async def test_scope_and_audience_are_asked_for_and_credentials_may_go_in_the_form(
    again: Again, probe: ApiProbe, tokens: TokenServer
) -> None:
    outcome = await again(asking(probe, auth="post", scope="orders:read health", audience="https://api"))

    assert outcome.state == "up"
    assert tokens.forms == [
        {
            "grant_type": "client_credentials",
            "scope": "orders:read health",
            "audience": "https://api",
            "client_id": "sla+monitor",
            "client_secret": "s3cret-value",
        }
    ]


@pytest.mark.parametrize(("life", "asked"), [(0.001, 2), ("3600", 1), (None, 1), (-5, 1), ("soon", 1), (1e300, 1)])
async def test_a_token_is_asked_for_anew_before_it_ends(
    again: Again, probe: ApiProbe, tokens: TokenServer, life: Any, asked: int
) -> None:
    tokens.life = life

    outcomes = [await again(probe) for _ in range(2)]

    assert [outcome.state for outcome in outcomes] == ["up", "up"]
    assert len(tokens.forms) == asked


async def test_a_kept_token_that_is_refused_is_replaced_once(
    again: Again, probe: ApiProbe, tokens: TokenServer
) -> None:
    await again(probe)
    tokens.last = "revoked"
    lines: list[str] = []

    outcome = await again(probe, trace=lines.append)

    assert outcome.state == "up"
    assert len(tokens.forms) == 2
    assert "* the kept token is refused, so a fresh one is asked for" in lines
    assert not [line for line in lines if "abcdef" in line or "s3cret" in line]


async def test_a_fresh_token_that_is_refused_is_the_interfaces_answer(
    again: Again, probe: ApiProbe, tokens: TokenServer, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/closed").respond_with_json({}, status=401)

    outcome = await again(evolve(probe, url=httpserver.url_for("/closed")))

    assert (outcome.state, outcome.reason) == ("down", "status 401, expected 2xx")
    assert len(tokens.forms) == 1


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ((400, '{"error": "invalid_scope", "error_description": "no such"}'), 'status 400, "invalid_scope", "no such"'),
        ((503, "<p>"), "status 503, and a body that is no JSON"),
        ((200, "[]"), "status 200, and [] instead of a token"),
        ((200, "{}"), "no access_token that could be sent in a header"),
        ((200, '{"access_token": "a\\nX-Admin: 1"}'), "no access_token that could be sent in a header"),
        ((200, '{"access_token": "abc", "token_type": "mac"}'), 'a token of the type "mac", expected Bearer'),
        ((302, "{}"), "status 302, expected a token"),
    ],
)
async def test_what_the_token_server_does_wrong_is_told_in_the_stage_token(
    again: Again, probe: ApiProbe, tokens: TokenServer, answer: tuple[int, str], reason: str
) -> None:
    tokens.answer = answer

    outcome = await again(probe)

    assert outcome.state == "down"
    assert str(outcome.reason).startswith(f"token: {reason}")


async def test_a_token_server_that_is_not_there_and_a_secret_that_is_not_there_are_told_apart(
    again: Again, probe: ApiProbe, tokens: TokenServer
) -> None:
    absent = await again(asking(probe, token_url="http://127.0.0.1:1/token"))
    unknown = await again(asking(probe, client_secret=Secret("env", "NONE")))

    assert (absent.state, absent.reason) == ("down", "token: connect: connection refused")
    assert (unknown.state, unknown.reason) == ("error", "secret: the environment has no NONE")


async def test_the_token_is_told_nowhere(
    again: Again, probe: ApiProbe, tokens: TokenServer, httpserver: HTTPServer, run_probe: Any
) -> None:
    lines: list[str] = []
    toml = f"""
        probe = "api"
        url = "{httpserver.url_for("/echo")}"
        expect.json = [{{ path = "$.seen", equals = "nothing" }}]
        [service.tested.check.check.oauth2]
        token_url = "{httpserver.url_for("/token")}"
        client_id = "sla+monitor"
        client_secret = {{ env = "SECRET" }}
    """

    outcome = run_probe(toml, {"SECRET": "s3cret-value"})
    await again(evolve(probe, url=httpserver.url_for("/echo")), trace=lines.append)

    assert outcome.reason == '$.seen "Bearer ***", expected "nothing"'
    told = "\n".join([repr(outcome), *lines])
    hidden = ["token-1-abcdef", "token-2-abcdef", "s3cret-value", "sla%2Bmonitor:s3cret-value"]
    assert not [text for text in hidden if text in told or base64.b64encode(text.encode()).decode() in told]
