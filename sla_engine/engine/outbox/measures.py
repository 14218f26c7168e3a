"""The outbox in figures, for operators."""

from collections.abc import Sequence

from attrs import define

from sla_engine.engine.health import Measure
from sla_engine.model.instant import SECOND, Instant
from sla_engine.store.outbox import Standing


@define
class Counts:
    """Counts since the start.

    Attributes:
        sent: messages that remote sides took.
        failed: tries that ended otherwise.
        held: notices that limits hold now.
    """

    sent: int = 0
    failed: int = 0
    held: int = 0


def measures(counts: Counts, found: Standing, now: Instant) -> Sequence[Measure]:
    """The figures by name."""
    age = 0.0 if found.oldest_at is None else max(0, now - found.oldest_at) / SECOND
    return [
        Measure("sla_messages_sent", "Messages that remote sides took.", "counter", counts.sent),
        Measure("sla_messages_failed", "Tries to send a message that failed.", "counter", counts.failed),
        Measure("sla_outbox_waiting", "Notices due that are in no message yet.", "gauge", found.waiting),
        Measure("sla_outbox_held", "Notices that a limit holds.", "gauge", counts.held),
        Measure("sla_outbox_pending", "Messages being sent or to be tried again.", "gauge", found.pending),
        Measure("sla_outbox_uncertain", "Messages that may have gone out and wait.", "gauge", found.uncertain),
        Measure("sla_outbox_dead", "Messages that were given up.", "gauge", found.dead),
        Measure("sla_outbox_oldest_seconds", "Age of the oldest thing that is due and not told.", "gauge", age),
    ]
