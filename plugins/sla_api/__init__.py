"""Interfaces for programs: the ``api`` probe and the ``api`` notifier."""

from sla_engine.plugin import Notifier, Probe, hookimpl


@hookimpl
def sla_probes() -> dict[str, type[Probe]]:
    """``api``: an answer in JSON, and what stands in it."""
    from sla_api.probe import ApiProbe

    return {"api": ApiProbe}


@hookimpl
def sla_notifiers() -> dict[str, type[Notifier]]:
    """``api``: any interface that takes JSON or forms."""
    from sla_api.notifier import ApiNotifier

    return {"api": ApiNotifier}
