"""A verdict as JSON: percentages as text rounded down, times in seconds, instants in UTC."""

import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from sla_engine.model.accounting import Accounting
from sla_engine.model.instant import format_instant, seconds
from sla_engine.model.maintenance import Exclusion
from sla_engine.model.percent import format_percent
from sla_engine.model.verdict import (
    AvailabilityVerdict,
    Clock,
    LatencyVerdict,
    Percentile,
    ResponseVerdict,
    Verdict,
)
from sla_engine.reports.credit_json import credit_json
from sla_engine.reports.evidence_json import moment_json, outage_json


def verdict_json(verdict: Verdict) -> dict[str, Any]:
    """The verdict as a JSON object; equal verdicts give equal objects, key for key."""
    return {
        "agreement": verdict.agreement,
        "customer": verdict.customer,
        "policy_hash": verdict.policy_hash,
        "period": {
            "start": format_instant(verdict.start),
            "end": format_instant(verdict.end),
            "timezone": verdict.zone.name,
            "ended": verdict.has_ended,
        },
        "accounting": accounting_json(verdict.accounting),
        "availability": [_availability(entry) for entry in verdict.availability],
        "latency": [_latency(entry) for entry in verdict.latency],
        "response": [_response(entry) for entry in verdict.response],
        "credit": None if verdict.credit is None else credit_json(verdict.credit),
        "exclusions": [_exclusion(exclusion) for exclusion in verdict.exclusions],
    }


def canonical_json(verdict: Verdict) -> bytes:
    """The verdict as JSON of which there is only one form: equal verdicts give equal bytes."""
    return json.dumps(verdict_json(verdict), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def accounting_json(accounting: Accounting) -> dict[str, Any]:
    """Every choice of the profile, as the policies write it."""
    return {
        "profile": accounting.name,
        "measure": accounting.measure,
        "slot": str(accounting.slot),
        "slot_errors": None if accounting.slot_errors is None else str(accounting.slot_errors),
        "slot_checks": accounting.slot_checks,
        "min_outage": str(accounting.min_outage),
        "unknown": accounting.unknown,
        "stale_after": str(accounting.stale_after),
        "maintenance": accounting.maintenance,
        "maintenance_notice": str(accounting.maintenance_notice),
        "maintenance_cap": "none" if accounting.maintenance_cap is None else str(accounting.maintenance_cap),
        "maintenance_channels": list(accounting.maintenance_channels),
    }


def _availability(verdict: AvailabilityVerdict) -> Mapping[str, Any]:
    return {
        "service": verdict.objective.service,
        "target": format_percent(verdict.objective.target.ratio),
        "during": verdict.objective.during,
        "measured": _share(verdict.measured),
        "verdict": verdict.finding,
        "seconds": {
            "up": seconds(verdict.kinds.up),
            "down": seconds(verdict.kinds.down),
            "unknown": seconds(verdict.kinds.unknown),
            "excluded": seconds(verdict.kinds.excluded),
            "unscheduled": seconds(verdict.kinds.unscheduled),
        },
        "real_down": seconds(verdict.real_down),
        "coverage": _share(verdict.coverage),
        "budget": seconds(verdict.budget),
        "budget_left": seconds(verdict.budget_left),
        "burn_rate": None if verdict.burn_rate is None else _rounded_down(verdict.burn_rate),
        "outages": [outage_json(outage) for outage in verdict.outages],
    }


def _latency(verdict: LatencyVerdict) -> Mapping[str, Any]:
    return {
        "service": verdict.objective.service,
        "target": format_percent(verdict.objective.target.ratio),
        "under": str(verdict.objective.under),
        "during": verdict.objective.during,
        "measured": _share(verdict.measured),
        "verdict": verdict.finding,
        "good": verdict.good,
        "valid": verdict.valid,
        "failed": verdict.failed,
        "percentiles": _percentiles(verdict),
        "ranks": {_percent(one): one.rank for one in verdict.percentiles},
    }


def _percentiles(verdict: LatencyVerdict) -> Mapping[str, float | None]:
    """Milliseconds by percent; null where the rank falls upon a check that failed."""
    found = {_percent(one): _milliseconds(one.latency) for one in verdict.percentiles}
    return {**found, "max": _milliseconds(verdict.slowest)}


def _percent(percentile: Percentile) -> str:
    return format_percent(percentile.share.ratio)


def _milliseconds(latency: int | None) -> float | None:
    """As a number that is whole where it is whole."""
    return None if latency is None else seconds(latency * 1000)


def _response(verdict: ResponseVerdict) -> Mapping[str, Any]:
    return {
        "level": verdict.objective.level,
        "within": str(verdict.objective.within),
        "during": verdict.objective.during,
        "target": format_percent(verdict.objective.target.ratio),
        "met": verdict.met,
        "breached": verdict.breached,
        "open": verdict.open,
        "measured": _share(verdict.measured),
        "verdict": verdict.finding,
        "clocks": [_clock(clock) for clock in verdict.clocks],
    }


def _clock(clock: Clock) -> Mapping[str, Any]:
    return {
        "ticket": clock.ticket,
        "started": format_instant(clock.started_at),
        "stopped": moment_json(clock.stopped_at),
        "due": moment_json(clock.due_at),
        "breached": moment_json(clock.breached_at),
        "elapsed": seconds(clock.elapsed),
        "met": clock.met,
        "within": str(clock.within),
        "during": clock.during,
        "allowed": seconds(clock.allowed),
        "paused": seconds(clock.paused),
        "pauses": [{"start": format_instant(begin), "end": moment_json(end)} for begin, end in clock.pauses],
        "warnings": [{"at": format_instant(one.at), "percent": one.percent} for one in clock.warnings],
    }


def _exclusion(exclusion: Exclusion) -> Mapping[str, Any]:
    return {
        "id": exclusion.id,
        "services": list(exclusion.services),
        "start": format_instant(exclusion.window.start),
        "end": format_instant(exclusion.window.end),
        "by": exclusion.author,
        "reason": exclusion.reason,
    }


def _share(ratio: Fraction | None) -> str | None:
    return None if ratio is None else format_percent(ratio)


def _rounded_down(ratio: Fraction) -> str:
    return format_percent(ratio / 100)
