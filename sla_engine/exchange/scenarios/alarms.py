"""The incidents of a scenario by the rules of the escalations, and who is told of each."""

from collections.abc import Iterator, Sequence
from functools import partial

from attrs import frozen

from sla_engine.engine.escalation import routes_of_incidents
from sla_engine.engine.escalation.foretelling import Told, foretell
from sla_engine.engine.incidents import Spoken, sights, timeline_of, trace
from sla_engine.engine.incidents.holding import holds
from sla_engine.engine.incidents.rules import Rule, rule_of
from sla_engine.engine.incidents.tracks import STALE_AFTER, Track, most_needed
from sla_engine.engine.incidents.union import Found, union
from sla_engine.evaluation.timeline import Timeline, speaks_until
from sla_engine.exchange.scenarios.facts import Facts
from sla_engine.model.incident import IncidentState
from sla_engine.model.interval import Interval, merge
from sla_engine.model.service import Service


@frozen
class Alarm:
    """An incident, and everybody who is told of it, by whichever escalation.

    Attributes:
        told: in order; of one instant by step, and then by name, as files and their order have no meaning.
    """

    incident: Found
    told: tuple[Told, ...]


def alarms_in(facts: Facts) -> Sequence[Alarm]:
    """Every incident, the earliest first."""
    alarms = [alarm for service in facts.policies.services.values() for alarm in _alarms_of(service, facts)]
    return sorted(alarms, key=lambda one: (one.incident.began_at, one.incident.service, one.incident.opened_at or 0))


def _alarms_of(service: Service, facts: Facts) -> Iterator[Alarm]:
    """The incidents of a service: what its escalations see by rules of their own is one where it overlaps."""
    works = merge(work.window for work in facts.maintenance() if service.id in work.services)
    rules = sorted({rule_of(route.table) for route in routes_of_incidents(service.id, facts.policies)})
    incidents = union([_track(service, rule, works, facts) for rule in rules], works)
    services, now = facts.policies.services, facts.span.now
    held = holds(service, services, works, partial(_timeline, facts), now) if incidents else ()
    for found in incidents:
        sent = [
            message
            for part in found.parts
            for message in foretell(part.incident, part.rule, service, held, facts.span.now, facts.policies)
        ]
        yield Alarm(found, tuple(sorted(sent, key=lambda one: (one.at, one.step, one.notifier))))


def _track(service: Service, rule: Rule, works: Sequence[Interval], facts: Facts) -> Track:
    """A service followed by one rule, sight by sight."""
    timeline = _timeline(facts, service, rule.state)
    # A month of a service that was never down need not be gone through.
    said = facts.said(service) if timeline.intervals("down") else ()
    spoken = [
        Spoken(
            one.check, one.location, one.state, one.asked,
            speaks_until(one.run.last_at, one.run.interval, STALE_AFTER),
        )
        for one in said
    ]  # fmt: skip
    course = trace(
        service.id,
        sights(timeline, spoken, rule.state, most_needed(rule)),
        confirm=rule.confirm,
        recover=rule.recover,
        until=facts.span.now,
        maintenance=works,
    )
    return Track(rule, course, timeline)


def _timeline(facts: Facts, service: Service, state: IncidentState = "down") -> Timeline:
    runs = [saying.run for saying in facts.said(service)]
    return timeline_of(service, runs, state, STALE_AFTER, facts.span.now)
