"""Who would be told of an outage, when, by what, and why somebody would not: the engine's own rules, asked before."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from attrs import frozen

from sla_engine.engine.escalation.dues import Slot, slots
from sla_engine.engine.escalation.foretelling import foretell_notices
from sla_engine.engine.escalation.reaching import Reached, reach, released
from sla_engine.engine.escalation.routing import Route, ancestors, routes_of_incidents
from sla_engine.engine.incidents import Incident
from sla_engine.engine.incidents.rules import rule_of
from sla_engine.model.incident import IncidentState
from sla_engine.model.instant import DAY, HOUR, Instant
from sla_engine.model.interval import Interval, merge
from sla_engine.model.service import Service
from sla_engine.policy import PolicySet
from sla_engine.store.outbox import Notice

_SHOWN = DAY


@frozen
class Question:
    """An outage that might be.

    Attributes:
        at: when its incident opens: at the last of the results that confirm it.
        closed_at: when it closes, or None where it is shown for a day.
        customer: whose view it is: escalations about other customers are left out; or None.
    """

    service: Service
    at: Instant
    closed_at: Instant | None = None
    state: IncidentState = "down"
    customer: str | None = None


@frozen
class Word:
    """Somebody is told.

    Attributes:
        name: the notifier or rotation that the step names, or None of what is told to those who were told before.
        reached: who that is by then, and what there was to wait for.
        recipients: whom exactly; empty where only the notifier knows.
    """

    at: Instant
    about: str
    step: int
    name: str | None
    reached: Reached
    recipients: tuple[str, ...]


@frozen
class Silence:
    """Somebody whom a step names is not told.

    Attributes:
        reached: who that would be, and after what; or None where it can never be.
    """

    step: int
    name: str
    due_at: Instant
    reached: Reached | None
    reason: str


@frozen
class Explained:
    """What one escalation does."""

    route: Route
    words: tuple[Word, ...]
    silences: tuple[Silence, ...]


@frozen
class Answer:
    """Who would be told.

    Attributes:
        opened_at: when the incident opens; in maintenance that is when it ends, if it still lasts by then; or None.
        until: up to when it is shown.
        held: when nobody is told, as a set of intervals.
        parents: the services that it depends on: while one of them is down, nobody is told either.
        others: each of the other escalations, and why it tells nobody of this.
    """

    question: Question
    opened_at: Instant | None
    until: Instant
    held: tuple[Interval, ...]
    parents: tuple[str, ...]
    escalations: tuple[Explained, ...]
    others: Mapping[str, str]


def explain_route(question: Question, policies: PolicySet) -> Answer:
    """Who would be told of an outage."""
    routes = [one for one in routes_of_incidents(question.service.id, policies) if _tells(one, question)]
    last = max((step.after.microseconds for one in routes for step in one.table.step), default=0)
    until = question.at + max(_SHOWN, last + HOUR) if question.closed_at is None else question.closed_at + _SHOWN
    works = policies.maintenance_windows(question.at, until)
    held = tuple(merge(work.window for work in works if question.service.id in work.services))
    opened_at = released(question.at, held)
    is_over = question.closed_at is not None and question.closed_at <= opened_at
    return Answer(
        question=question,
        opened_at=None if is_over else opened_at,
        until=until,
        held=held,
        parents=tuple(sorted(ancestors(question.service, policies.services))),
        escalations=tuple(_explained(route, question, opened_at, held, until, policies) for route in routes),
        others=dict(_others(question, {route.escalation for route in routes}, policies)),
    )


def _tells(route: Route, question: Question) -> bool:
    is_theirs = question.customer is None or not route.customers or question.customer in route.customers
    return is_theirs and (question.state == "down" or route.table.on.state == "degraded")


def _explained(
    route: Route, question: Question, opened_at: Instant, held: Sequence[Interval], until: Instant, policies: PolicySet
) -> Explained:
    name, closed_at = question.service.id, question.closed_at
    incident = Incident(name, question.at, opened_at, closed_at, closed_at, in_maintenance=bool(held))
    notices = foretell_notices(incident, rule_of(route.table), question.service, held, until, policies)
    own = [notice for notice in notices if notice.facts["escalation"] == route.escalation]
    every = list(slots(route.table, opened_at))
    words = tuple(_words(own, {key: way for slot in every for key, way in _ways(slot, held, until, policies)}))
    return Explained(route, words, tuple(_silences(every, words, closed_at, held, policies)))


_Key = tuple[int, str, Instant]


def _ways(
    slot: Slot, held: Sequence[Interval], until: Instant, policies: PolicySet
) -> Iterator[tuple[_Key, tuple[str, Reached]]]:
    """How each telling of a slot comes about, by its step, notifier and instant."""
    at = slot.due_at
    while at < until:
        reached = reach(slot.name, at, held, policies)
        if reached is not None:
            yield (slot.step, reached.notifier, reached.at), (slot.name, reached)
        if slot.every is None:
            return
        at += slot.every


def _words(notices: Sequence[Notice], ways: Mapping[_Key, tuple[str, Reached]]) -> Iterator[Word]:
    recipients: dict[tuple[Instant, str, int, str], list[str]] = {}
    for notice in notices:
        key = notice.due_at, notice.about, notice.facts["step"], notice.notifier
        recipients.setdefault(key, []).extend([notice.recipient] if notice.recipient else [])
    for (at, about, step, notifier), told in sorted(recipients.items()):
        name, reached = ways.get((step, notifier, at), (None, Reached(at, notifier)))
        yield Word(at, about, step, None if about == "recovered" else name, reached, tuple(told))


def _silences(
    every: Iterable[Slot],
    words: Sequence[Word],
    closed_at: Instant | None,
    held: Sequence[Interval],
    policies: PolicySet,
) -> Iterator[Silence]:
    told = {(word.step, word.reached.notifier, word.at) for word in words}
    for slot in every:
        reached = reach(slot.name, slot.due_at, held, policies)
        if reached is None:
            yield Silence(slot.step, slot.name, slot.due_at, None, "never: no calendar opens for it")
        elif closed_at is not None and reached.at >= closed_at:
            yield Silence(slot.step, slot.name, slot.due_at, reached, "it is over by then")
        elif (slot.step, reached.notifier, reached.at) not in told:
            yield Silence(slot.step, slot.name, slot.due_at, reached, "told by a later step at the same time")


def _others(question: Question, told_by: set[str], policies: PolicySet) -> Iterator[tuple[str, str]]:
    service = question.service
    for name, table in policies.escalations.items():
        on = table.on
        if name in told_by:
            continue
        if on.burn:
            yield name, "it is about error budgets that burn"
        elif on.certificate is not None:
            yield name, "it is about certificates"
        elif on.levels:
            yield name, "it is about answers to tickets"
        elif on.engine:
            yield name, "it is about the engine itself"
        elif on.services is not None and service.id not in on.services:
            yield name, f"it is about {', '.join(on.services) or 'no service'}"
        elif on.severities and service.severity not in on.severities:
            yield name, f"it is about what is {' or '.join(on.severities)}, and this is {service.severity}"
        elif on.customers:
            yield name, f"it is about what {' and '.join(on.customers)} {'has' if len(on.customers) == 1 else 'have'}"
        else:
            yield name, "it is about services that are down"
