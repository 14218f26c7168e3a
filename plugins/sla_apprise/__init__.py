"""More than a hundred messengers by one library: the ``apprise`` notifier."""

from sla_engine.plugin import Notifier, hookimpl


@hookimpl
def sla_notifiers() -> dict[str, type[Notifier]]:
    """``apprise``: whatever the library of that name reaches."""
    from sla_apprise.notifier import AppriseNotifier

    return {"apprise": AppriseNotifier}
