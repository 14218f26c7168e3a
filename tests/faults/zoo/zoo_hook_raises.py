"""A hook that fails."""

from sla_engine.plugin import hookimpl


@hookimpl
def sla_probes():
    raise OSError("no configuration")
