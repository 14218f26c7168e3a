"""The notices of an incident: who is to be told of it by now.

Steps and repetitions go on while an escalation's own rule says that the incident is open and nobody has acknowledged
it. Whoever was told is told who has taken it, once that it flaps, and that it is over; nobody else is. All of it is
made from what stands on record, so that it may be composed again at any time and after any crash.
"""

from collections.abc import Iterator, Sequence

from sla_engine.engine.escalation.reaching import FOREVER
from sla_engine.engine.escalation.routing import Route, routes_of_incidents
from sla_engine.engine.escalation.telling import Abouts, Matter, Telling, tell, tell_of_end, tell_those_told, together
from sla_engine.engine.incidents.case import Case, Composed
from sla_engine.engine.incidents.detecting import Incident
from sla_engine.engine.incidents.reconciling import GONE, NEVER_WAS
from sla_engine.engine.incidents.rules import rule_of
from sla_engine.model.incident import IncidentEvent, IncidentRecord
from sla_engine.model.instant import Instant
from sla_engine.model.interval import Interval, merge
from sla_engine.policy import PolicySet

_ABOUTS = Abouts("opened", "repeated", "recovered")


def compose(case: Case, policies: PolicySet, now: Instant) -> Composed:
    """Who is to be told of an incident before ``now``, and is not on record yet; and when there will be more to tell.

    Every escalation counts its steps from its own confirmation. Of what fell due while nobody could be told, as while
    the engine was off, each notifier tells once, by the latest step; of an incident that is over before a step could be
    told, nobody hears by it.
    """
    routes = routes_of_incidents(case.record.service, policies)
    telling = together([*_by_routes(case, routes, now, policies), *_by_former_routes(case, routes, now, policies)])
    return Composed(telling.notices, telling.next_at)


def _by_routes(case: Case, routes: Sequence[Route], now: Instant, policies: PolicySet) -> Iterator[Telling]:
    for route in routes:
        rule = rule_of(route.table)
        found = next((part.incident for part in reversed(case.parts) if part.rule == rule), None)
        matter = _matter(case, route.escalation, found)
        told = case.told.values()
        yield tell(matter, route, told, now, policies)
        if found is not None and matter.closed_at is None:
            yield from _on_the_way(case, matter, found, now, policies)


def _on_the_way(case: Case, matter: Matter, found: Incident, now: Instant, policies: PolicySet) -> Iterator[Telling]:
    """What happened to an incident that lasts."""
    record = matter.record(case.told.values())
    taken = case.record.acknowledgement
    if taken is not None and taken.at < now:
        what = f"acknowledged-{taken.at}"
        yield tell_those_told(what, "acknowledged", taken.at, matter, record, now, policies)
    if found.flapped and found.flapped[0] < now:
        yield tell_those_told("flapping", "flapping", found.flapped[0], matter, record, now, policies)


def _by_former_routes(case: Case, routes: Sequence[Route], now: Instant, policies: PolicySet) -> Iterator[Telling]:
    """By escalations that are no more, or follow the service no more: who was told is told of the end all the same.

    So it is where the service itself is no more.
    """
    present = {route.escalation for route in routes}
    former = {str(one.facts.get("escalation")) for one in case.told.values()} - present
    for escalation in sorted(former):
        matter = _matter(case, escalation, None)
        if matter.closed_at is not None and matter.closed_at < now:
            yield tell_of_end(matter, matter.record(case.told.values()), now, policies)


def _matter(case: Case, escalation: str, found: Incident | None) -> Matter:
    """What an escalation has to tell of an incident.

    Args:
        found: as its own rule shows it, or None where it does not.
    """
    record = case.record
    opened_at = None if found is None else found.opened_at
    closed_at = record.closed_at if found is None or found.closed_at is None else found.closed_at
    ended_at = record.ended_at if found is None or found.ended_at is None else found.ended_at
    taken, service = record.acknowledgement, case.service
    facts = {
        "service": record.service,
        # Of a service that is no more, what was said before stays.
        **({} if service is None else {"title": dict(service.title.translations), "cause": case.cause}),
        "state": record.state,
        "reason": case.reason,
        "incident": record.number,
        "began_at": record.began_at,
        "opened_at": opened_at,
        "ended_at": None if closed_at is None else ended_at,
        "closed_as": _closed_as(record),
        "acknowledged_by": None if taken is None else taken.who,
    }
    return Matter(
        thread=f"incident/{record.number}/{escalation}",
        abouts=_ABOUTS,
        facts=facts,
        severity="major" if service is None else service.severity,
        opened_at=opened_at,
        closed_at=closed_at,
        held=case.held,
        taken=_taken(record.events),
    )


def _closed_as(record: IncidentRecord) -> str | None:
    """Why it was closed although its service was not seen up, or None."""
    closed = record.last("closed")
    return None if closed is None else {GONE: "unwatched", NEVER_WAS: "mistaken"}.get(closed.detail.get("why", ""))


def _taken(events: Sequence[IncidentEvent]) -> Sequence[Interval]:
    """From when until when somebody had an incident in hand."""
    found, since = [], None
    for event in events:
        if event.kind == "acknowledged" and since is None:
            since = event.at
        elif event.kind == "unacknowledged" and since is not None:
            found.append(Interval(since, event.at))
            since = None
    return merge([*found, *([] if since is None else [Interval(since, FOREVER)])])
