"""Who a notifier's messages go to, each by a notice of its own."""

from collections.abc import Sequence

import structlog

from sla_engine.plugin import Notifier
from sla_engine.policy import PolicySet

_log = structlog.get_logger("sla_engine.escalation")


def recipients(notifier: str, policies: PolicySet) -> Sequence[str]:
    """Those who each get a message of their own; an empty text where one message is for all, or nobody knows."""
    known = policies.notifiers.get(notifier)
    if known is None or not isinstance(known.settings, Notifier):
        return ("",)
    try:
        found = tuple(dict.fromkeys(known.settings.recipients()))
    except Exception:  # a plugin's fault must not keep anybody from being told
        _log.warning("a notifier cannot say whom it tells", notifier=notifier, exc_info=True)
        found = ()
    return found or ("",)
