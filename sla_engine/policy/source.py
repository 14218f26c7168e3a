"""Reading policy files: whatever is found, the answer is a document or a diagnostic, never a traceback."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

from attrs import define, evolve

from sla_engine.policy.codes import Code
from sla_engine.policy.diagnostics import START, Diagnostic, Fix, Span
from sla_engine.policy.files import LARGEST_FILE, PolicyFile, content_of, find_files, unreadable, whole_file
from sla_engine.policy.nesting import DEEPEST_NESTING, LONGEST_KEY, deepest, may_be_deep, too_deep
from sla_engine.policy.spans import Path as KeyPath
from sla_engine.policy.spans import Spot
from sla_engine.policy.syntax import SyntaxFault, parse, span_of

Along: TypeAlias = Callable[[Sequence[PolicyFile]], Iterable[PolicyFile]]

# Characters that make a text read otherwise than it is: bidirectional controls (Unicode TR 9) and zero-width ones.
_BYTE_ORDER_MARK = "FEFF"
_HIDDEN = re.compile("[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_ESCAPED = re.compile(r"(?<!\\)(?:\\\\)*(\\(?:u|U0000)(061c|200[b-f]|202[a-e]|206[0-9]|feff))", re.IGNORECASE)


@define(eq=False, slots=False)
class SourceFile:
    """One policy file.

    Attributes:
        name: as diagnostics show it.
        text: what it holds.
        tables: the document.
        is_customers: whether it lies under a folder named ``customers``, where only customer tables may stand.
    """

    name: str
    text: str
    tables: Mapping[str, Any]
    is_customers: bool

    @cached_property
    def spots(self) -> Mapping[KeyPath, Spot]:
        """Where its keys and values are; found when first asked for."""
        from sla_engine.policy.spans import find_spots

        return find_spots(self.text)

    @cached_property
    def lines(self) -> Sequence[str]:
        """The file's lines, without their ends."""
        return self.text.split("\n")

    def spot(self, path: KeyPath) -> Spot:
        """Where a value is, or else the closest table around it."""
        while path and path not in self.spots:
            path = path[:-1]
        return self.spots.get(path, Spot(START, START))

    def line(self, number: int) -> str:
        """A line's text, for quoting."""
        return line_of(self.lines, number)


def read_sources(paths: Sequence[Path], along: Along = iter) -> tuple[list[SourceFile], list[Diagnostic]]:
    """Read files, and folders with all their ``*.toml`` files; gives what was read, and findings.

    Args:
        along: gives the files that it is given, one by one; whoever waits can count them.
    """
    sources: list[SourceFile] = []
    findings: list[Diagnostic] = []
    for file in along(find_files(paths, findings)):
        found = _read(file)
        if isinstance(found, SourceFile):
            sources.append(found)
        else:
            findings.append(found)
    return sources, findings


def line_of(lines: Sequence[str], number: int) -> str:
    """A line, without its end; empty where there is none of that number."""
    return lines[number - 1].rstrip("\r") if 0 < number <= len(lines) else ""


def _read(file: PolicyFile) -> SourceFile | Diagnostic:
    try:
        content = content_of(file.name)
    except OSError as error:
        return unreadable(file.name, error)
    if len(content) > LARGEST_FILE:
        return whole_file(file.name, "is larger than 1 MiB", "split it: file names carry no meaning")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode()
        help_ = "save it as UTF-8; is it a TOML file at all?"
        return _at(Code.UNREADABLE, file, "", span_of(before, len(before)), "is not UTF-8 text", help_)
    return _parse(file, text)


def _parse(file: PolicyFile, text: str) -> SourceFile | Diagnostic:
    if (hidden := _hidden(text)) is not None:
        character, place = hidden
        message = f"holds the hidden character U+{character}, which makes it read otherwise than it is"
        help_ = "delete the character"
        if character == _BYTE_ORDER_MARK and place.line == place.column == 1:
            message = "begins with a byte order mark, which some editors on Windows write and TOML does not know"
            help_ = "save it as UTF-8 without one, or let `sla lint --fix` take it out"
        found = _at(Code.HIDDEN_CHARACTER, file, text, place, message, help_)
        return evolve(found, fix=Fix(place, ""))
    is_suspect = may_be_deep(text)
    if is_suspect and (offset := too_deep(text)) is not None:
        return _too_deep(file, text, span_of(text, offset))
    tables = parse(text)
    if isinstance(tables, SyntaxFault):
        help_ = "see https://toml.io/en/v1.0.0 for how TOML is written"
        return _at(Code.NOT_TOML, file, text, tables.span, f"this is not TOML: {tables.message}", help_)
    source = SourceFile(file.name, text, tables, file.is_customers)
    if is_suspect and (path := deepest(tables)) is not None:
        return _too_deep(file, text, source.spot(path).key)
    return source


def _hidden(text: str) -> tuple[str, Span] | None:
    """The first hidden character, as four hexadecimal digits, and where it or its escape stands."""
    if not text.isascii() and (found := _HIDDEN.search(text)):
        return f"{ord(found[0]):04X}", span_of(text, found.start())
    if "\\" in text and (found := _ESCAPED.search(text)):
        place = span_of(text, found.start(1))
        return found[2].upper(), evolve(place, end_column=place.column + len(found[1]))
    return None


def _too_deep(file: PolicyFile, text: str, span: Span) -> Diagnostic:
    message = "is nested too deeply, or a key has too many parts, to be a policy"
    help_ = f"stay below {DEEPEST_NESTING} levels and {LONGEST_KEY} parts of a key"
    return _at(Code.TOO_DEEP, file, text, span, message, help_)


def _at(code: Code, file: PolicyFile, text: str, span: Span, message: str, help_: str) -> Diagnostic:
    return Diagnostic(code, "error", message, help_, file.name, span, line_of(text.split("\n"), span.line))
