"""What is on record of a service's incidents, held against what the results show now.

What is on record stays, and what follows from the results is added to it. An incident on record and one of the results
are the same where they overlap, so that none is opened twice, whatever comes late. The same results and the same record
give the same, so that nothing is lost or done again where this is broken off.
"""

from collections.abc import Iterable, Iterator, Sequence

from attrs import evolve, frozen

from sla_engine.engine.incidents.union import FOREVER, Found
from sla_engine.model.incident import IncidentEvent, IncidentEventKind, IncidentRecord, IncidentState
from sla_engine.model.instant import Instant

GONE = "the service is no longer in the policies"
NEVER_WAS = "by the results and the rules as they are now there is no such incident"


@frozen
class Change:
    """An incident as it is to stand, and what happened to it that is not on record yet.

    Attributes:
        record: its number is 0 where it is new; its events are those on record.
        happened: in order of time; none where the record is up to date.
        found: what the results show of it, or None where they show none.
    """

    record: IncidentRecord
    happened: tuple[IncidentEvent, ...]
    found: Found | None


def reconcile(standing: Iterable[IncidentRecord], found: Iterable[Found], now: Instant) -> list[Change]:
    """What becomes of each incident of a service, those that stay as they are included.

    Args:
        standing: those on record, of which at most one is not closed.
        found: those that the results show, the earliest first.
    """
    known, shown = sorted(standing, key=lambda record: record.began_at), list(found)
    present = next((record for record in known if record.closed_at is None), None)
    closed = [record for record in known if record is not present]
    changes = [
        Change(record, (), next((one for one in shown if _overlap(record, one)), None)) for record in closed
    ]  # fmt: skip
    for one in shown:
        if present is not None and _end(one.closed_at) > present.began_at:
            changes.append(_brought_up_to_date(present, one))
            closed.append(changes[-1].record)
            present = None
        elif (change := _new(one, closed)) is not None:
            changes.append(change)
    if present is not None:
        # First of all, as there is room for one incident at a time.
        changes.insert(0, given_up(present, now, NEVER_WAS))
    return changes


def given_up(record: IncidentRecord, now: Instant, why: str) -> Change:
    """An incident that is closed without its service having been seen up."""
    at = now - 1  # what comes before an instant is known at it, so that whoever was told is told of this at once
    return Change(evolve(record, closed_at=at), (IncidentEvent(at, "closed", detail={"why": why}),), None)


def _new(found: Found, closed: Sequence[IncidentRecord]) -> Change | None:
    """An incident that is not on record, or None for what is on record as closed.

    One that lasts although it is on record as closed is a further one, which begins where that was closed.
    """
    touched = [record for record in closed if _overlap(record, found)]
    if touched and found.closed_at is not None:
        return None
    since = max((_end(record.closed_at) for record in touched), default=found.began_at)
    if since == FOREVER:
        return None
    opened_at = None if found.opened_at is None else max(found.opened_at, since)
    record = IncidentRecord(
        number=0,
        service=found.service,
        began_at=max(found.began_at, since),
        opened_at=opened_at,
        ended_at=found.ended_at,
        closed_at=found.closed_at,
        state=found.state,
        in_maintenance=found.maintenance_at is not None,
    )
    return Change(record, tuple(evolve(event, at=max(event.at, since)) for event in found.story()), found)


def _brought_up_to_date(record: IncidentRecord, found: Found) -> Change:
    happened = tuple(_news(record, found.story()))
    told = evolve(record, events=(*record.events, *happened))
    updated = evolve(
        record,
        opened_at=record.opened_at or found.opened_at,
        ended_at=found.ended_at,
        closed_at=None if found.closed_at is None else max(found.closed_at, record.opened_at or record.began_at),
        state=_state(told) or found.state,
        in_maintenance=told.last("maintenance") is not None,
    )
    return Change(updated, happened, found)


def _news(record: IncidentRecord, story: Iterable[IncidentEvent]) -> Iterator[IncidentEvent]:
    """What of a story is not on record; of what can only alternate, the turns since the last one that is."""
    state, turned_at = _state(record), _at(record.last("opened", "down", "degraded"))
    flap, flapped_at = record.last("flapping", "steady"), _at(record.last("flapping", "steady"))
    is_flapping = flap is not None and flap.kind == "flapping"
    for event in story:
        if event.kind in {"down", "degraded"}:
            if event.at > turned_at and event.kind != state:
                state = _as_state(event.kind)
                yield event
        elif event.kind in {"flapping", "steady"}:
            if event.at >= flapped_at and (event.kind == "flapping") != is_flapping:
                is_flapping = not is_flapping
                yield event
        elif record.last(event.kind) is None:
            if event.kind == "opened":
                state = event.detail["state"]
            yield event


def _state(record: IncidentRecord) -> IncidentState | None:
    """What it was by the last event about that, or None where it never opened."""
    last = record.last("opened", "down", "degraded")
    if last is None:
        return None
    return last.detail["state"] if last.kind == "opened" else _as_state(last.kind)


def _as_state(kind: IncidentEventKind) -> IncidentState:
    return "down" if kind == "down" else "degraded"


def _at(event: IncidentEvent | None) -> Instant:
    return -1 if event is None else event.at


def _end(closed_at: Instant | None) -> Instant:
    return FOREVER if closed_at is None else closed_at


def _overlap(record: IncidentRecord, found: Found) -> bool:
    return record.began_at < _end(found.closed_at) and found.began_at < _end(record.closed_at)
