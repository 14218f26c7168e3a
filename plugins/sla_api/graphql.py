"""GraphQL over HTTP: one query, and an answer that may report errors with the status 200."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from attrs import field, frozen

from sla_api.documents import quote
from sla_engine.plugin import Finding, State

ACCEPT = "application/graphql-response+json, application/json;q=0.9"
"""The media types of the answer, by the specification of GraphQL over HTTP."""


@frozen
class GraphQL:
    """A query, which is sent with POST. Expectations of what it gives have paths such as ``$.data.user.name``."""

    query: str  # text of the query or mutation
    variables: Mapping[str, object] = field(factory=dict)  # its variables
    operation: str | None = None  # which of several operations in the text to run
    partial: Literal["down", "degraded"] = "down"  # what an answer is that has errors and data

    def __attrs_post_init__(self) -> None:
        if not self.query.strip():
            raise ValueError("query is empty: write a query such as { health }")


def payload(asked: GraphQL) -> dict[str, Any]:
    """What is sent, as JSON."""
    sent: dict[str, Any] = {"query": asked.query}
    if asked.variables:
        sent["variables"] = dict(asked.variables)
    if asked.operation is not None:
        sent["operationName"] = asked.operation
    return sent


def graphql_findings(asked: GraphQL, document: Any) -> Iterator[Finding]:
    """Whether the answer is one of GraphQL without errors (specification of October 2021, section 7.1)."""
    if not isinstance(document, dict) or not {"data", "errors"} & document.keys():
        yield Finding("GraphQL answer", "data or errors", quote(document), State.DOWN)
        return
    if "errors" not in document:
        yield Finding("GraphQL errors", "none", "none")
        return
    has_data = document.get("data") is not None
    state = State.DEGRADED if has_data and asked.partial == "degraded" else State.DOWN
    told = _told(document["errors"]) + (", with partial data" if has_data else ", without data")
    yield Finding("GraphQL errors", "none", told, state)


def _told(errors: Any) -> str:
    if not isinstance(errors, list) or not errors or not isinstance(errors[0], dict):
        return quote(errors)
    path = errors[0].get("path")
    where = f" at {'.'.join(map(str, path[:10]))[:80]}" if isinstance(path, list) else ""
    more = f" and {len(errors) - 1} more" if len(errors) > 1 else ""
    return quote(errors[0].get("message")) + where + more
