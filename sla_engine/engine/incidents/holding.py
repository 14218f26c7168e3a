"""When messages about a service are held: while it is worked on, and while something is down that it depends on."""

from collections.abc import Callable, Iterable, Mapping

from sla_engine.engine.escalation import ancestors
from sla_engine.evaluation.timeline import Timeline
from sla_engine.model.interval import Interval, merge
from sla_engine.model.service import Service


def holds(
    service: Service,
    services: Mapping[str, Service],
    works: Iterable[Interval],
    timeline: Callable[[Service], Timeline],
) -> list[Interval]:
    """When no message about a service is sent, as a set of intervals.

    Args:
        works: maintenance in which it is worked on.
        timeline: gives that of a service by whose downtime it may be held.
    """
    parents = (services[name] for name in ancestors(service, services))
    return merge([*works, *(span for parent in parents for span in timeline(parent).intervals("down"))])
