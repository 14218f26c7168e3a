"""Mail: the ``smtp`` probe."""

from sla_engine.plugin import Probe, hookimpl


@hookimpl
def sla_probes() -> dict[str, type[Probe]]:
    """``smtp``: a mail server, step by step."""
    from sla_smtp.probe import SmtpProbe

    return {"smtp": SmtpProbe}
