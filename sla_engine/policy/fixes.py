"""Mending a text by the fixes of its diagnostics: each is certain, and together they must leave it readable."""

import tomllib
from collections.abc import Sequence

from sla_engine.policy.diagnostics import Fix, Span


def apply_fixes(text: str, fixes: Sequence[Fix]) -> str:
    """The text with what is replaced replaced; unchanged where it would be no TOML any more.

    Where two fixes touch, the first of them is taken; the other shows again in the next run.
    """
    mended, end = [], 0
    for fix in sorted(set(fixes)):
        start, stop = _offsets(text, fix.span)
        if start >= end:
            mended += [text[end:start], fix.text]
            end = stop
    result = "".join([*mended, text[end:]])
    return result if _is_toml(result) or not _is_toml(text) else text


def _offsets(text: str, span: Span) -> tuple[int, int]:
    lines = text.split("\n")
    before = [0]
    for line in lines:
        before.append(before[-1] + len(line) + 1)
    return before[span.line - 1] + span.column - 1, before[span.end_line - 1] + span.end_column - 1


def _is_toml(text: str) -> bool:
    try:
        tomllib.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
