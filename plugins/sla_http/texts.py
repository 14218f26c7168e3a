"""Expectations of a text: what must be found in it, and what must not."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from attrs import frozen

from sla_engine.plugin import Finding, State

_LONGEST_QUOTE = 80


@frozen
class ExpectText:
    """What a text must hold."""

    contains: str | list[str] | None = None  # texts that must be there
    not_contains: str | list[str] | None = None  # texts that must not
    matches: str | None = None  # RE2 expression that must be found
    not_matches: str | None = None  # RE2 expression that must not

    def __attrs_post_init__(self) -> None:
        for pattern in (self.matches, self.not_matches):
            if pattern is not None:
                compile_pattern(pattern)


def text_findings(
    what: str, expect: ExpectText, text: str, unmet: State, note: str = "", missing: State | None = None
) -> Iterator[Finding]:
    """A finding for each expectation of a text.

    Args:
        note: follows what was seen, such as how much of the text was read.
        missing: what the target is where something that must be there is not; default: as ``unmet``.
    """
    missing = missing or unmet
    for wanted in listed(expect.contains):
        yield _found(what, quote(wanted), wanted in text, True, missing, note)
    for unwanted in listed(expect.not_contains):
        yield _found(what, quote(unwanted), unwanted in text, False, unmet, note)
    if expect.matches is not None:
        yield _found(what, f"a match of {quote(expect.matches)}", _is_found(expect.matches, text), True, missing, note)
    if expect.not_matches is not None:
        pattern = expect.not_matches
        yield _found(what, f"a match of {quote(pattern)}", _is_found(pattern, text), False, unmet, note)


def finding(what: str, expected: str, seen: str, is_met: bool, unmet: State) -> Finding:
    """A finding that is up where the expectation is met."""
    return Finding(what, expected, seen, State.UP if is_met else unmet)


@lru_cache(maxsize=1024)
def compile_pattern(pattern: str) -> Any:
    """A compiled RE2 expression, which no text can make slow.

    Raises:
        ValueError: it is no RE2 expression.
    """
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        first = error.args[0] if error.args else error
        told = first.decode(errors="replace") if isinstance(first, bytes) else str(first)
        raise ValueError(f"{pattern!r} is no RE2 expression: {told}") from error


def listed(value: str | Sequence[str] | None) -> Sequence[str]:
    """One text or several, as several."""
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else value


def quote(text: str) -> str:
    """A text in quotes, cut where it is long."""
    return repr(text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}…")


def _found(what: str, thing: str, is_there: bool, wanted: bool, unmet: State, note: str) -> Finding:
    words = {True: f"with {thing}", False: f"without {thing}"}
    return finding(what, words[wanted], words[is_there] + note, is_there is wanted, unmet)


def _is_found(pattern: str, text: str) -> bool:
    return compile_pattern(pattern).search(text) is not None
