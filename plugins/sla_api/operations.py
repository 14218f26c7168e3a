"""Where an OpenAPI document describes an operation and its responses."""

import contextlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote, urljoin, urlsplit

from attrs import field, frozen

_MOST_REFERENCES = 8


@frozen
class Place:
    """A value within a document, with the JSON pointer (RFC 6901) to it.

    Attributes:
        document: the whole of it.
        pointer: the keys that lead to the value.
        value: what stands there.
    """

    document: Any = field(repr=False)
    pointer: tuple[str, ...]
    value: Any = field(repr=False)

    def members(self) -> Mapping[str, Any]:
        """The keys and values here."""
        return self.value if isinstance(self.value, dict) else {}

    def has(self, key: str) -> bool:
        """Whether there is such a key here."""
        return key in self.members()

    def pointed(self, key: str) -> "Place":
        """What stands at a key, a reference itself not followed."""
        return Place(self.document, (*self.pointer, key), self.members()[key])

    def child(self, key: str) -> "Place | None":
        """The object at a key, references within the document followed; None where there is none."""
        if not self.has(key):
            return None
        place: Place | None = self.pointed(key)
        for _ in range(_MOST_REFERENCES):
            if place is None or not isinstance(place.value, dict):
                return None
            if not isinstance(reference := place.value.get("$ref"), str):
                return place
            place = self._at(reference)
        return None

    @property
    def fragment(self) -> str:
        """The pointer as the fragment of an address."""
        escaped = (key.replace("~", "~0").replace("/", "~1") for key in self.pointer)
        return "".join(f"/{quote(key, safe='~')}" for key in escaped)

    def _at(self, reference: str) -> "Place | None":
        if not reference.startswith("#/"):
            return None
        place = whole(self.document)
        for key in unquote(reference[2:]).split("/"):
            key = key.replace("~1", "/").replace("~0", "~")
            if not place.has(key):
                return None
            place = place.pointed(key)
        return place


def whole(document: Any) -> Place:
    """The place of a document itself."""
    return Place(document, (), document)


def find_operation(root: Place, method: str, url: str, document_url: str) -> Place | None:
    """The operation of a request, or None; of two paths that fit the less vague.

    Args:
        document_url: what addresses of servers in the document are relative to.
    """
    paths = root.child("paths")
    if paths is None:
        return None
    for base in _bases(root, document_url):
        path = urlsplit(url).path or "/"
        if not path.startswith(base):
            continue
        segments = path[len(base) :].split("/")
        for template in sorted(paths.members(), key=_vagueness):
            if _fits(template.split("/"), segments):
                item = paths.child(template)
                return item.child(method.lower()) if item else None
    return None


def response_for(operation: Place, status: int) -> tuple[str, Place] | None:
    """How the operation describes an answer of this status, and under which key: exactly, as in 2XX, or by default."""
    responses = operation.child("responses")
    if responses is None:
        return None
    key = next((key for key in (str(status), f"{status // 100}XX", "default") if responses.has(key)), None)
    response = responses.child(key) if key else None
    return (key, response) if key and response else None


def _bases(root: Place, document_url: str) -> list[str]:
    """The paths of the servers, without a slash at their end, the longest first."""
    servers = root.members().get("servers") or [{"url": "/"}]
    addresses = (
        [_address(server) for server in servers if isinstance(server, dict)] if isinstance(servers, list) else []
    )
    found = set()
    for address in addresses:
        with contextlib.suppress(ValueError):  # no address at all
            found.add(urlsplit(urljoin(document_url, address)).path.rstrip("/"))
    return sorted(found, key=len, reverse=True)


def _address(server: Mapping[str, Any]) -> str:
    """The address of a server, with the defaults of its variables."""
    address, variables = str(server.get("url", "/")), server.get("variables")
    for name, variable in variables.items() if isinstance(variables, dict) else ():
        if isinstance(variable, dict):
            address = address.replace(f"{{{name}}}", str(variable.get("default", "")))
    return address


def _vagueness(template: str) -> tuple[int, int]:
    """How many variables a template has, and then how little text of its own."""
    own = "".join(part.rpartition("}")[2] for part in template.split("{"))
    return template.count("{"), -len(own)


def _fits(template: list[str], segments: list[str]) -> bool:
    return len(template) == len(segments) and all(map(_fits_segment, template, segments))


def _fits_segment(template: str, segment: str) -> bool:
    before, opening, rest = template.partition("{")
    if not opening:
        return template == segment
    after = rest.rpartition("}")[2]
    return len(segment) > len(before) + len(after) and segment.startswith(before) and segment.endswith(after)
