"""An answer held against the service's own OpenAPI document (3.1, and 3.0): status, content type, headers and schema.

References lead only within the document; nothing else is fetched.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from attrs import define, field

from sla_api.documents import cut, quote, read_json
from sla_api.openapi30 import upgraded
from sla_api.operations import Place, find_operation, response_for, whole
from sla_api.parameters import read_header
from sla_engine.plugin import Finding, HttpResponse, State

_MOST_HEADERS = 20
_JSON = ("application/json", "+json")


@define(eq=False)
class Description:
    """An OpenAPI document.

    Attributes:
        document: its JSON, with the schemas of 3.0 in the words of 3.1.
        url: where it came from, or the check's address for a file; addresses of servers in it are relative to this.
        schemas: those that were used already, by their pointer.
    """

    document: Mapping[str, Any] = field(repr=False)
    url: str
    schemas: dict[str, Any] = field(factory=dict, repr=False)


def describe(document: Any, url: str) -> Description:
    """The description that a document gives.

    Raises:
        ValueError: it is no OpenAPI document of version 3.0 or 3.1.
    """
    version = document.get("openapi") if isinstance(document, dict) else None
    if not isinstance(version, str) or not version.startswith(("3.0", "3.1")):
        raise ValueError(f"no OpenAPI document of version 3.0 or 3.1 (openapi is {quote(version)})")
    if not isinstance(document.get("paths"), dict):
        raise ValueError("an OpenAPI document without paths")
    return Description(upgraded(document) if version.startswith("3.0") else document, url)


def openapi_findings(description: Description, method: str, url: str, answer: HttpResponse) -> Iterator[Finding]:
    """A finding for each thing that the document says of an answer.

    Args:
        url: what was asked for.
    """
    operation = find_operation(whole(description.document), method, url, description.url)
    if operation is None:
        asked = f"{method} {cut(urlsplit(url).path or '/')}"
        yield Finding("operation", "one of the OpenAPI document", f"{asked} is none", State.DOWN)
        return
    described = response_for(operation, answer.status)
    if described is None:
        yield Finding("status", f"{_statuses(operation)} (OpenAPI)", str(answer.status), State.DOWN)
        return
    key, response = described
    yield Finding("status", f"{key} (OpenAPI)", str(answer.status))
    yield from _header_findings(description, response, answer)
    yield from _content_findings(description, response, answer)


def _statuses(operation: Place) -> str:
    responses = operation.child("responses")
    return cut(" or ".join(responses.members()) if responses else "") or "none"


def _header_findings(description: Description, response: Place, answer: HttpResponse) -> Iterator[Finding]:
    headers = response.child("headers")
    names = list(headers.members())[:_MOST_HEADERS] if headers else []
    for name in names:
        header = headers.child(name) if headers else None
        if header is None or name.lower() == "content-type":
            continue
        values = answer.headers.get(name.lower())
        if values is None:
            if header.value.get("required") is True:
                yield Finding(f"header {cut(name)}", "one (OpenAPI)", "missing", State.DOWN)
        elif schema := header.child("schema"):
            read = read_header(", ".join(values), schema.value)
            yield from _schema_findings(description, header.pointed("schema"), read, f"header {cut(name)}")


def _content_findings(description: Description, response: Place, answer: HttpResponse) -> Iterator[Finding]:
    content = response.child("content")
    if content is None or not content.members():
        return
    seen = ", ".join(answer.headers.get("content-type", ())).partition(";")[0].strip().lower()
    media = next((one for one in _ranges(seen) if content.has(one)), None)
    if media is None:
        expected = " or ".join(list(content.members())[:10])
        yield Finding("content type", f"{cut(expected)} (OpenAPI)", quote(seen), State.DOWN)
        return
    yield Finding("content type", f"{cut(media)} (OpenAPI)", quote(seen))
    place = content.child(media)
    if place is None or not place.has("schema") or not seen.endswith(_JSON):
        return
    try:
        document = read_json(answer)
    except ValueError as error:
        yield Finding("body", "JSON (OpenAPI)", str(error), State.DOWN)
        return
    yield from _schema_findings(description, place.pointed("schema"), document, "body")


def _schema_findings(description: Description, place: Place, value: Any, what: str) -> Iterator[Finding]:
    from sla_api.schemas import compile_schema
    from sla_api.validity import schema_findings

    pointer = place.fragment
    try:
        if pointer not in description.schemas:
            description.schemas[pointer] = compile_schema(description.document, "OpenAPI", pointer)
    except ValueError as error:
        yield Finding(what, "a schema in the OpenAPI document", f"cannot be checked: {error}", State.DEGRADED)
        return
    yield from schema_findings(description.schemas[pointer], value, State.DOWN, what)


def _ranges(media: str) -> tuple[str, ...]:
    """The keys that may describe a media type, the most exact first."""
    return media, f"{media.partition('/')[0]}/*", "*/*"
