"""What an interface does wrong, and what each of it comes to."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sla_api.describing import OpenApi
from sla_api.expectations import DegradedJson, ExpectJson
from sla_api.graphql import GraphQL
from sla_api.oauth2 import OAuth2
from sla_api.paths import AtPath
from sla_api.probe import ApiProbe
from sla_api.steps import ApiStep
from sla_engine.plugin import Outcome, Probe, Secret

Try = Callable[..., Awaitable[Outcome]]
Serve = Callable[..., Awaitable[int]]
HEALTH = ExpectJson(json=[AtPath("$.queue", at_most=10)])
LATER = DegradedJson(json=[AtPath("$.queue", at_most=1)], schema={"required": ["version"]})
RESPONSE = {"description": "", "content": {"application/json": {"schema": {"required": ["id"]}}}}
DESCRIPTION = {"openapi": "3.1.0", "paths": {"/described": {"get": {"responses": {"200": RESPONSE}}}}}


def json_(value: Any, status: str = "200 OK") -> bytes:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"Connection: close\r\n\r\n" + body


PAGES: Mapping[str, bytes | None] = {
    "/up": json_({"queue": 1, "version": 1}),
    "/long-queue": json_({"queue": 11, "version": 1}),
    "/some-queue": json_({"queue": 5}),
    "/no-queue": json_({"version": 1}),
    "/text-queue": json_({"queue": "5", "version": 1}),
    "/page": json_(b"<html>maintenance</html>"),
    "/empty": json_(b""),
    "/cut": json_({"queue": 1})[:-3],
    "/deep": json_(b"[" * 5000 + b"]" * 5000),
    "/half": json_(b'{"queue": "\\ud800"}'),
    "/controls": json_({"queue": "\x1b[2J\r\nHost: x"}),
    "/broken": json_({"error": "database"}, "500 Internal Server Error"),
    "/closes": b"",
    "/silent": None,
    "/graphql-errors": json_({"errors": [{"message": "no database"}]}),
    "/graphql-partial": json_({"errors": [{"message": "no database"}], "data": {"a": 1}}),
    "/token": json_({"access_token": "abcdefgh"}),
    "/token-refused": json_({"error": "invalid_client"}, "401 Unauthorized"),
    "/locked": json_({}, "401 Unauthorized"),
    "/described": json_({"name": "Rex"}),
    "/openapi.json": json_(DESCRIPTION),
    "/session": json_({"token": "abcdefgh"}),
}


async def test_faults(
    attempt: Try, serve: Serve, fault_table: Callable[..., str], golden: Callable[[str, str], None]
) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        page = PAGES.get(head.split(b" ")[1].decode(), json_({}, "404 Not Found"))
        if page is None:
            await asyncio.sleep(60)
        writer.write(page or b"")

    base = f"http://127.0.0.1:{await serve(answer)}"

    def health(path: str) -> ApiProbe:
        return ApiProbe(url=base + path, expect=HEALTH, degraded=LATER)

    def locked(token: str, url: str = base) -> ApiProbe:
        return ApiProbe(url=f"{url}/locked", oauth2=OAuth2(token, "sla", Secret("env", "SECRET")))

    def described(path: str, document: str = "/openapi.json") -> ApiProbe:
        return ApiProbe(url=base + path, openapi=OpenApi(url=document))

    def steps(second: str) -> ApiProbe:
        log_in = ApiStep("log-in", "/session", take={"token": "$.token"})
        return ApiProbe(
            url=base, step=[log_in, ApiStep("ask", second, expect=HEALTH), ApiStep("out", "/broken", always=True)]
        )

    probes: Mapping[str, Probe] = {
        "as expected": health("/up"),
        "a number too high": health("/long-queue"),
        "a number that is high, a field that is to come": health("/some-queue"),
        "a field that vanished": health("/no-queue"),
        "a number sent as text": health("/text-queue"),
        "a page instead of JSON": health("/page"),
        "no body": health("/empty"),
        "a body that breaks off": health("/cut"),
        "JSON that is too deep": health("/deep"),
        "half a character": health("/half"),
        "control characters": health("/controls"),
        "a server error": health("/broken"),
        "closed without an answer": health("/closes"),
        "no answer": health("/silent"),
        "nobody there": ApiProbe(url="http://127.0.0.1:1/", expect=HEALTH),
        "a name that does not exist": ApiProbe(url="http://nothing.invalid/", expect=HEALTH),
        "GraphQL errors": ApiProbe(url=f"{base}/graphql-errors", graphql=GraphQL("{ a }")),
        "GraphQL errors with data": ApiProbe(url=f"{base}/graphql-partial", graphql=GraphQL("{ a }")),
        "no GraphQL": ApiProbe(url=f"{base}/up", graphql=GraphQL("{ a }")),
        "a token refused": locked(f"{base}/token-refused"),
        "a token server that is silent": locked(f"{base}/silent"),
        "a token server that is not there": locked("http://127.0.0.1:1/"),
        "a token that does not help": locked(f"{base}/token"),
        "a secret that is not there": ApiProbe(url=base, secrets={"a": Secret("env", "NONE")}),
        "an answer not as described": described("/described"),
        "an operation not described": described("/up"),
        "no description": described("/described", "/none"),
        "a second step that fails": steps("/long-queue"),
        "a second step that is silent": steps("/silent"),
        "a log-out that fails": steps("/up"),
    }

    async def outcome(probe: Probe) -> Outcome:
        return await attempt(probe, seconds=4.0, environ={"SECRET": "s3cret-value"})

    outcomes = await asyncio.gather(*map(outcome, probes.values()))
    table = fault_table(dict(zip(probes, outcomes, strict=True)))

    golden("faults.txt", table.replace(base, "http://SERVER"))
