"""Where a text stops being TOML: tomllib says where its reader stood, which is often not where the fault is."""

import re
import tomllib
from collections.abc import Mapping
from typing import Any

from attrs import frozen

from sla_engine.policy.diagnostics import START, Span
from sla_engine.policy.spans import key_that_ends_at, numbers

_POSITION = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)")
_LONG_NUMBER = re.compile(r"[0-9A-Fa-f_]{19}")
# In binary digits with their prefix, each with a line under it.
_LONGEST_NUMBER = 130
_AFTER_THE_VALUE = ("Cannot overwrite a value", "Duplicate inline table key")
_AFTER_THE_ESCAPE = "Unescaped '\\' in a string"


@frozen
class SyntaxFault:
    """The first thing that keeps a text from being TOML."""

    message: str
    span: Span


def parse(text: str) -> Mapping[str, Any] | SyntaxFault:
    """The tables of a text, or what is wrong with it."""
    if _LONG_NUMBER.search(text) and (span := _number_out_of_range(text)):
        return SyntaxFault("a whole number must fit into 64 bits", span)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return _fault(str(error), text)
    except RecursionError:
        return SyntaxFault("it is nested too deeply", START)


def _fault(told: str, text: str) -> SyntaxFault:
    found = _POSITION.search(told)
    message = _POSITION.sub("", told)
    offset = _offset(text, int(found[1]), int(found[2])) if found and found[1] else len(text)
    if message == _AFTER_THE_ESCAPE:
        offset -= 2
    span = span_of(text, offset)
    if message.startswith(_AFTER_THE_VALUE):
        span = key_that_ends_at(text, span.line, span.column) or span
    return SyntaxFault(message, span)


def _number_out_of_range(text: str) -> Span | None:
    """The first whole number beyond what TOML promises to keep, for which Python may need more than memory or time."""
    for span, digits in numbers(text):
        if len(digits) > _LONGEST_NUMBER or not -(2**63) <= int(digits, 0) < 2**63:
            return span
    return None


def span_of(text: str, offset: int) -> Span:
    """The span of one character."""
    line = text.count("\n", 0, offset) + 1
    column = offset - (text.rfind("\n", 0, offset) + 1) + 1
    return Span(line, column, line, column + 1)


def _offset(text: str, line: int, column: int) -> int:
    before = text.split("\n", line - 1)[: line - 1]
    return sum(len(one) + 1 for one in before) + column - 1
