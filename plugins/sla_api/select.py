"""Values at a JSONPath of RFC 9535, with bounded work: neither a path nor a document can keep the engine busy.

Expressions of ``match()`` and ``search()`` are RE2's, which no text can make slow.
"""

from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from jsonpath import JSONPath, JSONPathEnvironment, JSONPathMatch
from jsonpath.exceptions import JSONPathError
from jsonpath.filter import BaseExpression, RelativeFilterQuery, RootFilterQuery
from jsonpath.function_extensions import ExpressionType, FilterFunction
from jsonpath.parse import Parser
from jsonpath.stream import TokenStream

from sla_http.texts import compile_pattern

MOST_STEPS = 400_000
"""Nodes visited and comparisons made for one path: a second of work, and more than a mebibyte of JSON usually has."""
_LONGEST_PATH = 1_000

_left: ContextVar[list[int]] = ContextVar("steps left")


class TooMuchWork(Exception):  # noqa: N818 (it names what happened)
    """A path visits more of a document than is allowed."""


def select(path: str, document: Any) -> list[Any]:
    """The values at a path.

    Raises:
        ValueError: it is no path of RFC 9535.
        TooMuchWork: it visits more than is allowed.
    """
    compiled = compile_path(path)
    _left.set([MOST_STEPS])
    try:
        return [node.obj for node in compiled.finditer(document)]
    except (RecursionError, JSONPathError) as error:
        raise TooMuchWork(str(error)) from error


@lru_cache(maxsize=1024)
def compile_path(path: str) -> JSONPath:
    """A path, ready for use.

    Raises:
        ValueError: it is no path of RFC 9535.
    """
    if len(path) > _LONGEST_PATH:
        raise ValueError(f"path {path[:40]!r}... has {len(path)} characters: write at most {_LONGEST_PATH}")
    if not path.startswith("$"):
        raise ValueError(f"path {path!r} is no JSONPath of RFC 9535: it begins with $")
    environment = _Environment(strict=True)
    try:
        compiled = environment.compile(path)
    except (JSONPathError, RecursionError) as error:
        raise ValueError(f"path {path!r} is no JSONPath of RFC 9535: {error}") from error
    if not isinstance(compiled, JSONPath):
        raise ValueError(f"path {path!r} is no JSONPath of RFC 9535: it joins several")
    return _Path(env=environment, segments=compiled.segments)


def _step() -> None:
    left = _left.get()
    left[0] -= 1
    if left[0] < 0:
        raise TooMuchWork(f"more than {MOST_STEPS} steps")


class _Node(JSONPathMatch):
    """A visited value. It keeps no way back and no children: only its value is wanted."""

    def new_child(self, obj: object, key: int | str) -> JSONPathMatch:
        _step()
        return _Node(filter_context={}, obj=obj, parent=None, path="", parts=(), root=self.root)

    def add_child(self, *children: JSONPathMatch) -> None:
        """Nothing asks for the children."""


class _Path(JSONPath):
    """A path, or one within a filter, whose nodes are counted and whose document may be a text."""

    def finditer(self, data: Any, *, filter_context: Any = None) -> Any:
        _step()
        nodes: Any = [_Node(filter_context={}, obj=data, parent=None, path="", parts=(), root=data)]
        for segment in self.segments:
            nodes = segment.resolve(nodes)
        return nodes


class _Parser(Parser):
    """Makes the paths within filters bounded, too."""

    def parse_absolute_query(self, stream: TokenStream) -> BaseExpression:
        stream.next()
        return RootFilterQuery(_Path(env=self.env, segments=self.parse_query(stream)))

    def parse_relative_query(self, stream: TokenStream) -> BaseExpression:
        stream.next()
        return RelativeFilterQuery(_Path(env=self.env, segments=self.parse_query(stream)))


class _Environment(JSONPathEnvironment):
    parser_class = _Parser

    def setup_function_extensions(self) -> None:
        super().setup_function_extensions()
        self.function_extensions["match"] = _Expression(whole=True)
        self.function_extensions["search"] = _Expression(whole=False)

    def compare(self, left: object, operator: str, right: object) -> bool:
        _step()
        return super().compare(left, operator, right)


class _Expression(FilterFunction):
    """``match()`` of RFC 9535 section 2.4.6, or ``search()`` of section 2.4.7."""

    arg_types = [ExpressionType.VALUE, ExpressionType.VALUE]  # noqa: RUF012 (as the library declares it)
    return_type = ExpressionType.LOGICAL

    def __init__(self, *, whole: bool) -> None:
        self._whole = whole

    def __call__(self, value: object, pattern: object) -> bool:
        _step()
        if not isinstance(value, str) or not isinstance(pattern, str):
            return False
        try:
            compiled = compile_pattern(_as_re2(pattern))
        except ValueError:  # "LogicalFalse" by section 2.4.6
            return False
        return (compiled.fullmatch(value) if self._whole else compiled.search(value)) is not None


def _as_re2(pattern: str) -> str:
    """An I-Regexp (RFC 9485) as RE2 has it: its dot is neither a line feed nor a carriage return."""
    parts, is_escaped, in_class = [], False, False
    for character in pattern:
        is_dot = character == "." and not is_escaped and not in_class
        parts.append(r"[^\n\r]" if is_dot else character)
        if not is_escaped and character in "[]":
            in_class = character == "["
        is_escaped = character == "\\" and not is_escaped
    return "".join(parts)
