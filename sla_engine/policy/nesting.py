"""Texts that are made to exhaust a parser: how deep one nests, told before anything follows it.

500 nested arrays end tomllib in a RecursionError, and the time it takes for a dotted key grows with the square of the
key's parts. No contract comes near these bounds.
"""

import re
from collections.abc import Mapping
from typing import Any

DEEPEST_NESTING = 100
LONGEST_KEY = 32

# Every repetition is possessive (`++`, `*+`): what was read once is never read again, so that the time stays linear.
_PART = r"""(?:[^\s.=,\[\]{}\#'"]++|"(?:\\.|[^"\\\n])*+"?|'[^'\n]*+'?)"""
_TOKEN = re.compile(
    rf"""
    "{{3}}(?:\\.|(?!"{{3}})[^\\])*+(?:"{{3}}|\Z)
    | '{{3}}(?:(?!'{{3}}).)*+(?:'{{3}}|\Z)
    | \#[^\n]*+
    | (?P<long>{_PART}(?:[ \t]*+\.[ \t]*+{_PART}){{{LONGEST_KEY}}})
    | {_PART}
    | (?P<open>[\[{{])
    | (?P<close>[\]}}])
    """,
    re.VERBOSE | re.DOTALL,
)


def may_be_deep(text: str) -> bool:
    """Whether a text has enough brackets and dots to pass a bound at all; nearly none has."""
    return text.count(".") >= LONGEST_KEY or text.count("[") + text.count("{") > DEEPEST_NESTING


def too_deep(text: str) -> int | None:
    """Where a text opens more brackets inside each other, or a longer key, than a parser should be asked to follow."""
    depth = 0
    for token in _TOKEN.finditer(text):
        if token["long"]:
            return token.start()
        if token["open"]:
            depth += 1
            if depth > DEEPEST_NESTING:
                return token.start()
        elif token["close"]:
            depth = max(0, depth - 1)
    return None


def deepest(tables: Mapping[str, Any]) -> tuple[str | int, ...] | None:
    """The path of a value that lies too deep although no bracket and no key does: dotted keys inside each other."""
    level: list[tuple[tuple[str | int, ...], Any]] = [((), tables)]
    for _ in range(DEEPEST_NESTING):
        level = [((*path, key), inner) for path, value in level for key, inner in _inside(value)]
    return level[0][0] if level else None


def _inside(value: Any) -> list[tuple[str | int, Any]]:
    if isinstance(value, dict):
        return list(value.items())
    return list(enumerate(value)) if isinstance(value, list) else []
