"""Mail: the ``smtp`` probe and the ``email`` notifier."""

from sla_engine.plugin import Notifier, Probe, hookimpl


@hookimpl
def sla_probes() -> dict[str, type[Probe]]:
    """``smtp``: a mail server, step by step."""
    from sla_smtp.probe import SmtpProbe

    return {"smtp": SmtpProbe}


@hookimpl
def sla_notifiers() -> dict[str, type[Notifier]]:
    """``email``: messages by e-mail."""
    from sla_smtp.notifier import EmailNotifier

    return {"email": EmailNotifier}
