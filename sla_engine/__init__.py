"""A declarative SLA policy engine with plugin probes: contracts as TOML files, judged on evidence.

::

    from sla_engine import evaluate, load_policies

    policies = load_policies("policies/maxony")
    policies.calendars["europe"].is_open(datetime.now(UTC))
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sla_engine.version import __version__

if TYPE_CHECKING:
    from sla_engine.evaluation import evaluate as evaluate
    from sla_engine.policy import PolicySet

__all__ = ["__version__", "evaluate", "load_policies"]


def load_policies(
    path: str | os.PathLike[str] = "policies", *, environ: Mapping[str, str] | None = None
) -> "PolicySet":
    """Load a folder of policy files with the plugins that are installed.

    Args:
        path: a folder or a single file.
        environ: what ``${NAME}`` is replaced from; the process's environment by default.

    Raises:
        sla_engine.policy.PolicyError: the policies have errors; ``.diagnostics`` says which, and where.
    """
    from sla_engine.policy import Plugins, PolicyError, compile_policies
    from sla_engine.registry.host import load_plugins

    host = load_plugins()
    compilation = compile_policies(
        [Path(path)],
        plugins=Plugins(host.probes, host.notifiers, host.ticket_sources),
        environ=os.environ if environ is None else environ,
    )
    if compilation.policies is None:
        raise PolicyError(compilation.diagnostics)
    return compilation.policies


def __getattr__(name: str) -> Any:
    if name == "evaluate":
        from sla_engine.evaluation import evaluate

        return evaluate
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
