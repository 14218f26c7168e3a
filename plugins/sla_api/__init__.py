"""Interfaces for programs: the ``api`` probe."""

from sla_engine.plugin import Probe, hookimpl


@hookimpl
def sla_probes() -> dict[str, type[Probe]]:
    """``api``: an answer in JSON, and what stands in it."""
    from sla_api.probe import ApiProbe

    return {"api": ApiProbe}
