"""The incidents of a scenario by the rules of the escalations, and who is told of each."""

from collections.abc import Iterator, Sequence

from attrs import frozen

from sla_engine.engine.escalation import Told, ancestors, follows, told
from sla_engine.engine.incidents import Incident, detect, observe, timeline_of
from sla_engine.exchange.scenarios.facts import Facts
from sla_engine.exchange.scenarios.speech import all_asked
from sla_engine.model.accounting import Accounting
from sla_engine.model.interval import Interval, merge
from sla_engine.model.service import Service
from sla_engine.policy.documents import EscalationTable

_STALE_AFTER = Accounting().stale_after


@frozen
class Alarm:
    """An incident, and everybody who is told of it, by whichever escalation.

    Attributes:
        told: in order; of one instant by step, and then by name, as files and their order have no meaning.
    """

    incident: Incident
    told: tuple[Told, ...]


def alarms_in(facts: Facts) -> Sequence[Alarm]:
    """Every incident, the earliest first."""
    alarms = [alarm for service in facts.policies.services.values() for alarm in _alarms_of(service, facts)]
    return sorted(alarms, key=lambda one: (one.incident.began_at, one.incident.service, one.incident.opened_at or 0))


def _alarms_of(service: Service, facts: Facts) -> Iterator[Alarm]:
    """The incidents of a service: escalations that open and close them by the same rules share them."""
    works = [work.window for work in facts.maintenance() if service.id in work.services]
    for escalations in _by_rules(service, facts):
        incidents = _incidents(service, escalations[0], works, facts)
        held = merge([*works, *_downtime_of_parents(service, facts)]) if incidents else []
        for incident in incidents:
            sent = [one for escalation in escalations for one in told(incident, escalation, facts.span.now, held)]
            yield Alarm(incident, tuple(sorted(sent, key=lambda one: (one.at, one.step, one.notifier))))


def _by_rules(service: Service, facts: Facts) -> Sequence[Sequence[EscalationTable]]:
    by_rules: dict[tuple[str, int, int], list[EscalationTable]] = {}
    for escalation in facts.policies.escalations.values():
        if follows(escalation, service.id):
            rules = escalation.on.state, escalation.confirm, escalation.recover
            by_rules.setdefault(rules, []).append(escalation)
    return list(by_rules.values())


def _incidents(service: Service, rules: EscalationTable, works: Sequence[Interval], facts: Facts) -> Sequence[Incident]:
    runs = [saying.run for saying in facts.said(service)]
    timeline = timeline_of(service, runs, rules.on.state, _STALE_AFTER, facts.span.now)
    if not timeline.intervals("down"):
        return []
    return detect(
        service.id,
        observe(timeline, all_asked(facts.said(service))),
        confirm=rules.confirm,
        recover=rules.recover,
        until=facts.span.now,
        maintenance=works,
    )


def _downtime_of_parents(service: Service, facts: Facts) -> Sequence[Interval]:
    found = []
    for name in ancestors(service, facts.policies.services):
        parent = facts.policies.services[name]
        runs = [saying.run for saying in facts.said(parent)]
        found += timeline_of(parent, runs, "down", _STALE_AFTER, facts.span.now).intervals("down")
    return found
