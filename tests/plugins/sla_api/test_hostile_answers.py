"""Whatever a server sends is judged: nothing raises, and all that is told can be kept."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sla_api.documents import parse_json
from sla_api.expectations import ExpectJson, json_findings
from sla_api.graphql import GraphQL, graphql_findings
from sla_api.openapi import describe, openapi_findings
from sla_api.paths import AtPath
from sla_engine.plugin import Finding, HttpResponse, State

WORDS = st.sampled_from(
    ["$ref", "schema", "type", "items", "pattern", "headers", "content", "required", "servers", "url"]
)
TEXTS = st.text(max_size=20) | st.sampled_from(["#/paths", "#", "#/x~2", "http://[", "(", "object", "array", "{", "//"])
LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
JSON = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS | TEXTS, inner, max_size=4)
)
EXPECT = ExpectJson(
    json=[
        AtPath("$..url", at_most=3, matches="^a", one_of=[1, "a"]),
        AtPath("$[?search(@, 'a')]", exists=False),
        AtPath("$..*", type="integer", length=2),
    ],
    schema={"uniqueItems": True, "minimum": 3, "additionalProperties": {"pattern": "^a", "multipleOf": 0.1}},
)


def assert_can_be_kept(found: list[Finding]) -> None:
    assert found
    for one in found:
        assert len(str(one).encode()) < 2_000


@given(JSON)
@settings(max_examples=150, deadline=None)
def test_any_document_is_judged(document: Any) -> None:
    read = parse_json(json.dumps(document).encode())

    assert_can_be_kept([*json_findings(EXPECT, read, State.DOWN), *graphql_findings(GraphQL("{ a }"), read)])
    assert_can_be_kept(list(graphql_findings(GraphQL("{ a }"), {"errors": read, "data": read})))


@given(JSON, JSON, JSON)
@settings(max_examples=150, deadline=None)
def test_any_description_is_held_against_any_answer(schema: Any, header: Any, document: Any) -> None:
    described = {"headers": {"x-a": {"schema": header}}, "content": {"application/json": {"schema": schema}}}
    description = {
        "openapi": "3.0.0",
        "servers": header,
        "paths": {"/a": {"get": {"responses": {"200": described, "default": schema}}}},
        "components": schema,
    }
    answer = HttpResponse(
        200,
        {"content-type": ["application/json"], "x-a": ["1, true"]},
        json.dumps(document).encode(),
        False,
        "http://localhost/a",
        "127.0.0.1",
        "1.1",
        {},
    )

    found = openapi_findings(
        describe(description, "http://localhost/openapi.json"), "GET", "http://localhost/a", answer
    )

    assert_can_be_kept(list(found))
