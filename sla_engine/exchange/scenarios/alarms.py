"""The incidents of a scenario by the rules of every escalation, and who is told of each."""

from collections.abc import Sequence

from attrs import frozen

from sla_engine.engine.escalation import Told, ancestors, follows, told
from sla_engine.engine.incidents import Incident, detect, observe, timeline_of
from sla_engine.evaluation.timeline import Timeline
from sla_engine.exchange.scenarios.facts import Facts
from sla_engine.exchange.scenarios.speech import all_asked
from sla_engine.model.accounting import Accounting
from sla_engine.model.interval import Interval, merge
from sla_engine.model.service import Service
from sla_engine.policy.documents import EscalationTable

_STALE_AFTER = Accounting().stale_after


@frozen
class Alarm:
    """An incident by one escalation's rules, and everybody who is told of it."""

    escalation: str
    incident: Incident
    told: tuple[Told, ...]


def alarms_in(facts: Facts) -> Sequence[Alarm]:
    """Every incident by every escalation, the earliest first."""
    alarms = [
        alarm
        for name, escalation in facts.policies.escalations.items()
        for service in facts.policies.services.values()
        if follows(escalation, service.id)
        for alarm in _alarms_of(service, name, escalation, facts)
    ]
    return sorted(alarms, key=lambda one: (one.incident.began_at, one.incident.service, one.escalation))


def _alarms_of(service: Service, name: str, escalation: EscalationTable, facts: Facts) -> Sequence[Alarm]:
    timeline = _timeline(service, escalation, facts)
    if not timeline.intervals("down"):
        return []
    works = [work.window for work in facts.maintenance() if service.id in work.services]
    incidents = detect(
        service.id,
        observe(timeline, all_asked(facts.said(service))),
        confirm=escalation.confirm,
        recover=escalation.recover,
        until=facts.span.now,
        maintenance=works,
    )
    held = merge([*works, *_downtime_of_parents(service, facts)])
    return [Alarm(name, incident, tuple(told(incident, escalation, facts.span.now, held))) for incident in incidents]


def _timeline(service: Service, escalation: EscalationTable, facts: Facts) -> Timeline:
    runs = [saying.run for saying in facts.said(service)]
    return timeline_of(service, runs, escalation.on.state, _STALE_AFTER, facts.span.now)


def _downtime_of_parents(service: Service, facts: Facts) -> Sequence[Interval]:
    found = []
    for name in ancestors(service, facts.policies.services):
        parent = facts.policies.services[name]
        runs = [saying.run for saying in facts.said(parent)]
        found += timeline_of(parent, runs, "down", _STALE_AFTER, facts.span.now).intervals("down")
    return found
