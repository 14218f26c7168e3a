"""Values taken from an answer, for the steps that follow."""

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen

from sla_api.documents import quote
from sla_engine.plugin import Finding, HttpResponse, State
from sla_http.bodies import text_of
from sla_http.texts import compile_pattern

_LONGEST = 8 * 1024
_NOT_TAKEN: dict[type, str] = {bool: "true or false", type(None): "null", dict: "an object", list: "a list"}


@frozen
class Take:
    """Where a value stands: at a path of the JSON, in a header, or else in the body's text."""

    json: str | None = None  # path of RFC 9535; of several values the first
    header: str | None = None  # name of a header
    matches: str | None = None  # RE2 expression whose first group is the value, in the header or the body's text
    secret: bool = True  # whether the value is kept out of reasons, evidence and the dialogue

    def __attrs_post_init__(self) -> None:
        if self.json is not None:
            from sla_api.select import compile_path  # 70 ms, wanted only where there is a path

            compile_path(self.json)
        if self.json is not None and (self.header is not None or self.matches is not None):
            raise ValueError("a value comes from one place: write json alone, or header, matches or both")
        if self.json is None and self.header is None and self.matches is None:
            raise ValueError("take says nothing of where the value is: write json, header or matches")
        if self.matches is not None and compile_pattern(self.matches).groups < 1:
            raise ValueError(f"matches {self.matches!r} has no group: write round brackets about the value")


def as_take(written: str | Take) -> Take:
    """A path alone is the usual case."""
    return Take(json=written) if isinstance(written, str) else written


def take_values(
    wanted: Mapping[str, str | Take], answer: HttpResponse, document: Any, values: dict[str, str]
) -> Iterator[Finding]:
    """A finding for each value; those that are there go into ``values``."""
    for name, written in wanted.items():
        take = as_take(written)
        try:
            values[name] = _usable(_find(take, answer, document))
        except ValueError as error:
            yield Finding(f"value {name}", "one to take", str(error), State.DOWN)
        else:
            yield Finding(f"value {name}", "one to take", "taken" if take.secret else quote(values[name]))


def _find(take: Take, answer: HttpResponse, document: Any) -> Any:
    if take.json is not None:
        return _first_at(take.json, document)
    if take.header is None:
        return _group(take.matches, text_of(answer), "the body")
    values = answer.headers.get(take.header.lower())
    if not values:
        raise ValueError(f"missing, as there is no header {take.header}")
    return _group(take.matches, values[0], f"the header {take.header}")


def _first_at(path: str, document: Any) -> Any:
    from sla_api.select import TooMuchWork, select

    try:
        found = select(path, document)
    except TooMuchWork as error:
        raise ValueError(f"at {path}, which takes {error} to search") from error
    if not found:
        raise ValueError(f"missing at {path}")
    return found[0]


def _group(pattern: str | None, text: str, where: str) -> str:
    if pattern is None:
        return text
    match = compile_pattern(pattern).search(text)
    if match is None or match.group(1) is None:
        raise ValueError(f"missing, as {quote(pattern)} is not found in {where}")
    return str(match.group(1))


def _usable(value: Any) -> str:
    """The value as a text that may stand in an address or a header; what it is instead is told without quoting it."""
    kind = _NOT_TAKEN.get(type(value))
    if kind is not None:
        raise ValueError(f"{kind}, which is neither text nor number")
    text = str(value)
    if not text or len(text) > _LONGEST or not text.isprintable():
        raise ValueError(f"a text of {len(text)} characters, which is no single line of 1 to {_LONGEST}")
    return text
