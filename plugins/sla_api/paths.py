"""What must stand at a path of a JSON document; a missing value fails, it is never 0."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal

from attrs import fields_dict, frozen

from sla_api.documents import quote
from sla_engine.plugin import Finding, State
from sla_http.texts import compile_pattern, finding


@frozen
class AtPath:
    """One expectation upon the values that a JSONPath selects; each of them must meet it."""

    path: str  # RFC 9535, such as $.queue.length
    equals: str | int | float | bool | None = None  # the value is this, of the same type: "1" is not 1
    not_equals: str | int | float | bool | None = None  # it is anything but this
    above: int | float | None = None  # it is a number greater than this
    below: int | float | None = None  # it is a number less than this
    at_least: int | float | None = None  # it is a number, this or more
    at_most: int | float | None = None  # it is a number, this or less
    one_of: list[str | int | float | bool] | None = None  # it is one of these
    contains: str | None = None  # it is a text that holds this
    matches: str | None = None  # it is a text in which this RE2 expression is found
    type: Literal["string", "number", "integer", "boolean", "array", "object", "null"] | None = None  # its kind
    length: int | None = None  # it has so many elements, members or characters
    exists: bool = True  # with false, nothing may be at the path

    def __attrs_post_init__(self) -> None:
        from sla_api.select import compile_path  # 70 ms, wanted only where there is a path

        compile_path(self.path)
        if self.matches is not None:
            compile_pattern(self.matches)
        asked = [name for name in _CHECKS if getattr(self, name) is not None]
        if asked and not self.exists:
            raise ValueError(f"exists = false wants nothing there, so {asked[0]} can never be met: write one of them")

    def findings(self, document: Any, unmet: State) -> Iterator[Finding]:
        """A finding for each thing that is asked of the values.

        Args:
            unmet: the state of what is not met.
        """
        from sla_api.select import TooMuchWork, select

        try:
            values = select(self.path, document)
        except TooMuchWork as error:
            yield Finding(self.path, "to be found", f"in a document that takes {error} to search", unmet)
            return
        seen = _told(values) if values else "missing"
        if not self.exists:
            yield finding(self.path, "nothing there", seen, not values, unmet)
            return
        asked = [name for name in _CHECKS if getattr(self, name) is not None]
        if not asked:
            yield finding(self.path, "something there", seen, bool(values), unmet)
        for name in asked:
            wanted = getattr(self, name)
            wrong = [value for value in values if not _CHECKS[name](value, wanted)]
            is_met = bool(values) and not wrong
            yield finding(self.path, f"{_WORDS[name]}{quote(wanted)}", _told(wrong) if wrong else seen, is_met, unmet)


def path_findings(expectations: Sequence[AtPath], document: Any, unmet: State) -> Iterator[Finding]:
    """The findings of all expectations upon one document."""
    for expectation in expectations:
        yield from expectation.findings(document, unmet)


def is_same(value: Any, wanted: Any) -> bool:
    """Whether two scalars are equal as JSON: 1 is 1.0, but neither "1" nor true."""
    if _is_number(value) and _is_number(wanted):
        return bool(value == wanted)
    return type(value) is type(wanted) and bool(value == wanted)


def _told(values: Sequence[Any]) -> str:
    more = f" and {len(values) - 1} more" if len(values) > 1 else ""
    return quote(values[0]) + more


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_TYPES: dict[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "number": _is_number,
    "integer": lambda value: _is_number(value) and (isinstance(value, int) or value.is_integer()),
    "boolean": lambda value: isinstance(value, bool),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
    "null": lambda value: value is None,
}


def _is_found(value: Any, pattern: str) -> bool:
    return isinstance(value, str) and compile_pattern(pattern).search(value) is not None


_CHECKS: dict[str, Callable[[Any, Any], bool]] = {
    "equals": is_same,
    "not_equals": lambda value, wanted: not is_same(value, wanted),
    "above": lambda value, wanted: _is_number(value) and value > wanted,
    "below": lambda value, wanted: _is_number(value) and value < wanted,
    "at_least": lambda value, wanted: _is_number(value) and value >= wanted,
    "at_most": lambda value, wanted: _is_number(value) and value <= wanted,
    "one_of": lambda value, wanted: any(is_same(value, one) for one in wanted),
    "contains": lambda value, wanted: isinstance(value, str) and wanted in value,
    "matches": _is_found,
    "type": lambda value, wanted: _TYPES[wanted](value),
    "length": lambda value, wanted: isinstance(value, str | list | dict) and len(value) == wanted,
}
_WORDS = {
    "equals": "",
    "not_equals": "anything but ",
    "above": "more than ",
    "below": "less than ",
    "at_least": "at least ",
    "at_most": "at most ",
    "one_of": "one of ",
    "contains": "a text with ",
    "matches": "a match of ",
    "type": "the type ",
    "length": "the length ",
}
assert set(_CHECKS) | {"path", "exists"} == set(fields_dict(AtPath)), "each expectation has its check"
