"""What came of a scenario, by the keys under which it can be expected."""

from collections.abc import Mapping
from typing import Any

from sla_engine.exchange.scenarios.alarms import Alarm
from sla_engine.model.verdict import AvailabilityVerdict, Clock, LatencyVerdict, ResponseVerdict, Verdict


def verdict_came(verdict: Verdict) -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    """What an agreement made of it: by group, by service or level, and by key."""
    return {
        "availability": {one.objective.service: _availability(one) for one in verdict.availability},
        "latency": {one.objective.service: _latency(one) for one in verdict.latency},
        "response": {one.objective.level: _response(one) for one in verdict.response},
    }


def incident_came(alarm: Alarm) -> Mapping[str, Any]:
    """An incident by key."""
    incident = alarm.incident
    return {
        "service": incident.service,
        "began": incident.began_at,
        "opened": incident.opened_at,
        "ended": incident.ended_at,
        "closed": incident.closed_at,
        "in_maintenance": incident.maintenance_at is not None,
    }


def _availability(verdict: AvailabilityVerdict) -> Mapping[str, Any]:
    kinds = verdict.kinds
    return {
        "verdict": verdict.finding,
        "measured": verdict.measured,
        "coverage": verdict.coverage,
        "up": kinds.up,
        "down": kinds.down,
        "unknown": kinds.unknown,
        "excluded": kinds.excluded,
        "unscheduled": kinds.unscheduled,
        "real_down": verdict.real_down,
        "budget": verdict.budget,
        "budget_left": verdict.budget_left,
    }


def _latency(verdict: LatencyVerdict) -> Mapping[str, Any]:
    return {"verdict": verdict.finding, "measured": verdict.measured, "good": verdict.good, "valid": verdict.valid}


def _response(verdict: ResponseVerdict) -> Mapping[str, Any]:
    return {
        "verdict": verdict.finding,
        "measured": verdict.measured,
        "met": verdict.met,
        "breached": verdict.breached,
        "open": verdict.open,
        "clock": {clock.ticket: _clock(clock) for clock in verdict.clocks},
    }


def _clock(clock: Clock) -> Mapping[str, Any]:
    return {"due": clock.due_at, "elapsed": clock.elapsed, "met": clock.met}
