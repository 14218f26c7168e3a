"""Collecting what is wrong: rules say what and at which key, and the place is looked up here."""

from collections.abc import Sequence
from typing import TypeAlias

from attrs import define, field, frozen

from sla_engine.policy.codes import Code
from sla_engine.policy.diagnostics import Diagnostic, Fix, Level, Related, Span, sort_key
from sla_engine.policy.source import SourceFile
from sla_engine.policy.spans import Path

TableKey: TypeAlias = tuple[str, Path]
"""A file, and the kind and id of a table in it."""


@frozen
class Place:
    """A key or value: a file, and the path within its document."""

    file: SourceFile
    path: Path

    @property
    def table(self) -> TableKey:
        """The table of a kind and an id that it is in."""
        return self.file.name, self.path[:2]

    def at(self, *steps: str | int) -> "Place":
        """A place further inside."""
        return Place(self.file, (*self.path, *steps))


@define
class Findings:
    """The diagnostics so far.

    Attributes:
        faulty: the tables that have errors.
    """

    diagnostics: list[Diagnostic] = field(factory=list)
    faulty: set[TableKey] = field(factory=set)

    def error(
        self,
        code: Code,
        place: Place,
        message: str,
        help_: str,
        *,
        at_key: bool = False,
        related: Sequence[Related] = (),
        meant: str | None = None,
        part: str | None = None,
    ) -> None:
        """Note something that keeps the policies from being used.

        Args:
            meant: the name that alone can have been meant.
            part: what of a text is meant, as it is written there; ``meant`` then stands for it as a whole.
        """
        self._add("error", code, place, message, help_, at_key, related, meant, part)

    def warn(
        self,
        code: Code,
        place: Place,
        message: str,
        help_: str,
        *,
        at_key: bool = False,
        related: Sequence[Related] = (),
    ) -> None:
        """Note something that is allowed and probably not meant."""
        self._add("warning", code, place, message, help_, at_key, related, None, None)

    @property
    def has_errors(self) -> bool:
        """Whether the policies cannot be used."""
        return any(diagnostic.level == "error" for diagnostic in self.diagnostics)

    def in_order(self) -> tuple[Diagnostic, ...]:
        """All diagnostics by place, each once."""
        return tuple(sorted(dict.fromkeys(self.diagnostics), key=sort_key))

    def _add(
        self,
        level: Level,
        code: Code,
        place: Place,
        message: str,
        help_: str,
        at_key: bool,
        related: Sequence[Related],
        meant: str | None,
        part: str | None,
    ) -> None:
        if level == "error":
            self.faulty.add(place.table)
        spot = place.file.spot(place.path)
        span = spot.key if at_key else spot.value
        if part is not None:
            within = _span_of(part, span, place.file)
            span, meant = (span, None) if within is None else (within, meant)
        quoted = place.file.line(span.line)
        if code is Code.SECRET_IN_CLEAR:
            quoted = _masked(quoted, span)
        fix = None if meant is None else Fix(span, meant if at_key or part else f'"{meant}"')
        self.diagnostics.append(
            Diagnostic(code, level, message, help_, place.file.name, span, quoted, tuple(related), fix)
        )


def _span_of(part: str, span: Span, file: SourceFile) -> Span | None:
    """Where a part of a text stands within the span of the whole, or None where it is written otherwise."""
    for number in range(span.line, span.end_line + 1):
        line = file.line(number)
        begin = span.column - 1 if number == span.line else 0
        end = span.end_column - 1 if number == span.end_line else len(line)
        if (found := line.find(part, begin, end)) >= 0:
            return Span(number, found + 1, number, found + 1 + len(part))
    return None


def _masked(line: str, span: Span) -> str:
    """A line with a secret hidden, as diagnostics end in the logs of other machines."""
    end = span.end_column if span.end_line == span.line else len(line) + 1
    return line[: span.column - 1] + "*" * (end - span.column) + line[end - 1 :]


def related_to(label: str, place: Place) -> Related:
    """A second place of a diagnostic."""
    span = place.file.spot(place.path).key
    return Related(label, place.file.name, span, place.file.line(span.line))
