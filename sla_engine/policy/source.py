"""Reading policy files: whatever is found, the answer is a document or a diagnostic, never a traceback."""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from attrs import define, evolve

from sla_engine.policy.codes import Code
from sla_engine.policy.diagnostics import START, Diagnostic, Fix, Span
from sla_engine.policy.spans import Path as KeyPath
from sla_engine.policy.spans import Spot

LARGEST_FILE = 1024 * 1024
DEEPEST_NESTING = 100
LONGEST_KEY = 32
_POSITION = re.compile(r"\(at line (\d+), column (\d+)\)")
_AT_END = re.compile(r"\(at end of document\)")
# Characters that make a text read otherwise than it is: bidirectional controls (Unicode TR 9) and zero-width ones.
_HIDDEN = re.compile("[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_BRACKETS = re.compile(r'"""|\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*|[\[{]|[\]}]')
_KEY_PART = r"[^\s.=\[\]#'\"]+"
_DOTTED = re.compile(rf"{_KEY_PART}(?:\s*\.\s*{_KEY_PART}){{{LONGEST_KEY},}}")


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
        return self.lines[number - 1].rstrip("\r") if 0 < number <= len(self.lines) else ""


def read_sources(paths: Sequence[Path]) -> tuple[list[SourceFile], list[Diagnostic]]:
    """Read files, and folders with all their ``*.toml`` files; gives what was read, and findings."""
    sources: list[SourceFile] = []
    findings: list[Diagnostic] = []
    for path in paths:
        if not path.exists():
            findings.append(_whole_file(Code.UNREADABLE, path, "there is no such file or folder", "check the path"))
            continue
        files = list(_policy_files(path, findings)) if path.is_dir() else [path]
        if not files:
            help_ = "a policy set is a folder of *.toml files"
            findings.append(_whole_file(Code.NO_POLICIES, path, "there is no policy file here", help_))
        for file in files:
            found = _read(file, path)
            if isinstance(found, SourceFile):
                sources.append(found)
            else:
                findings.append(found)
    return sources, findings


def _policy_files(folder: Path, findings: list[Diagnostic]) -> Iterator[Path]:
    root = folder.resolve()
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted([*names, *folders]):
            path = Path(parent, name)
            if not name.endswith(".toml") or name.endswith(".scenario.toml") or name.startswith("."):
                continue
            if path.is_dir():
                findings.append(
                    _whole_file(Code.UNREADABLE, path, "this is a folder named like a policy file", "rename the folder")
                )
            elif not path.resolve().is_relative_to(root):
                help_ = "put the file itself into the folder"
                findings.append(_whole_file(Code.UNREADABLE, path, "this link leads out of the policy folder", help_))
            else:
                yield path


def _read(path: Path, root: Path) -> SourceFile | Diagnostic:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        return _whole_file(Code.UNREADABLE, path, f"cannot be read: {error.strerror}", "check the file's permissions")
    if len(content) > LARGEST_FILE:
        return _whole_file(Code.UNREADABLE, path, "is larger than 1 MiB", "split it: file names carry no meaning")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = len(content[: error.start].rpartition(b"\n")[2].decode(errors="replace")) + 1
        place = Span(line, column, line, column + 1)
        return _at(Code.UNREADABLE, path, "", place, "is not UTF-8 text", "save it as UTF-8; is it a TOML file at all?")
    return _parse(path, root, text)


def _parse(path: Path, root: Path, text: str) -> SourceFile | Diagnostic:
    if hidden := _HIDDEN.search(text):
        message = f"holds the hidden character U+{ord(hidden[0]):04X}, which makes it read otherwise than it is"
        place = _span_of(text, hidden.start())
        found = _at(Code.HIDDEN_CHARACTER, path, text, place, message, "delete the character")
        return evolve(found, fix=Fix(place, ""))
    if (deep := _too_deep(text)) is not None:
        message = "is nested too deeply, or a key has too many parts, to be a policy"
        help_ = f"stay below {DEEPEST_NESTING} brackets and {LONGEST_KEY} parts of a key"
        return _at(Code.TOO_DEEP, path, text, _span_of(text, deep), message, help_)
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message, place = _syntax_error(str(error), text)
        help_ = "see https://toml.io/en/v1.0.0 for how TOML is written"
        return _at(Code.NOT_TOML, path, text, place, f"this is not TOML: {message}", help_)
    except (RecursionError, ValueError) as error:
        return _whole_file(Code.NOT_TOML, path, f"this is not TOML: {error}", "check its dates and numbers")
    inside = path.relative_to(root).parts[:-1] if path != root else path.parts[:-1]
    return SourceFile(str(path), text, tables, "customers" in inside)


def _too_deep(text: str) -> int | None:
    """Where a text nests deeper, or names longer keys, than a parser should be asked to follow."""
    if found := _DOTTED.search(text):
        return found.start()
    depth, closing = 0, ""
    for token in _BRACKETS.finditer(text):
        if closing:
            closing = "" if token[0] == closing else closing
        elif token[0] in {'"""', "'''"}:
            closing = token[0]
        elif token[0] in "[{":
            depth += 1
            if depth > DEEPEST_NESTING:
                return token.start()
        elif token[0] in "]}":
            depth = max(0, depth - 1)
    return None


def _syntax_error(message: str, text: str) -> tuple[str, Span]:
    if found := _POSITION.search(message):
        line, column = int(found[1]), int(found[2])
        return message[: found.start()].strip(), Span(line, column, line, column + 1)
    return _AT_END.sub("", message).strip(), _span_of(text, len(text))


def _span_of(text: str, offset: int) -> Span:
    line = text.count("\n", 0, offset) + 1
    column = offset - (text.rfind("\n", 0, offset) + 1) + 1
    return Span(line, column, line, column + 1)


def _at(code: Code, path: Path, text: str, span: Span, message: str, help_: str) -> Diagnostic:
    lines = text.split("\n")
    quoted = lines[span.line - 1].rstrip("\r") if span.line <= len(lines) else ""
    return Diagnostic(code, "error", message, help_, str(path), span, quoted)


def _whole_file(code: Code, path: Path, message: str, help_: str) -> Diagnostic:
    return Diagnostic(code, "error", message, help_, str(path), START)
