"""The api probe: values at JSONPaths, typed, and a missing one is never 0."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from sla_api.paths import AtPath
from sla_api.probe import ApiProbe, ExpectJson
from sla_engine.plugin import Outcome

Try = Callable[..., Awaitable[Outcome]]
DOCUMENT = {
    "status": "ok",
    "queue": 0,
    "ready": True,
    "load": [0.5, 1.5],
    "nodes": [{"up": 1}, {"up": 0}],
    "note": None,
    "big": 1e999,
}


@pytest.fixture
def url(httpserver: HTTPServer) -> str:
    httpserver.expect_request("/health").respond_with_data(json.dumps(DOCUMENT).replace("Infinity", "1e999"))
    return httpserver.url_for("/health")


MET = [
    AtPath("$.status", equals="ok"),
    AtPath("$.queue", equals=0),
    AtPath("$.queue", at_most=0, at_least=0, type="integer"),
    AtPath("$.ready", equals=True),
    AtPath("$.load[0]", above=0.4, below=0.6),
    AtPath("$.nodes", length=2, type="array"),
    AtPath("$.nodes[*].up", one_of=[0, 1]),
    AtPath("$.missing", exists=False),
    AtPath("$.note", type="null"),
    AtPath("$.status", matches="^o", contains="k", not_equals="down"),
    AtPath("$.nodes[?@.up == 1].up", equals=1),
]
UNMET = [
    (AtPath("$.status", equals="down"), '$.status "ok", expected "down"'),
    (AtPath("$.missing", at_most=10), "$.missing missing, expected at most 10"),
    (AtPath("$.missing"), "$.missing missing, expected something there"),
    (AtPath("$.queue", equals="0"), '$.queue 0, expected "0"'),
    (AtPath("$.ready", equals=1), "$.ready true, expected 1"),
    (AtPath("$.status", above=0), '$.status "ok", expected more than 0'),
    (AtPath("$.note", at_most=5), "$.note null, expected at most 5"),
    (AtPath("$.load[*]", below=1), "$.load[*] 1.5, expected less than 1"),
    (AtPath("$.load[*]", above=2), "$.load[*] 0.5 and 1 more, expected more than 2"),
    (AtPath("$.queue", exists=False), "$.queue 0, expected nothing there"),
    (AtPath("$.ready", type="number"), '$.ready true, expected the type "number"'),
    (AtPath("$.big", type="integer"), '$.big Infinity, expected the type "integer"'),
]


async def test_every_expectation_that_is_met(attempt: Try, url: str) -> None:
    outcome = await attempt(ApiProbe(url=url, expect=ExpectJson(json=MET)))

    assert (outcome.state, outcome.reason) == ("up", None)


@pytest.mark.parametrize(("expectation", "reason"), UNMET, ids=[reason for _, reason in UNMET])
async def test_what_is_not_as_expected_is_down_and_named(
    attempt: Try, url: str, expectation: AtPath, reason: str
) -> None:
    outcome = await attempt(ApiProbe(url=url, expect=ExpectJson(json=[expectation])))

    assert (outcome.state, outcome.reason) == ("down", reason)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("<html>", "no JSON: Expecting value at line 1, column 1"),
        ('{"a": 1,}', "no JSON: "),
        ('{"a": NaN}', "no JSON: NaN is no value at line 1, column 1"),
        ("", "empty"),
        (b"\xff\xfe\xfa", "no UTF-8 text, so no JSON"),
        ("[" * 100_000, "JSON that is nested deeper than 100 levels"),
        ("[" * 200 + "]" * 200, "JSON that is nested deeper than 100 levels"),
        (r'{"a": "\ud83d"}', "JSON with half of a character"),
        ("9" * 5000, "a number has thousands of digits"),
        (json.dumps(["x" * 2_000_000]), "longer than the 1048576 bytes that are read"),
    ],
)
async def test_what_is_no_json_is_down(attempt: Try, httpserver: HTTPServer, body: Any, reason: str) -> None:
    httpserver.expect_request("/").respond_with_data(body)

    outcome = await attempt(ApiProbe(url=httpserver.url_for("/")))

    assert outcome.state == "down"
    assert str(outcome.reason).startswith("body ")
    assert reason in str(outcome.reason)
    assert str(outcome.reason).endswith(", expected JSON")


async def test_a_transport_error_can_never_pass(attempt: Try) -> None:
    outcome = await attempt(ApiProbe(url="http://127.0.0.1:1/", expect=ExpectJson(json=[AtPath("$.x", exists=False)])))

    assert (outcome.state, outcome.reason) == ("down", "connect: connection refused")


async def test_json_is_sent(attempt: Try, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/", method="POST", json={"a": [1]}).respond_with_json({})

    outcome = await attempt(ApiProbe(url=httpserver.url_for("/"), method="POST", json={"a": [1]}))

    assert outcome.state == "up"


@pytest.mark.parametrize("path", ["$.", "status", "$[", "$..", "$.a b"])
def test_a_path_that_is_not_of_rfc_9535_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="RFC 9535"):
        AtPath(path)
