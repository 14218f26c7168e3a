"""What an answer of an interface must be like: all that an answer of the web must, and what stands in its JSON."""

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import field, frozen

from sla_api.paths import AtPath, path_findings
from sla_engine.plugin import Finding, State
from sla_http.expectations import Degraded, Expect

_MOST_PATHS = 100


@frozen
class ExpectJson(Expect):
    """What the answer must be like, and what must stand in its JSON."""

    json: list[AtPath] = field(factory=list)  # values at paths of the document
    schema: str | Mapping[str, object] | None = None  # JSON Schema (2020-12) of the body: a file, or the schema itself

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        check_json(self.json, self.schema)


@frozen
class DegradedJson(Degraded):
    """What makes an answer that is up degraded where it is not met: all that may stand under ``expect``."""

    json: list[AtPath] = field(factory=list)  # values at paths of the document
    schema: str | Mapping[str, object] | None = None  # JSON Schema (2020-12) of the body: a file, or the schema itself

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        check_json(self.json, self.schema)


def check_json(paths: list[AtPath], schema: str | Mapping[str, object] | None) -> None:
    """Refuse more paths than can be told of, and a schema that is none.

    Raises:
        ValueError: one of these.
    """
    if len(paths) > _MOST_PATHS:
        raise ValueError(f"json has {len(paths)} expectations: write at most {_MOST_PATHS}")
    if schema is not None:
        from sla_api.sources import load_schema  # 60 ms, wanted only where there is a schema

        load_schema(schema)


def asks_for_json(expect: ExpectJson | DegradedJson) -> bool:
    """Whether there is anything that only JSON can meet."""
    return bool(expect.json) or expect.schema is not None


def json_findings(expect: ExpectJson | DegradedJson, document: Any, unmet: State) -> Iterator[Finding]:
    """A finding for each expectation of the JSON."""
    yield from path_findings(expect.json, document, unmet)
    if expect.schema is not None:
        from sla_api.sources import load_schema
        from sla_api.validity import schema_findings

        yield from schema_findings(load_schema(expect.schema), document, unmet)
