"""``openapi``: an answer is held against the service's own description of it."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from sla_api.describing import OpenApi
from sla_api.openapi import describe, openapi_findings
from sla_api.probe import ApiProbe
from sla_engine.model.duration import parse_duration
from sla_engine.plugin import HttpResponse, Outcome, State

Again = Callable[..., Awaitable[Outcome]]
Serve = Callable[..., Awaitable[int]]
PET = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {
        "id": {"type": "integer"},
        "name": {"type": "string"},
        "mother": {"$ref": "#/components/schemas/Pet"},
    },
}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Pets", "version": "1"},
    "servers": [{"url": "/{version}", "variables": {"version": {"default": "v1"}}}],
    "paths": {
        "/pets/{id}": {
            "get": {
                "responses": {
                    "200": {"$ref": "#/components/responses/Pet"},
                    "4XX": {
                        "description": "none",
                        "content": {"application/problem+json": {"schema": {"type": "object"}}},
                    },
                }
            }
        },
        "/pets/mine": {"get": {"responses": {"default": {"description": "anything"}}}},
        "/pets/{id}.json": {"get": {"responses": {"200": {"description": "", "content": {"*/*": {}}}}}},
        "/a b/{x}": {"post": {"responses": {"201": {"description": "", "content": {"text/*": {}}}}}},
    },
    "components": {
        "schemas": {"Pet": PET},
        "responses": {
            "Pet": {
                "description": "a pet",
                "headers": {
                    "X-Left": {"required": True, "schema": {"type": "integer", "maximum": 100}},
                    "X-Tags": {"schema": {"type": "array", "items": {"type": "integer"}}},
                },
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}},
            }
        },
    },
}
URL = "https://pets.example.com/v1"
GOOD = '{"id": 1, "name": "Rex", "mother": {"id": 2, "name": "Lua"}}'


def answer(body: str = GOOD, status: int = 200, **headers: str) -> HttpResponse:
    given = {"content_type": "application/json; charset=utf-8", "x_left": "7", **headers}
    named = {name.replace("_", "-"): [value] for name, value in given.items() if value}
    return HttpResponse(status, named, body.encode(), False, "", "127.0.0.1", "1.1", {})


def faults(seen: HttpResponse, path: str = "/pets/1", method: str = "GET", document: Any = DOCUMENT) -> list[str]:
    found = openapi_findings(describe(document, "https://pets.example.com/openapi.json"), method, URL + path, seen)
    return [str(one) for one in found if one.state is not State.UP]


def test_an_answer_as_described_has_no_fault() -> None:
    assert faults(answer()) == []
    assert faults(answer("{}", 404, content_type="application/problem+json")) == []
    assert faults(answer("anything", 500, content_type="text/plain"), "/pets/mine") == []
    assert faults(answer("x", content_type="image/png"), "/pets/1.json") == []
    assert faults(answer("x", 201, content_type="text/csv"), "/a b/c", "POST") == []


@pytest.mark.parametrize(
    ("seen", "fault"),
    [
        (answer('{"id": "1", "name": "Rex"}'), '$.id "1", expected type "integer" (OpenAPI)'),
        (answer('{"id": 1, "name": "Rex", "mother": {"id": 2}}'), "$.mother without 'name', expected required"),
        (answer("<p>"), "body no JSON: Expecting value at line 1, column 1, expected JSON (OpenAPI)"),
        (answer(content_type="text/html"), 'content type "text/html", expected application/json (OpenAPI)'),
        (answer(status=500), "status 500, expected 200 or 4XX (OpenAPI)"),
        (answer(x_left=""), "header X-Left missing, expected one (OpenAPI)"),
        (answer(x_left="many"), 'header X-Left "many", expected type "integer" (OpenAPI)'),
        (answer(x_left="101"), "header X-Left 101, expected maximum 100 (OpenAPI)"),
        (answer(x_tags="1, x"), 'header X-Tags[1] "x", expected type "integer" (OpenAPI)'),
    ],
)
def test_what_is_not_as_described_is_down_and_named(seen: HttpResponse, fault: str) -> None:
    [told] = faults(seen)

    assert told.startswith(fault)


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/pets/1"), ("GET", "/pets"), ("GET", "/pets/1/x"), ("GET", "/pets/"), ("GET", "/../pets/1")],
)
def test_an_operation_that_is_not_described_is_told(method: str, path: str) -> None:
    [told] = faults(answer(), path, method)

    assert told == f"operation {method} /v1{path} is none, expected one of the OpenAPI document"


def test_the_schemas_of_version_3_0_are_read_as_they_were_meant() -> None:
    schema = {
        "type": "object",
        "properties": {
            "age": {"type": "integer", "minimum": 0, "exclusiveMinimum": True, "nullable": True},
            "kind": {"type": "string", "nullable": True, "enum": ["cat", "dog"]},
            "name": {"type": "string", "nullable": False, "exclusiveMaximum": False},
        },
    }
    content = {"application/json": {"schema": schema}}
    document = {"openapi": "3.0.3", "paths": {"/v1/pets/1": {"get": {"responses": {"200": {"content": content}}}}}}

    assert faults(answer('{"age": null, "kind": null, "name": "Rex"}'), document=document) == []
    assert len(faults(answer('{"age": 0, "kind": "cow", "name": null}'), document=document)) == 3


@pytest.mark.parametrize(
    "reference",
    [
        "http://169.254.169.254/schema.json",
        "other.json#/Pet",
        "#/components/schemas/None",
        "#/components/responses/Loop",
    ],
)
def test_references_that_lead_out_or_nowhere_are_never_followed(reference: str) -> None:
    responses = {"200": {"description": "", "content": {"application/json": {"schema": {"$ref": reference}}}}}
    document = {
        "openapi": "3.1.0",
        "paths": {"/v1/pets/1": {"get": {"responses": responses}}},
        "components": {"responses": {"Loop": {"$ref": "#/components/responses/Loop"}}},
    }

    [told] = faults(answer(), document=document)

    assert "cannot be checked" in told or "too much work" in told


@pytest.mark.parametrize(
    "damage",
    [
        {"paths": {"/pets/{id}": []}},
        {"paths": {"/pets/{id}": {"get": {"responses": 5}}}},
        {"paths": {"/pets/{id}": {"get": {"responses": {"200": {"$ref": "#/x"}}}}}},
        {"paths": {"/pets/{id}": {"get": {"responses": {"200": {"$ref": "#/components/responses/Pet/x"}}}}}},
        {"servers": 5},
        {"servers": [5, {"url": 5}]},
    ],
)
def test_a_description_that_is_damaged_is_no_fault_of_ours(damage: dict[str, Any]) -> None:
    assert faults(answer(), document={**DOCUMENT, **damage}) != []


class Service:
    """Pets, and their description, which is there, gone or broken."""

    def __init__(self, server: HTTPServer) -> None:
        self.description: tuple[int, str] = (200, json.dumps(DOCUMENT))
        self.asked: list[str] = []
        self.url = server.url_for("/v1/pets/1")
        server.expect_request("/v1/pets/1").respond_with_data(
            GOOD, headers={"Content-Type": "application/json", "X-Left": "1"}
        )
        server.expect_request("/openapi.json").respond_with_handler(self.describe)

    def describe(self, request: Request) -> Response:
        status, text = self.description
        self.asked.append(request.headers.get("If-None-Match", "-"))
        if "Authorization" in request.headers:
            return Response("the description is not for credentials", 500)
        if status == 200 and request.headers.get("If-None-Match") == '"one"':
            return Response(status=304)
        return Response(text, status, headers={"ETag": '"one"'}, content_type="application/json")


@pytest.fixture
def service(httpserver: HTTPServer) -> Service:
    return Service(httpserver)


def pets(service: Service, max_age: str = "1h") -> ApiProbe:
    described = OpenApi(url="/openapi.json", max_age=parse_duration(max_age))
    return ApiProbe(url=service.url, headers={"Authorization": "Bearer x"}, openapi=described)


async def test_the_description_is_kept_between_runs_and_asked_for_only_when_it_is_old(
    again: Again, service: Service
) -> None:
    first, second = await again(pets(service)), await again(pets(service))
    old = await again(pets(service, max_age="1ms"))

    assert (first.state, second.state, old.state) == ("up", "up", "up")
    assert service.asked == ["-", '"one"']
    assert set(first.phases) <= {"resolve", "connect", "tls", "send", "wait", "receive"}


@pytest.mark.parametrize(
    ("description", "reason"),
    [
        ((404, "{}"), "status 404"),
        ((200, "openapi: 3.1.0"), "no JSON: Expecting value at line 1, column 1"),
        ((200, '{"swagger": "2.0"}'), "no OpenAPI document of version 3.0 or 3.1 (openapi is null)"),
        ((200, '{"openapi": "3.1.0"}'), "an OpenAPI document without paths"),
    ],
)
async def test_a_description_that_is_not_to_be_had_is_told_apart_from_a_wrong_answer(
    again: Again, service: Service, description: tuple[int, str], reason: str
) -> None:
    service.description = description

    outcome = await again(pets(service))

    assert outcome.state == "degraded"
    assert outcome.reason == f"OpenAPI document not to be had: {reason}, expected one to hold the answer against"


async def test_a_description_in_a_file(again: Again, service: Service, tmp_path: Path) -> None:
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps({**DOCUMENT, "servers": [{"url": "/v2"}]}))

    outcome = await again(ApiProbe(url=service.url, openapi=OpenApi(file=str(path))))

    assert outcome.reason == "operation GET /v1/pets/1 is none, expected one of the OpenAPI document"


async def test_a_description_that_never_comes_leaves_time_to_tell_so(again: Again, serve: Serve) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if b"openapi.json" in head:
            await asyncio.sleep(60)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")

    probe = ApiProbe(url=f"http://127.0.0.1:{await serve(answer)}/", openapi=OpenApi(url="/openapi.json"))

    outcome = await again(probe, seconds=3)

    assert outcome.state == "degraded"
    assert str(outcome.reason).startswith("OpenAPI document not to be had: wait: no answer ")
