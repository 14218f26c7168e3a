"""The incidents of a scenario by the rules of the escalations, and who is told of each."""

from collections.abc import Iterator, Sequence

from attrs import frozen

from sla_engine.engine.escalation import ancestors, routes_of_incidents
from sla_engine.engine.escalation.foretelling import Told, foretell
from sla_engine.engine.incidents import Incident, detect, observe, timeline_of
from sla_engine.engine.incidents.rules import Rule, rule_of
from sla_engine.exchange.scenarios.facts import Facts
from sla_engine.exchange.scenarios.speech import all_asked
from sla_engine.model.accounting import Accounting
from sla_engine.model.interval import Interval, merge
from sla_engine.model.service import Service

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
    routes = routes_of_incidents(service.id, facts.policies)
    for rule in sorted({rule_of(route.table) for route in routes}):
        incidents = _incidents(service, rule, works, facts)
        held = tuple(merge([*works, *_downtime_of_parents(service, facts)])) if incidents else ()
        for incident in incidents:
            sent = foretell(incident, rule, service, held, facts.span.now, facts.policies)
            yield Alarm(incident, tuple(sorted(sent, key=lambda one: (one.at, one.step, one.notifier))))


def _incidents(service: Service, rule: Rule, works: Sequence[Interval], facts: Facts) -> Sequence[Incident]:
    runs = [saying.run for saying in facts.said(service)]
    timeline = timeline_of(service, runs, rule.state, _STALE_AFTER, facts.span.now)
    if not timeline.intervals("down"):
        return []
    return detect(
        service.id,
        observe(timeline, all_asked(facts.said(service))),
        confirm=rule.confirm,
        recover=rule.recover,
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
