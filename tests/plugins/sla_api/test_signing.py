"""``hmac``: signed requests, before a server that verifies them."""

import base64
import hashlib
import hmac
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from attrs import evolve
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from sla_api.probe import ApiProbe
from sla_api.signing import Hmac
from sla_engine.plugin import Outcome, Secret

Again = Callable[..., Awaitable[Outcome]]
KEY = Secret("env", "SECRET")


def verified(request: Request, message: bytes, algorithm: str = "sha256") -> bytes:
    return hmac.digest(b"s3cret-value", message, algorithm)


def plain(request: Request) -> bool:
    head = f"{request.method}\n{request.path}\n{request.query_string.decode()}\n{request.headers['X-Time']}\n"
    body = hashlib.sha256(request.data).hexdigest()
    return request.headers["X-Signature"] == verified(request, (head + body).encode()).hex()


def webhook(request: Request) -> bool:
    told = dict(part.split("=", 1) for part in request.headers["Signature"].split(","))
    wanted = verified(request, f"{told['t']}.{told['n']}.".encode() + request.data, "sha512")
    return told["v1"] == base64.b64encode(wanted).decode()


PLAIN = Hmac(KEY, "{method}\n{path}\n{query}\n{timestamp}\n{body_sha256}", timestamp_header="X-Time")
WEBHOOK = Hmac(
    KEY,
    "{timestamp}.{nonce}.{body}",
    header="Signature",
    value="t={timestamp},n={nonce},v1={signature}",
    algorithm="sha512",
    encoding="base64",
)


@pytest.mark.parametrize(("how", "verify"), [(PLAIN, plain), (WEBHOOK, webhook)])
async def test_a_server_that_verifies_lets_the_request_in(
    again: Again, httpserver: HTTPServer, how: Hmac, verify: Callable[[Request], bool]
) -> None:
    seen: list[str] = []

    def let_in(request: Request) -> Response:
        seen.append(request.headers[how.header])
        return Response("{}", 200 if verify(request) else 403)

    httpserver.expect_request("/v1/orders").respond_with_handler(let_in)
    url = httpserver.url_for("/v1/orders?b=2&a=%20x")
    probe = ApiProbe(url=url, method="POST", json={"text": "{not} {a} placeholder: ação"}, hmac=how)
    lines: list[str] = []

    posted = await again(probe, trace=lines.append)
    got = await again(evolve(probe, method="GET", json=None, url=httpserver.url_for("/v1/orders")))
    forged = await again(evolve(probe, hmac=evolve(how, key=Secret("env", "PASSWORD"))))

    assert (posted.state, got.state) == ("up", "up")
    assert (forged.state, forged.reason) == ("down", "status 403, expected 2xx")
    assert not [line for line in lines if seen[0] in line]


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ({"message": "{methd}"}, "message has no {methd}"),
        ({"message": "{timestamp}"}, "the server cannot know the timestamp that is signed: write timestamp_header"),
        ({"message": "{nonce}"}, "the server cannot know the nonce that is signed: write nonce_header"),
        ({"message": "{body}", "value": "none"}, "value does not send the signature"),
        ({"message": "{body}", "value": "{signature}{body}"}, "value has no {body}"),
    ],
)
def test_a_signature_that_no_server_could_verify_is_refused(keys: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason.replace("{", r"\{")):
        Hmac(KEY, **keys)
