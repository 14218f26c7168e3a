"""Names and what mail needs of them: the ``dns`` probe."""

from sla_engine.plugin import Probe, hookimpl


@hookimpl
def sla_probes() -> dict[str, type[Probe]]:
    """``dns``: what a name says, and whether a domain's mail can be delivered."""
    from sla_dns.probe import DnsProbe

    return {"dns": DnsProbe}
