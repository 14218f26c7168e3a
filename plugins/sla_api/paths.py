"""What must stand at a path of a JSON document (RFC 9535); a missing value fails, it is never 0."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Literal

from attrs import fields_dict, frozen

from sla_engine.plugin import Finding, State

_LONGEST_QUOTE = 80
_Json = str | int | float | bool | None


@frozen
class AtPath:
    """One expectation upon the values that a JSONPath selects; each of them must meet it."""

    path: str  # RFC 9535, such as $.queue.length
    equals: str | int | float | bool | None = None  # same type and value: "1" is not 1
    not_equals: str | int | float | bool | None = None  # anything else
    above: int | float | None = None  # a number that is greater
    below: int | float | None = None  # a number that is less
    at_least: int | float | None = None  # a number that is not less
    at_most: int | float | None = None  # a number that is not greater
    one_of: list[str | int | float | bool] | None = None  # one of these
    contains: str | None = None  # a text that holds this
    matches: str | None = None  # a text in which this RE2 expression is found
    type: Literal["string", "number", "integer", "boolean", "array", "object", "null"] | None = None  # kind of value
    length: int | None = None  # number of elements, members or characters
    exists: bool = True  # with false, nothing may be there

    def __attrs_post_init__(self) -> None:
        _compile(self.path)

    def findings(self, document: Any) -> Iterator[Finding]:
        """A finding for each selected value and expectation."""
        found = list(_compile(self.path).finditer(document))
        if not self.exists:
            yield Finding(self.path, "nothing", "is there" if found else "is missing", _state(not found))
            return
        if not found:
            yield Finding(self.path, "a value", "is missing", State.DOWN)
        for match in found:
            for name, holds in _CHECKS.items():
                wanted = getattr(self, name)
                if wanted is not None:
                    state = _state(holds(match.obj, wanted))
                    yield Finding(self.path, f"{_WORDS[name]} {_quote(wanted)}", f"is {_quote(match.obj)}", state)


def _state(is_met: bool) -> State:
    return State.UP if is_met else State.DOWN


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _same(value: Any, wanted: Any) -> bool:
    if _number(value) and _number(wanted):
        return bool(value == wanted)
    return type(value) is type(wanted) and bool(value == wanted)


def _has_type(value: Any, wanted: str) -> bool:
    kinds: dict[str, Callable[[Any], bool]] = {
        "string": lambda seen: isinstance(seen, str),
        "number": _number,
        "integer": lambda seen: _number(seen) and seen == int(seen),
        "boolean": lambda seen: isinstance(seen, bool),
        "array": lambda seen: isinstance(seen, list),
        "object": lambda seen: isinstance(seen, dict),
        "null": lambda seen: seen is None,
    }
    return kinds[wanted](value)


def _is_found(value: Any, pattern: str) -> bool:
    import re2

    return isinstance(value, str) and re2.search(pattern, value) is not None


_CHECKS: dict[str, Callable[[Any, Any], bool]] = {
    "equals": _same,
    "not_equals": lambda value, wanted: not _same(value, wanted),
    "above": lambda value, wanted: _number(value) and value > wanted,
    "below": lambda value, wanted: _number(value) and value < wanted,
    "at_least": lambda value, wanted: _number(value) and value >= wanted,
    "at_most": lambda value, wanted: _number(value) and value <= wanted,
    "one_of": lambda value, wanted: any(_same(value, one) for one in wanted),
    "contains": lambda value, wanted: isinstance(value, str) and wanted in value,
    "matches": _is_found,
    "type": _has_type,
    "length": lambda value, wanted: isinstance(value, str | list | dict) and len(value) == wanted,
}
_WORDS = {
    "equals": "exactly",
    "not_equals": "anything but",
    "above": "more than",
    "below": "less than",
    "at_least": "at least",
    "at_most": "at most",
    "one_of": "one of",
    "contains": "a text with",
    "matches": "a match of",
    "type": "the type",
    "length": "the length",
}
assert set(_CHECKS) | {"path", "exists"} == set(fields_dict(AtPath)), "each expectation has its check"


@lru_cache(maxsize=1024)
def _compile(path: str) -> Any:
    import jsonpath

    environment = jsonpath.JSONPathEnvironment(strict=True)
    try:
        return environment.compile(path)
    except jsonpath.JSONPathError as error:
        raise ValueError(f"path {path!r} is no JSONPath of RFC 9535: {error}") from error


def all_findings(expectations: Sequence[AtPath], document: Any) -> Iterator[Finding]:
    """A finding for everything that is expected."""
    for expectation in expectations:
        yield from expectation.findings(document)


def _quote(value: Any) -> str:
    import json

    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}…"
