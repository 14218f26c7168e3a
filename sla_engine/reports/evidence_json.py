"""Evidence as JSON: what an outage is made of, key by key."""

from collections.abc import Mapping
from typing import Any

from sla_engine.model.instant import Instant, format_instant, seconds
from sla_engine.model.maintenance import Exclusion, Maintenance
from sla_engine.model.verdict import Cover, Evidence, Outage, Witness


def outage_json(outage: Outage) -> Mapping[str, Any]:
    """An outage, with its evidence where that was worked out."""
    return {
        "start": format_instant(outage.span.start),
        "end": format_instant(outage.span.end),
        "counted": seconds(outage.counted),
        "check": outage.check,
        "reason": outage.reason,
        "evidence": None if outage.evidence is None else _evidence(outage.evidence),
    }


def source_json(source: Maintenance | Exclusion) -> dict[str, Any]:
    """Maintenance with its announcement, or an exclusion with who entered it and why."""
    common = {"id": source.id, "start": format_instant(source.window.start), "end": format_instant(source.window.end)}
    if isinstance(source, Maintenance):
        return {
            "kind": "maintenance",
            **common,
            "announced": moment_json(source.announced_at),
            "channel": source.channel,
        }
    return {"kind": "exclusion", **common, "by": source.author, "reason": source.reason}


def moment_json(at: Instant | None) -> str | None:
    """An instant, or null."""
    return None if at is None else format_instant(at)


def _evidence(evidence: Evidence) -> Mapping[str, Any]:
    return {
        "real": seconds(evidence.real),
        "outside_period": seconds(evidence.beyond),
        "outside_agreed_time": seconds(evidence.unagreed),
        "shorter_than_min_outage": evidence.is_short,
        "covers": [_cover(cover) for cover in evidence.covers],
        "said_down": [_witness(witness) for witness in evidence.witnesses],
    }


def _cover(cover: Cover) -> Mapping[str, Any]:
    return {**source_json(cover.source), "excluded": seconds(cover.excluded), "refused": cover.refusal}


def _witness(witness: Witness) -> Mapping[str, Any]:
    return {
        "check": witness.check,
        "location": witness.location,
        "first": format_instant(witness.first_at),
        "last": moment_json(witness.last_at),
        "results": witness.count,
        "reason": witness.reason,
    }
