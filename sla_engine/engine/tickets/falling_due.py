"""Who is told that an answer falls due, or is late: by how much of the promise is used up, and then by time.

A step with ``at`` tells its notifiers when so much of the promised open time has passed; the others tell theirs by the
time since the answer was due. Nobody is told of an answer that was given before they could be.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import evolve

from sla_engine.engine.escalation.routing import Route, routes_of_levels
from sla_engine.engine.escalation.telling import Abouts, Matter, Telling, tell, together
from sla_engine.engine.tickets.changing import Case
from sla_engine.engine.tickets.clocks import RunningClock
from sla_engine.model.instant import Instant
from sla_engine.plugin import Severity
from sla_engine.store.outbox import Notice

_WARNS = Abouts("clock-warning", "clock-warning", None)
_IS_LATE = Abouts("clock-breached", "clock-breached", None)


def clock_notices(case: Case, told: Iterable[Notice]) -> Telling:
    """Whom to tell of a ticket's clocks before the case's ``now``, and when there will be more to tell.

    Args:
        told: the notices that are on record, of other tickets too.
    """
    known = list(told)
    return together(
        tell(matter, own, known, case.now, case.policies)
        for one in case.clocks
        for route in routes_of_levels(one.level, case.ticket.customer, case.policies)
        for matter, own in _matters(case, one, route)
    )


def thread_of(number: str) -> str:
    """What the threads of all notices about a ticket's clocks begin with."""
    return f"clock/{number}"


def _matters(case: Case, one: RunningClock, route: Route) -> Iterator[tuple[Matter, Route]]:
    """What there is to tell of a clock, each with the steps that tell it."""
    warned = {warning.percent: warning.at for warning in one.warned}
    for percent, at in warned.items():
        yield _matter(case, one, route, at, percent), _with_steps(route, f"{percent}%")
    yield _matter(case, one, route, one.clock.due_at, None), _with_steps(route, None)


def _with_steps(route: Route, at: str | None) -> Route:
    """A route with only the steps of that share; only that it is late is repeated."""
    steps = tuple(step for step in route.table.step if step.at == at)
    repeat = route.table.repeat if at is None else None
    return evolve(route, table=evolve(route.table, step=steps, repeat=repeat))


def _matter(case: Case, one: RunningClock, route: Route, at: Instant | None, percent: int | None) -> Matter:
    clock, severity = one.clock, _severity(percent)
    mark = "late" if percent is None else str(percent)
    return Matter(
        thread=f"{thread_of(case.ticket.number)}/{one.level}/{clock.started_at}/{route.escalation}/{mark}",
        abouts=_IS_LATE if percent is None else _WARNS,
        facts=_facts(case, one, percent),
        severity=severity,
        opened_at=at,
        closed_at=clock.stopped_at,
    )


def _severity(percent: int | None) -> Severity:
    return "minor" if percent is not None else "major"


def _facts(case: Case, one: RunningClock, percent: int | None) -> Mapping[str, Any]:
    ticket, table = case.ticket, case.policies.support.get(one.level)
    title = {} if table is None or table.title is None else dict(table.title.translations)
    return {
        "ticket": ticket.number,
        "subject": ticket.subject,
        "level": title or {"": one.level},
        "team": ticket.team,
        "customer": ticket.customer,
        "name": ticket.name,
        "due_at": one.clock.due_at,
        "percent": percent,
    }
