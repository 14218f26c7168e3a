"""Who is told of an incident, and when: the steps of an escalation, by the time since the incident opened.

The last step is repeated while the incident is open; nobody is told of it once it is closed, but those who were told
are told that it is over. Messages that fall due while they are held, as in maintenance or while something is down that
the service depends on, are sent when that ends, if the incident is still open then.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, TypeAlias

from attrs import frozen

from sla_engine.engine.incidents import Incident
from sla_engine.model.instant import Instant
from sla_engine.model.interval import Interval
from sla_engine.model.service import Service
from sla_engine.policy.contracts import service_id
from sla_engine.policy.documents import EscalationTable, Step

About: TypeAlias = Literal["opened", "repeated", "recovered"]


@frozen
class Told:
    """One message to one notifier.

    Attributes:
        notifier: its id.
        step: which step of the escalation, from 1; of a recovery, the last one at which that notifier was told.
    """

    at: Instant
    notifier: str
    step: int
    about: About


def follows(escalation: EscalationTable, service: str) -> bool:
    """Whether an escalation is about incidents of a service."""
    return not escalation.on.burn and concerns(escalation, service)


def concerns(escalation: EscalationTable, service: str) -> bool:
    """Whether an escalation is about a service, be it about its incidents or its error budgets."""
    return escalation.on.services is None or service in escalation.on.services


def told(incident: Incident, escalation: EscalationTable, until: Instant, held: Sequence[Interval] = ()) -> list[Told]:
    """Every message about an incident that is sent before ``until``, in order.

    Args:
        held: the set of intervals in which no message is sent.
    """
    if incident.opened_at is None:
        return []
    ends_at = until if incident.closed_at is None else min(until, incident.closed_at)
    sent: dict[tuple[Instant, str, int], Told] = {}
    for due_at, position, step, about in _due(incident.opened_at, escalation, ends_at):
        at = _released(due_at, held)
        if at < ends_at:
            for notifier in step.notify:
                # Repetitions that were held together are one message.
                sent.setdefault((at, notifier, position), Told(at, notifier, position, about))
    messages = sorted(sent.values(), key=lambda one: (one.at, one.step))
    return [*messages, *_recovery(incident, messages, until, held)]


def ancestors(service: Service, services: Mapping[str, Service]) -> set[str]:
    """The services without which this one cannot be up, and those that they depend on."""
    found: set[str] = set()
    todo = [service]
    while todo:
        child = todo.pop()
        parents = {service_id(name, child.customer, services) for name in child.depends_on}
        todo += [services[name] for name in parents - found]
        found |= parents
    return found


def _due(
    opened_at: Instant, escalation: EscalationTable, ends_at: Instant
) -> Iterator[tuple[Instant, int, Step, About]]:
    for position, step in enumerate(escalation.step, start=1):
        yield opened_at + step.after.microseconds, position, step, "opened"
    if escalation.step and escalation.repeat is not None and escalation.repeat.microseconds:
        last, every = escalation.step[-1], escalation.repeat.microseconds
        for at in range(opened_at + last.after.microseconds + every, ends_at, every):
            yield at, len(escalation.step), last, "repeated"


def _recovery(incident: Incident, messages: Sequence[Told], until: Instant, held: Sequence[Interval]) -> Iterator[Told]:
    if incident.closed_at is None:
        return
    at = _released(incident.closed_at, held)
    if at < until:
        for notifier, step in {message.notifier: message.step for message in messages}.items():
            yield Told(at, notifier, step, "recovered")


def _released(at: Instant, held: Sequence[Interval]) -> Instant:
    return next((end for start, end in held if start <= at < end), at)
