"""From files to a policy set, or to everything that is wrong with them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import attrs
from attrs import frozen

from sla_engine.policy.collecting import no_collecting
from sla_engine.policy.diagnostics import Diagnostic, render, sort_key
from sla_engine.policy.documents import EngineTable
from sla_engine.policy.findings import Findings, Place
from sla_engine.policy.ignores import silence
from sla_engine.policy.levels import with_levels
from sla_engine.policy.linking import Linker
from sla_engine.policy.merge import merge
from sla_engine.policy.plugin_tables import Plugins
from sla_engine.policy.policies import PolicySet
from sla_engine.policy.rest import lint_rest
from sla_engine.policy.source import Along, SourceFile, read_sources


@frozen
class Compilation:
    """What came of compiling policies.

    Attributes:
        policies: None where there was an error.
        diagnostics: all of them, by place.
        engine: the engine's settings, which may be sound where something else is not.
        faq: where these name the folder of the FAQ, which nobody has looked into, or None.
    """

    policies: PolicySet | None
    diagnostics: tuple[Diagnostic, ...]
    engine: EngineTable = attrs.field(factory=EngineTable)
    faq: Place | None = None

    @property
    def text(self) -> str:
        """The diagnostics for people."""
        return render(self.diagnostics)


class PolicyError(Exception):
    """Policies have errors.

    Attributes:
        diagnostics: what is wrong, and where.
    """

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__(render(diagnostics))
        self.diagnostics = tuple(diagnostics)


def compile_policies(
    paths: Sequence[Path],
    *,
    plugins: Plugins,
    environ: Mapping[str, str],
    strict_customers: bool = True,
    along: Along = iter,
) -> Compilation:
    """Read policy files and folders, and make a policy set of them; nothing but these files is read.

    Args:
        paths: files, and folders that are read with all their ``*.toml`` files.
        plugins: the classes of probes and notifiers.
        environ: what ``${NAME}`` in their tables is replaced from.
        strict_customers: whether files under ``customers/`` may hold customer tables only.
        along: gives the files that it is given, one by one: whoever waits can count them.
    """
    with no_collecting():
        sources, unreadable = read_sources(paths, along)
        return compile_sources(
            sources, Findings(unreadable), plugins=plugins, environ=environ, strict_customers=strict_customers
        )


def compile_sources(
    sources: Sequence[SourceFile],
    findings: Findings,
    *,
    plugins: Plugins | None,
    environ: Mapping[str, str],
    strict_customers: bool = True,
    asks_rules: bool = True,
) -> Compilation:
    """Make a policy set of files that have been read.

    Args:
        findings: what was found in reading them.
        plugins: None makes a set for judging only: what belongs to plugins is kept as it stands.
        asks_rules: whether the rules about the contract's sense are asked.
    """
    merged = merge(sources, findings, strict_customers=strict_customers)
    policies = Linker(merged, plugins, environ, findings, asks_rules).link()
    if policies is None and asks_rules:
        lint_rest(merged, plugins, environ, findings)
    diagnostics = with_levels(silence(findings.in_order(), sources), merged.engine)
    has_errors = any(diagnostic.level == "error" for diagnostic in diagnostics)
    engine = merged.engine.table if merged.engine and merged.engine.table else EngineTable()
    faq = merged.engine.place.at("desk", "faq") if merged.engine and engine.desk.faq is not None else None
    return Compilation(None if has_errors else policies, tuple(sorted(diagnostics, key=sort_key)), engine, faq)
