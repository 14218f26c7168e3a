"""What is sound beside what is not: where some tables have errors, the rules are asked about the others all the same.

So everything that is wrong is told in one run. What refers to a table with errors is left out with it, until what is
left can be linked; rules that conclude from what is not there know that something may be.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sla_engine.policy.codes import Code
from sla_engine.policy.findings import Findings
from sla_engine.policy.linking import Linker
from sla_engine.policy.merge import Merged
from sla_engine.policy.plugin_tables import Plugins
from sla_engine.policy.rules import Rest

_MOST_ROUNDS = 12
_OF_FILES = "SLA00"


def lint_rest(merged: Merged, plugins: Plugins | None, environ: Mapping[str, str], findings: Findings) -> None:
    """Ask the rules about the tables that have no errors, and refer to none that has; what they say is added."""
    codes = {one.code for one in findings.diagnostics}
    is_readable = not any(code.startswith(_OF_FILES) for code in codes)
    # A name that refers to nothing may have been meant to be that of anything.
    mentioned = None if Code.UNKNOWN_REFERENCE in codes else frozenset(_mentioned(merged))
    faulty = set(findings.faulty)
    for _ in range(_MOST_ROUNDS):
        rest = merged.without(faulty)
        left_out = {kind for kind in merged.kinds if len(rest.kinds[kind]) < len(merged.kinds[kind])}
        found = Findings()
        linker = Linker(rest, plugins, environ, found, rest=Rest(is_readable, frozenset(left_out), mentioned))
        if linker.link() is not None:
            findings.diagnostics += found.diagnostics
            return
        faulty |= found.faulty


def _mentioned(merged: Merged) -> Iterator[str]:
    """Every text and every key below the tables' ids, as any of them may be a reference."""
    for entries in merged.kinds.values():
        for entry in entries.values():
            yield from _words(entry.raw)
    if merged.engine is not None:
        yield from _words(merged.engine.raw)


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield key
            yield from _words(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _words(inner)
