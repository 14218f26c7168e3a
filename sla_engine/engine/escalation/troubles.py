"""Telling of the engine's own trouble: when it began and when it was over, as the engine noted it."""

from collections.abc import Sequence

from sla_engine.engine.alerts import TROUBLES
from sla_engine.engine.escalation.routing import routes_of_the_engine
from sla_engine.engine.escalation.telling import Abouts, Matter, Telling, tell, together
from sla_engine.model.instant import Instant
from sla_engine.policy import PolicySet
from sla_engine.store import Event
from sla_engine.store.outbox import Notice

ROOT = "engine"
"""The first part of the threads."""
_ABOUTS = Abouts("engine", "engine", "engine-over")


def tell_troubles(events: Sequence[Event], told: Sequence[Notice], now: Instant, policies: PolicySet) -> Telling:
    """Whom the escalations have to tell of the engine's own trouble.

    Args:
        events: what happened to the engine, in order.
        told: the notices of such threads that are on record.
    """
    return together(
        tell(_matter(kind, route.escalation, events), route, told, now, policies)
        for kind in TROUBLES
        if any(event.kind == kind for event in events)
        for route in routes_of_the_engine(policies)
    )


def _matter(kind: str, escalation: str, events: Sequence[Event]) -> Matter:
    """The last trouble of a kind; an engine that starts anew has none until it finds it again."""
    begun = max(index for index, event in enumerate(events) if event.kind == kind)
    over = next((event.at for event in events[begun:] if event.kind in {TROUBLES[kind], "started"}), None)
    facts = {"trouble": events[begun].detail, "began_at": events[begun].at, "ended_at": over}
    return Matter(f"{ROOT}/{kind}/{escalation}", _ABOUTS, facts, "critical", opened_at=events[begun].at, closed_at=over)
