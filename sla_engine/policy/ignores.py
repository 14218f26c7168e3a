"""``# sla: ignore[SLA203] because ...``: a warning silenced on its own line, by somebody who says why."""

import re
from collections.abc import Iterator, Sequence

from attrs import evolve, frozen

from sla_engine.policy.codes import Code
from sla_engine.policy.diagnostics import Diagnostic, Span
from sla_engine.policy.source import SourceFile
from sla_engine.policy.spans import comments

_MARK = "sla: ignore"
_COMMENT = re.compile(r"#\s*sla: ignore\[([^\]]*)\][ \t]*(.*)")


@frozen
class Ignore:
    """One comment.

    Attributes:
        line: whose warnings it silences.
        codes: which of them.
        reason: why, as somebody wrote it.
    """

    span: Span
    line: int
    codes: tuple[str, ...]
    reason: str


def silence(diagnostics: Sequence[Diagnostic], sources: Sequence[SourceFile]) -> list[Diagnostic]:
    """The diagnostics without the warnings that comments silence, and with those about such comments."""
    on_line: dict[tuple[str, int], list[Diagnostic]] = {}
    for one in diagnostics:
        on_line.setdefault((one.file, one.span.line), []).append(one)
    faults: list[Diagnostic] = []
    for source in sources:
        for ignore in _ignores(source):
            here = on_line.get((source.name, ignore.line), [])
            silenced = [one for one in here if _covers(ignore, one)]
            on_line[source.name, ignore.line] = [one for one in here if one not in silenced]
            faults += _faults(ignore, silenced, source)
    return [*(one for here in on_line.values() for one in here), *faults]


def _ignores(source: SourceFile) -> Iterator[Ignore]:
    if _MARK not in source.text:
        return
    for span, text in comments(source.text):
        found = _COMMENT.match(text)
        if found is None:
            continue
        is_alone = not source.line(span.line)[: span.column - 1].strip()
        codes = tuple(code.strip() for code in found[1].split(",") if code.strip())
        yield Ignore(span, span.line + 1 if is_alone else span.line, codes, found[2].strip())


def _covers(ignore: Ignore, diagnostic: Diagnostic) -> bool:
    return diagnostic.level == "warning" and diagnostic.code in ignore.codes and bool(ignore.reason)


def _faults(ignore: Ignore, silenced: Sequence[Diagnostic], source: SourceFile) -> Iterator[Diagnostic]:
    fault = Diagnostic(Code.IDLE_IGNORE, "warning", "", "", source.name, ignore.span, source.line(ignore.span.line))
    if not ignore.codes:
        yield evolve(fault, message="this silences no code", help="write # sla: ignore[SLA203] and why")
    elif not ignore.reason:
        yield evolve(fault, message="this does not say why", help="write the reason after the bracket")
    used = {one.code for one in silenced}
    for code in ignore.codes if ignore.reason else ():
        if code not in set(Code):
            yield evolve(fault, message=f"there is no code {code}", help="`sla explain` lists them")
        elif code not in used:
            help_ = "take it out; errors cannot be silenced, only mended"
            yield evolve(fault, message=f"there is no warning {code} on line {ignore.line}", help=help_)
