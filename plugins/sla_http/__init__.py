"""The web: the ``http`` probe."""

from sla_engine.plugin import Probe, hookimpl


@hookimpl
def sla_probes() -> dict[str, type[Probe]]:
    """``http``: a web address and what it answers."""
    from sla_http.probe import HttpProbe

    return {"http": HttpProbe}
