"""Short messages: the ``sms`` probe."""

from sla_engine.plugin import Probe, hookimpl


@hookimpl
def sla_probes() -> dict[str, type[Probe]]:
    """``sms``: a gateway for short messages, over SMPP or HTTP."""
    from sla_sms.probe import SmsProbe

    return {"sms": SmsProbe}
