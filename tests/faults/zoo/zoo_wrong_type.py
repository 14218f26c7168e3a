"""A hook that gives a list where a dict is asked for."""

from sla_engine.plugin import hookimpl


@hookimpl
def sla_probes():
    return ["wrong"]
