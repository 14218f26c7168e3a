"""An instant explained, for programs."""

from collections.abc import Mapping
from typing import Any

from sla_engine.evaluation.votes import Opinion, Voice, Vote
from sla_engine.evaluation.why import Counted, Why
from sla_engine.model.instant import format_instant, seconds
from sla_engine.model.percent import format_percent
from sla_engine.model.service import AtLeast, UpWhen
from sla_engine.reports.evidence_json import moment_json, outage_json, source_json
from sla_engine.reports.why_text import rule_text


def why_json(told: Why) -> dict[str, Any]:
    """The explanation as a JSON object."""
    service = told.grounds.service
    return {
        "service": service.id,
        "at": format_instant(told.at),
        "period": {
            "start": format_instant(told.period.start),
            "end": format_instant(told.period.end),
            "timezone": told.period.zone.name,
        },
        "kind": told.kind,
        "rule": told.rule,
        "because": rule_text(told),
        "promised": told.grounds.promised,
        "seen": told.seen or "unknown",
        "up_when": _up_when(service.up_when),
        "agree": "majority" if service.agree is None else service.agree,
        "parts": [_vote(vote) for vote in told.votes[:-1]],
        "checks": [_opinion(opinion, told) for opinion in told.opinions],
        "agreed_time": {
            "calendar": told.grounds.objective.during,
            "open": told.opening.is_open,
            "since": moment_json(told.opening.since),
            "until": moment_json(told.opening.until),
        },
        "maintenance": [
            {**source_json(one.source), "valid": one.refusal is None, "refused": one.refusal} for one in told.touching
        ],
        "outage": None if told.outage is None else outage_json(told.outage),
        "counted": None if told.counted is None else _counted(told.counted),
    }


def _up_when(up_when: UpWhen) -> Any:
    return {"at_least": up_when.count} if isinstance(up_when, AtLeast) else up_when


def _vote(vote: Vote) -> Mapping[str, Any]:
    """A part, or a part of one."""
    return {
        "service": vote.service.id,
        "says": vote.says or "unknown",
        "up": vote.up,
        "down": vote.down,
        "of": vote.count,
        "up_when": _up_when(vote.service.up_when),
        "parts": [part.id for part in vote.service.parts],
    }


def _counted(counted: Counted) -> Mapping[str, Any]:
    slot = counted.slot
    return {
        "slot": None if slot is None else {"start": format_instant(slot.start), "end": format_instant(slot.end)},
        "good": counted.good,
        "bad": counted.bad,
        "total": counted.total,
        "error_rate": None if slot is None else format_percent(counted.error_rate),
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
        "stale": voice.is_stale(told.at),
        "says": voice.says or "unknown",
    }
