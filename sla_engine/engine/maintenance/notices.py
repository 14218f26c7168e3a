"""What is told of an occurrence by messages, to one addressee."""

from collections.abc import Mapping
from typing import Any

from sla_engine.engine.maintenance.audience import Addressee
from sla_engine.model.interval import Interval
from sla_engine.plugin import Severity
from sla_engine.policy import PolicySet
from sla_engine.store.announcements import Announcement, What
from sla_engine.store.outbox import Notice

_SEVERITIES: Mapping[What, Severity] = {"planned": "major", "changed": "major", "cancelled": "major"}
"""What decides whether time counts matters most: where it is not known whether it went out, it is sent again."""


def notice(
    policies: PolicySet, record: Announcement, what: What, addressee: Addressee, was: Interval | None = None
) -> Notice:
    """The notice; its key is made of what happened and of whom it is for.

    Args:
        what: as what it is told: a change is news to whoever was not told before.
        was: the window before, where it was another.
    """
    return Notice(
        key="/".join([record.key, what, addressee.notifier, addressee.recipient]),
        at=record.at,
        due_at=record.at,
        notifier=addressee.notifier,
        recipient=addressee.recipient,
        thread=record.thread,
        about=f"maintenance-{what}",
        severity=_SEVERITIES.get(what, "minor"),
        customer=addressee.customer,
        language=addressee.language,
        facts={
            "maintenance": record.maintenance,
            "title": record.title,
            "message": record.message,
            "services": [_service(policies, name) for name in addressee.services],
            "starts": record.window.start,
            "ends": record.window.end,
            "was": None if was is None else {"starts": was.start, "ends": was.end},
            "sequence": record.sequence,
        },
    )


def _service(policies: PolicySet, name: str) -> Mapping[str, Any]:
    service = policies.services.get(name)
    return {"id": name, "title": {"": name} if service is None else service.title.translations}
