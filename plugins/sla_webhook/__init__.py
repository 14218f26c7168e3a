"""Signed webhooks: the ``webhook`` notifier."""

from sla_engine.plugin import Notifier, hookimpl


@hookimpl
def sla_notifiers() -> dict[str, type[Notifier]]:
    """``webhook``: any program that takes Standard Webhooks."""
    from sla_webhook.notifier import WebhookNotifier

    return {"webhook": WebhookNotifier}
