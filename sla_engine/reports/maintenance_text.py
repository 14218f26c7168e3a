"""Maintenance and what is on record of its announcements, for people."""

from collections.abc import Iterator, Sequence

from sla_engine.engine.maintenance.listing import Listed
from sla_engine.engine.maintenance.occurrences import Occurrence
from sla_engine.engine.maintenance.outside import Claim
from sla_engine.model.instant import format_instant
from sla_engine.model.interval import Interval
from sla_engine.reports.verdict_text import table
from sla_engine.store.announcements import Telling


def listed_text(found: Sequence[Listed]) -> str:
    """A table of occurrences."""
    if not found:
        return "No maintenance is planned."
    head = ("id", "from", "to", "services", "state", "changes", "announced", "by")
    return table([head, *map(_row, found)])


def shown_text(name: str, found: Sequence[Listed], claims: Sequence[Claim]) -> str:
    """Everything on record of one maintenance, occurrence by occurrence."""
    blocks = ["\n".join(_block(one, [claim for claim in claims if claim.window == one.window])) for one in found]
    return "\n\n".join(blocks) or f"{name} takes place neither in the last nor in the coming 400 days."


def claim_text(claim: Claim) -> str:
    """When and how something was announced outside the engine."""
    return f"announced {format_instant(claim.at)} by {claim.channel}, outside the engine"


def span_text(window: Interval) -> str:
    """From when to when."""
    start, end = map(format_instant, window)
    return f"from {start} to {end}"


def _row(one: Listed) -> Sequence[str]:
    return (
        one.maintenance,
        *map(format_instant, one.window),
        ", ".join(one.services),
        one.standing,
        "" if one.sequence is None else str(one.sequence),
        "" if one.announced_at is None else format_instant(one.announced_at),
        ", ".join(one.channels),
    )


def _block(one: Listed, claims: Sequence[Claim]) -> Iterator[str]:
    yield f"{one.maintenance} {span_text(one.window)}: {one.standing}; touches {', '.join(one.services)}"
    if one.occurrence is not None:
        yield _records(one.occurrence)
        if one.occurrence.told:
            yield table([("what", "to", "customer", "message"), *map(_told, one.occurrence.told)])
    for claim in claims:
        yield claim_text(claim)


def _records(occurrence: Occurrence) -> str:
    rows = [(format_instant(one.at), one.what, *map(format_instant, one.window)) for one in occurrence.records]
    return table([("at", "announced", "from", "to"), *rows])


def _told(one: Telling) -> Sequence[str]:
    message = one.state if one.sent_at is None else f"sent {format_instant(one.sent_at)}"
    return one.about.removeprefix("maintenance-"), one.recipient or one.notifier, one.customer or "", message
