"""Maintenance and what is on record of its announcements, for programs."""

from collections.abc import Mapping
from typing import Any

from sla_engine.engine.maintenance.listing import Listed
from sla_engine.engine.maintenance.occurrences import Occurrence
from sla_engine.engine.maintenance.outside import Claim
from sla_engine.model.instant import format_instant
from sla_engine.model.interval import Interval
from sla_engine.reports.evidence_json import moment_json
from sla_engine.store.announcements import Announcement, Telling


def listed_json(one: Listed) -> Mapping[str, Any]:
    """One occurrence, and how it stands."""
    return {
        "id": one.maintenance,
        **_window(one.window),
        "services": list(one.services),
        "state": one.standing,
        "sequence": one.sequence,
        "announced": moment_json(one.announced_at),
        "channels": list(one.channels),
    }


def record_json(occurrence: Occurrence | None) -> Mapping[str, Any]:
    """Everything announced of an occurrence, and who was told."""
    if occurrence is None:
        return {"announcements": [], "told": []}
    return {
        "announcements": [_announcement(one) for one in occurrence.records],
        "told": [_telling(one) for one in occurrence.told],
    }


def claim_json(claim: Claim) -> Mapping[str, Any]:
    """An announcement that was made outside the engine."""
    return {
        **_window(claim.window),
        "services": list(claim.services),
        "at": format_instant(claim.at),
        "by": claim.channel,
    }


def _announcement(one: Announcement) -> Mapping[str, Any]:
    return {
        "what": one.what,
        "at": format_instant(one.at),
        "sequence": one.sequence,
        **_window(one.window),
        "services": list(one.services),
        "channels": list(one.channels),
    }


def _telling(one: Telling) -> Mapping[str, Any]:
    return {
        "about": one.about,
        "sequence": one.sequence,
        "notifier": one.notifier,
        "recipient": one.recipient or None,
        "customer": one.customer,
        "state": one.state,
        "sent": moment_json(one.sent_at),
    }


def _window(window: Interval) -> Mapping[str, str]:
    return {"starts": format_instant(window.start), "ends": format_instant(window.end)}
