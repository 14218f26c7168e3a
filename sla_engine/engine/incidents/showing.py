"""Incidents as programs read them, and how long each kept its service down."""

from collections.abc import Mapping
from typing import Any

from sla_engine.engine.incidents.sights import timeline_of
from sla_engine.engine.incidents.tracks import STALE_AFTER
from sla_engine.model.incident import IncidentEvent, IncidentRecord
from sla_engine.model.instant import Instant, format_instant, seconds
from sla_engine.model.interval import Interval, intersect, total
from sla_engine.model.service import all_checks
from sla_engine.policy import PolicySet
from sla_engine.store import Store
from sla_engine.store.incidents import told_of


def downtime(record: IncidentRecord, policies: PolicySet, store: Store, now: Instant) -> int | None:
    """Microseconds within an incident so far in which its service was down, or degraded where it is about that.

    None where the service is no longer in the policies.
    """
    service = policies.services.get(record.service)
    if service is None:
        return None
    end = record.ended_at or record.closed_at or now
    runs = store.runs(record.began_at, end, [check.id for check in all_checks([service])])
    timeline = timeline_of(service, runs, record.state, STALE_AFTER, end)
    return total(intersect(timeline.intervals("down"), [Interval(record.began_at, end)]))


def incident_json(record: IncidentRecord) -> Mapping[str, Any]:
    """An incident; instants as text, and None where there is none yet."""
    taken, cause = record.acknowledgement, record.last("cause")
    return {
        "incident": record.number,
        "service": record.service,
        "state": record.state,
        "began": format_instant(record.began_at),
        "opened": moment(record.opened_at),
        "ended": moment(record.ended_at),
        "closed": moment(record.closed_at),
        "in_maintenance": record.in_maintenance,
        "flapping": record.is_flapping,
        "acknowledged": None if taken is None else {"by": taken.who, "at": format_instant(taken.at)},
        "cause": None if cause is None else cause.detail["text"],
    }


def whole_json(record: IncidentRecord, policies: PolicySet, store: Store, now: Instant) -> Mapping[str, Any]:
    """An incident with everything that happened to it, who was told of it, and its downtime in seconds."""
    lasted = downtime(record, policies, store, now)
    with store.reading() as connection:
        told = told_of(connection, record.number)
    return {
        **incident_json(record),
        "downtime": None if lasted is None else seconds(lasted),
        "events": [_event_json(event) for event in record.events],
        "told": [
            {
                "due": format_instant(one["due_at"]),
                "notifier": one["notifier"],
                "recipient": one["recipient"],
                "escalation": one["escalation"],
                "about": one["about"],
                "state": one["state"],
                "message": one["message"],
                "tries": one["tries"] or 0,
                "ended": moment(one["ended_at"]),
                "detail": one["detail"],
            }
            for one in told
        ],
    }


def moment(at: Instant | None) -> str | None:
    """An instant as text, or None."""
    return None if at is None else format_instant(at)


def _event_json(event: IncidentEvent) -> Mapping[str, Any]:
    return {"at": format_instant(event.at), "kind": event.kind, "who": event.who, **event.detail}
