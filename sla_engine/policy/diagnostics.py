"""Diagnostics: what is wrong in a policy file, where, and what to do about it."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypeAlias

from attrs import frozen

Level: TypeAlias = Literal["error", "warning"]


@frozen(order=True)
class Span:
    """A stretch of a file; lines and columns count from 1, columns in characters; the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


# As many characters of a line are quoted; of a longer one, those around the fault.
_QUOTED = 300

START = Span(1, 1, 1, 1)
"""Where a diagnostic points that concerns a whole file."""


@frozen
class Related:
    """A second place that belongs to a diagnostic, such as the first use of a duplicate id."""

    label: str
    file: str
    span: Span
    source_line: str


@frozen(order=True)
class Fix:
    """What to write instead, where only one thing can have been meant.

    Attributes:
        span: what is replaced.
        text: by what.
    """

    span: Span
    text: str


@frozen
class Diagnostic:
    """One finding.

    Attributes:
        code: stable, from `codes`.
        level: an error keeps the policies from being used; a warning does not.
        message: what is wrong.
        help: what to do.
        file: as the user named it.
        span: where.
        source_line: the line that is quoted, or empty.
        related: other places that belong to it.
        fix: how it can be mended without asking anybody, or None.
    """

    code: str
    level: Level
    message: str
    help: str
    file: str
    span: Span
    source_line: str = ""
    related: tuple[Related, ...] = ()
    fix: Fix | None = None

    def text(self) -> str:
        """The diagnostic for people: the message, the place, the line with carets under it, and the way out."""
        lines = [f"{self.level}[{self.code}]: {self.message}"]
        lines += _quote(self.file, self.span, self.source_line, "-->")
        for related in self.related:
            lines += [f"  note: {related.label}", *_quote(related.file, related.span, related.source_line, "-->")]
        if self.help:
            lines.append(f"  help: {self.help}")
        return "\n".join(lines)

    def as_json(self) -> Mapping[str, Any]:
        """The diagnostic for programs."""
        return {
            "code": self.code,
            "level": self.level,
            "message": self.message,
            "help": self.help,
            "file": self.file,
            "line": self.span.line,
            "column": self.span.column,
            "end_line": self.span.end_line,
            "end_column": self.span.end_column,
            "fix": None if self.fix is None else self.fix.text,
        }


def sort_key(diagnostic: Diagnostic) -> tuple[str, Span, str, str]:
    """The order in which diagnostics are shown: by place."""
    return (diagnostic.file, diagnostic.span, diagnostic.code, diagnostic.message)


def render(diagnostics: Iterable[Diagnostic]) -> str:
    """All diagnostics for people, with a closing line that counts them."""
    found = list(diagnostics)
    errors = sum(diagnostic.level == "error" for diagnostic in found)
    warnings = len(found) - errors
    if not found:
        return "no errors, no warnings"
    counts = f"{_count(errors, 'error')}, {_count(warnings, 'warning')}"
    return "\n\n".join([*(diagnostic.text() for diagnostic in found), counts])


def render_json(diagnostics: Iterable[Diagnostic]) -> str:
    """All diagnostics for programs."""
    return json.dumps(
        {"diagnostics": [diagnostic.as_json() for diagnostic in diagnostics]}, indent=2, ensure_ascii=False
    )


def _count(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"


def _quote(file: str, span: Span, source_line: str, arrow: str) -> list[str]:
    number = str(span.line)
    gutter = " " * len(number)
    place = f"{gutter}{arrow} {_printable(file)}:{span.line}:{span.column}"
    if not source_line:
        return [place]
    left = max(0, span.column - _QUOTED // 3) if len(source_line) > _QUOTED else 0
    quoted = _printable(source_line[left : left + _QUOTED])
    first = span.column - 1 - left
    length = span.end_column - span.column if span.end_line == span.line else len(quoted) - first
    # A tab under a tab keeps the carets where the eye expects them.
    indent = "".join("\t" if character == "\t" else " " for character in quoted[:first])
    carets = "^" * max(1, min(length, len(quoted) - first))
    return [place, f"{gutter} |", f"{number} | {quoted}", f"{gutter} | {indent}{carets}"]


def _printable(text: str) -> str:
    """A text that does nothing to a terminal."""
    return "".join(character if character.isprintable() or character == "\t" else "\ufffd" for character in text)
