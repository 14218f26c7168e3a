"""A policy set as it was written, in one piece: what an ended period is judged by, whatever the files say today."""

import json
import tomllib
import zlib
from collections.abc import Mapping

from sla_engine.policy.compilation import Compilation, compile_sources
from sla_engine.policy.findings import Findings
from sla_engine.policy.plugin_tables import Plugins
from sla_engine.policy.policies import PolicySet
from sla_engine.policy.source import SourceFile


def take_snapshot(policies: PolicySet) -> bytes:
    """The text of every file, compressed; the same files give the same bytes."""
    files = [{"name": one.name, "text": one.text, "is_customers": one.is_customers} for one in policies.sources]
    return zlib.compress(json.dumps(files, ensure_ascii=False).encode(), 9)


def compile_snapshot(
    snapshot: bytes, *, plugins: Plugins | None = None, environ: Mapping[str, str] | None = None
) -> Compilation:
    """Make a policy set of a snapshot.

    What was in force is judged as it stood: rules that the linter has learned since do not keep anybody from it.

    Args:
        plugins: None makes a set for judging only, which needs no plugin that has long been taken out.
        environ: what ``${NAME}`` in plugins' tables is replaced from.
    """
    files = json.loads(zlib.decompress(snapshot))
    sources = [SourceFile(one["name"], one["text"], tomllib.loads(one["text"]), one["is_customers"]) for one in files]
    return compile_sources(
        sources, Findings(), plugins=plugins, environ=environ or {}, strict_customers=False, asks_rules=False
    )
