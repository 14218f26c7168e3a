"""``expect.schema``: the body's JSON Schema, which nothing is fetched for and nothing can make slow."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from sla_api.schemas import compile_schema
from sla_api.validity import schema_findings
from sla_engine.plugin import State
from sla_engine.testing.fixtures import RunProbe

ORDER = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["id", "lines"],
    "properties": {
        "id": {"type": "integer"},
        "code": {"pattern": "^[A-Z]{2}-[0-9]+$"},
        "lines": {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"$ref": "#/$defs/line"}},
        "state": {"enum": ["open", "paid"]},
    },
    "additionalProperties": False,
    "$defs": {"line": {"type": "object", "required": ["price"], "properties": {"price": {"exclusiveMinimum": 0}}}},
}
VALID = {"id": 1, "code": "PT-12", "lines": [{"price": 2}, {"price": 3}], "state": "paid"}


def faults(schema: Any, document: Any) -> list[str]:
    found = schema_findings(compile_schema(schema, "order"), document, State.DOWN)
    return [str(one) for one in found if one.state is State.DOWN]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"id": "1"}, '$.id "1", expected type "integer" (order)'),
        ({"lines": []}, "$.lines [], expected minItems 1 (order)"),
        ({"lines": [{"price": 0}]}, "$.lines[0].price 0, expected exclusiveMinimum 0 (order)"),
        ({"lines": [{}]}, "$.lines[0] without 'price', expected required [\"price\"] (order)"),
        ({"lines": [{"price": 1}, {"price": 1.0}]}, "expected uniqueItems true (order)"),
        ({"state": "lost"}, '$.state "lost", expected enum ["open", "paid"] (order)'),
        ({"code": "x"}, '$.code "x", expected pattern "^[A-Z]{2}-[0-9]+$" (order)'),
        ({"other": 1}, "$ with 'other', expected additionalProperties false (order)"),
    ],
)
def test_what_is_not_as_the_schema_says_is_named_by_its_path(change: dict[str, Any], fault: str) -> None:
    assert faults(ORDER, VALID) == []
    [told] = faults(ORDER, {**VALID, **change})

    assert told.endswith(fault)


def test_only_the_first_few_faults_are_told() -> None:
    assert len(faults({"items": {"type": "string"}}, list(range(1000)))) == 5


def test_a_schema_stands_in_a_file_or_in_the_policy(
    run_probe: RunProbe, httpserver: HTTPServer, tmp_path: Path
) -> None:
    httpserver.expect_request("/").respond_with_json({**VALID, "id": None})
    (tmp_path / "order.schema.json").write_text(json.dumps(ORDER))
    probe = f'probe = "api"\nurl = "{httpserver.url_for("/")}"\n'

    from_file = run_probe(f'{probe}expect.schema = "{tmp_path}/order.schema.json"')
    inline = run_probe(f'{probe}expect.schema = {{ properties = {{ id = {{ type = "integer" }} }} }}')
    degraded = run_probe(f'{probe}degraded.schema = {{ required = ["total"] }}')

    assert (from_file.state, from_file.reason) == ("down", '$.id null, expected type "integer" (order.schema.json)')
    assert (inline.state, inline.reason) == ("down", '$.id null, expected type "integer" (schema)')
    assert (degraded.state, degraded.reason) == (
        "degraded",
        "$ without 'total', expected required [\"total\"] (schema)",
    )


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ({"type": "strin"}, "no JSON Schema of 2020-12: $.type: 'strin' is not valid"),
        ({"properties": {"a": {"minimum": "x"}}}, "$.properties.a.minimum: 'x' is not of type 'number'"),
        ({"$ref": "#/$defs/none"}, "refers to '/$defs/none', which is not in it; nothing is fetched"),
        ({"$ref": "http://169.254.169.254/schema"}, "nothing is fetched"),
        ({"items": {"$ref": "other.json"}}, "nothing is fetched"),
        ({"$schema": "http://json-schema.org/draft-07/schema#"}, "another dialect than 2020-12"),
        ({"pattern": "(?=a)b"}, "no RE2 expression"),
        ({"patternProperties": {"(a)\\1": {}}}, "no RE2 expression"),
        ({"allOf": [{"patternProperties": {"a": {}}}], "unevaluatedProperties": False}, "write one of them"),
        (5, "no JSON Schema"),
    ],
)
def test_a_schema_that_cannot_be_used_is_refused(schema: Any, reason: str) -> None:
    with pytest.raises(ValueError, match=re.escape(reason)):
        compile_schema(schema, "order")


def deep(levels: int) -> Any:
    document: Any = 1
    for _ in range(levels):
        document = [document]
    return document


@pytest.mark.parametrize(
    ("schema", "document"),
    [
        ({"$ref": "#"}, 1),
        ({"items": {"anyOf": [{"$ref": "#"}, {"$ref": "#"}]}, "type": "array"}, deep(60)),
        ({"unevaluatedItems": False, "anyOf": [{"$ref": "#"}, {"$ref": "#"}]}, [1]),
    ],
)
def test_a_schema_that_would_never_end_is_given_up(schema: Any, document: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sla_api.validator.MOST_KEYWORDS", 20_000)

    [told] = faults(schema, document)

    assert told == "body takes too much work to be held against it, expected valid (order)"


@pytest.mark.parametrize(
    ("schema", "document"),
    [
        ({"not": {"pattern": "^(a+)+$"}}, "a" * 50_000 + "!"),
        ({"patternProperties": {"^(a+)+$": False}}, {"a" * 50_000 + "!": 1}),
        ({"patternProperties": {"^(a+)+$": {}}, "additionalProperties": {"const": 1}}, {"a" * 50_000 + "!": 1}),
        ({"uniqueItems": True}, [{"n": n} for n in range(100_000)]),
        ({"$defs": {"a": {"$id": "x", "$schema": "http://json-schema.org/draft-07/schema#"}}, "$ref": "x"}, 1),
    ],
)
def test_what_makes_other_validators_slow_is_quick(schema: Any, document: Any) -> None:
    assert faults(schema, document) == []


def test_equal_is_meant_as_json_means_it() -> None:
    unique = {"uniqueItems": True}

    assert faults(unique, [1, True, "1", [1], [True], {"a": 1}, {"a": True}, None, 0, False]) == []
    assert faults(unique, [{"a": [1, {}]}, {"a": [1.0, {}]}])
