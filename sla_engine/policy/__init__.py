"""The policy language: from a folder of TOML files to linked, checked values with the place of each kept."""

from sla_engine.policy.compilation import Compilation, PolicyError, compile_policies
from sla_engine.policy.diagnostics import Diagnostic, Span, render, render_json
from sla_engine.policy.plugin_tables import Plugins
from sla_engine.policy.policies import Notifier, Origin, PolicySet, UnknownAgreementError
from sla_engine.policy.snapshots import compile_snapshot, take_snapshot

__all__ = [
    "Compilation",
    "Diagnostic",
    "Notifier",
    "Origin",
    "Plugins",
    "PolicyError",
    "PolicySet",
    "Span",
    "UnknownAgreementError",
    "compile_policies",
    "compile_snapshot",
    "render",
    "render_json",
    "take_snapshot",
]
