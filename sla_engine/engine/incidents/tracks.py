"""Tracks: a service followed by each of the rules that its escalations have.

Every escalation counts its steps from its own confirmation, and yet there is one incident at a time: what overlaps is
one.
"""

from collections.abc import Iterable, Sequence

from attrs import frozen

from sla_engine.engine.incidents.detecting import Course, trace
from sla_engine.engine.incidents.flapping import REMEMBERED
from sla_engine.engine.incidents.rules import Rule
from sla_engine.engine.incidents.sights import sights, spoken_in, timeline_of
from sla_engine.evaluation.timeline import Segment, Timeline
from sla_engine.model.accounting import Accounting
from sla_engine.model.incident import IncidentState
from sla_engine.model.instant import Instant
from sla_engine.model.interval import Interval
from sla_engine.model.result import Run
from sla_engine.model.service import Service

STALE_AFTER = Accounting().stale_after
"""Incidents are everybody's, so that no single agreement's profile says how long a result speaks."""


@frozen
class Track:
    """What following a service by one rule shows, and the timeline that this comes from."""

    rule: Rule
    course: Course
    timeline: Timeline


def tracks_of(
    service: Service, runs: Sequence[Run], rules: Iterable[Rule], works: Sequence[Interval], until: Instant
) -> list[Track]:
    """A service followed by each rule.

    Args:
        runs: of its checks, in any order, from before the first incident that is looked for.
        works: maintenance in which it is worked on.
        until: what is seen from then on is not known yet.
    """
    timelines: dict[IncidentState, Timeline] = {}
    tracks = []
    for rule in rules:
        if rule.state not in timelines:
            timelines[rule.state] = timeline_of(service, runs, rule.state, STALE_AFTER, until)
        timeline = timelines[rule.state]
        seen = sights(timeline, spoken_in(runs, STALE_AFTER), rule.state, most_needed(rule))
        course = trace(
            service.id, seen, confirm=rule.confirm, recover=rule.recover, until=until, maintenance=works
        )  # fmt: skip
        tracks.append(Track(rule, course, timeline))
    return tracks


def most_needed(rule: Rule) -> int:
    """How many sights of one stretch can matter."""
    return max(REMEMBERED, rule.confirm, rule.recover)


def down_at(timeline: Timeline, at: Instant) -> Segment | None:
    """The down segment about an instant or the last before it, or None."""
    return next((one for one in reversed(timeline.segments) if one.state == "down" and one.start <= at), None)
