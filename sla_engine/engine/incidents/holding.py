"""When messages about a service are held: while it is worked on, and while something is down that it depends on.

What it depends on is up again before the service itself can be seen to be: for two rounds of its own checks after that,
at most an hour, messages stay held, and what came back with it is told to nobody.
"""

from collections.abc import Callable, Iterable, Mapping

from sla_engine.engine.escalation import ancestors
from sla_engine.evaluation.timeline import Timeline
from sla_engine.model.instant import HOUR, Instant
from sla_engine.model.interval import Interval, merge
from sla_engine.model.schedule import Every
from sla_engine.model.service import Service, with_parts

_ROUNDS = 2
_AT_MOST = HOUR


def holds(
    service: Service,
    services: Mapping[str, Service],
    works: Iterable[Interval],
    timeline: Callable[[Service], Timeline],
    until: Instant,
) -> list[Interval]:
    """When no message about a service is sent, as a set of intervals.

    Args:
        works: maintenance in which it is worked on.
        timeline: gives that of a service by whose downtime it may be held.
        until: where timelines end; downtime that reaches it has no end that is known.
    """
    parents, settles = (services[name] for name in ancestors(service, services)), _settles(service)
    downtime = [span for parent in parents for span in timeline(parent).intervals("down")]
    return merge([*works, *(Interval(start, end if end >= until else end + settles) for start, end in downtime)])


def _settles(service: Service) -> int:
    """Microseconds in which a service is surely looked at again; a cron schedule may take longer than is waited for."""
    intervals = [
        each.schedule.interval.microseconds if isinstance(each.schedule, Every) else _AT_MOST
        for each in with_parts(service)
        if each.checks
    ]
    return min(_AT_MOST, _ROUNDS * max(intervals, default=0))
