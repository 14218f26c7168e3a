"""The policy language: from a folder of TOML files to linked, checked values with the place of each kept."""

from sla_engine.policy.diagnostics import Diagnostic, Span, render, render_json
from sla_engine.policy.plugin_tables import Plugins
from sla_engine.policy.policies import (
    Compilation,
    Notifier,
    Origin,
    PolicyError,
    PolicySet,
    UnknownAgreementError,
    compile_policies,
)

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
    "render",
    "render_json",
]
