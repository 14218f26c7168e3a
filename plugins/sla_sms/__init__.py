"""Short messages: the ``sms`` probe and the ``sms`` notifier."""

from sla_engine.plugin import Notifier, Probe, hookimpl


@hookimpl
def sla_probes() -> dict[str, type[Probe]]:
    """``sms``: a gateway for short messages, over SMPP or HTTP."""
    from sla_sms.probe import SmsProbe

    return {"sms": SmsProbe}


@hookimpl
def sla_notifiers() -> dict[str, type[Notifier]]:
    """``sms``: messages to phones, by such a gateway."""
    from sla_sms.notifier import SmsNotifier

    return {"sms": SmsNotifier}
