"""``engine.lint``: what the operators of an installation want a warning to be. Errors stay errors."""

from collections.abc import Iterator, Sequence

from attrs import evolve

from sla_engine.policy.codes import Code
from sla_engine.policy.diagnostics import Diagnostic, Fix
from sla_engine.policy.faults import meant, suggest
from sla_engine.policy.merge import Entry


def with_levels(diagnostics: Sequence[Diagnostic], engine: Entry | None) -> list[Diagnostic]:
    """The diagnostics as ``engine.lint`` has them, and those about codes there that do not exist."""
    if engine is None or engine.table is None or not engine.table.lint:
        return list(diagnostics)
    levels = engine.table.lint
    found = []
    for diagnostic in diagnostics:
        level = levels.get(diagnostic.code) if diagnostic.level == "warning" else None
        if level != "off":
            found.append(evolve(diagnostic, level="error") if level == "error" else diagnostic)
    return [*found, *_unknown(engine)]


def _unknown(engine: Entry) -> Iterator[Diagnostic]:
    codes = [code.value for code in Code]
    for code in engine.table.lint:
        if code not in codes:
            file = engine.place.file
            span = file.spot((*engine.place.path, "lint", code)).key
            name = meant(code, codes)
            yield Diagnostic(
                code=Code.UNKNOWN_KEY,
                level="error",
                message=f"there is no code {code!r}",
                help=suggest(code, codes) if name else "`sla explain` lists them",
                file=file.name,
                span=span,
                source_line=file.line(span.line),
                fix=None if name is None else Fix(span, name),
            )
