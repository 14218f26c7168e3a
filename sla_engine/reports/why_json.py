"""An instant explained, for programs."""

from collections.abc import Mapping
from typing import Any

from sla_engine.evaluation.why import Opinion, Voice, Why
from sla_engine.model.instant import format_instant, seconds
from sla_engine.model.service import AtLeast
from sla_engine.reports.evidence_json import moment_json, outage_json, source_json
from sla_engine.reports.why_text import rule_text


def why_json(told: Why) -> dict[str, Any]:
    """The explanation as a JSON object."""
    up_when = told.service.up_when
    return {
        "service": told.service.id,
        "at": format_instant(told.at),
        "period": {
            "start": format_instant(told.period.start),
            "end": format_instant(told.period.end),
            "timezone": told.period.zone.name,
        },
        "kind": told.kind,
        "rule": told.rule,
        "because": rule_text(told),
        "seen": told.seen or "unknown",
        "up_when": {"at_least": up_when.count} if isinstance(up_when, AtLeast) else up_when,
        "agree": "majority" if told.service.agree is None else told.service.agree,
        "checks": [_opinion(opinion, told) for opinion in told.opinions],
        "agreed_time": {
            "calendar": told.objective.during,
            "open": told.opening.is_open,
            "since": moment_json(told.opening.since),
            "until": moment_json(told.opening.until),
        },
        "maintenance": [
            {**source_json(one.source), "valid": one.refusal is None, "refused": one.refusal} for one in told.touching
        ],
        "outage": None if told.outage is None else outage_json(told.outage),
    }


def _opinion(opinion: Opinion, told: Why) -> Mapping[str, Any]:
    return {
        "check": opinion.check,
        "says": opinion.says or "unknown",
        "up": opinion.up,
        "down": opinion.down,
        "locations": [_voice(voice, told) for voice in opinion.voices],
    }


def _voice(voice: Voice, told: Why) -> Mapping[str, Any]:
    result = voice.result
    return {
        "location": result.location,
        "scheduled": format_instant(result.at),
        "age": seconds(told.at - result.at),
        "state": result.state,
        "ms": None if result.latency is None else seconds(result.latency * 1000),
        "reason": result.reason,
        "speaks_until": format_instant(voice.speaks_until),
        "stale": told.at >= voice.speaks_until,
        "says": voice.says or "unknown",
    }
