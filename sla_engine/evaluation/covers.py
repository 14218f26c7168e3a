"""Maintenance and exclusions one by one: what each takes out of the agreed time, and what stands against it."""

from collections.abc import Iterable, Iterator, Sequence

from attrs import frozen

from sla_engine.evaluation.exclusions import is_announced, maintained_time
from sla_engine.evaluation.history import History
from sla_engine.model.accounting import Accounting
from sla_engine.model.interval import Interval, intersect, merge, subtract, total
from sla_engine.model.maintenance import Exclusion, Maintenance
from sla_engine.model.verdict import Cover, Refusal


@frozen
class Claim:
    """Maintenance or an exclusion within the agreed time of a service.

    Attributes:
        granted: the agreed time that it takes out, and that none before it takes.
        refused: the agreed time in its window that it cannot take out.
        refusal: why not.
    """

    source: Maintenance | Exclusion
    granted: Sequence[Interval]
    refused: Sequence[Interval]
    refusal: Refusal | None


def claims(service: str, history: History, accounting: Accounting, agreed: Sequence[Interval]) -> list[Claim]:
    """What each takes out: maintenance first, the earliest first, then what people excluded.

    What is granted to them together is exactly what `sla_engine.evaluation.exclusions.excluded_time` gives.
    """
    maintained = maintained_time(service, history.maintenance, accounting, agreed)
    taken: list[Interval] = []
    found = []
    for source in _sources(service, history):
        refusal = _refusal(source, accounting)
        wanted = intersect(agreed, [source.window])
        allowed = [] if refusal else intersect(wanted, maintained) if isinstance(source, Maintenance) else wanted
        refused = subtract(wanted, allowed)
        found.append(Claim(source, subtract(allowed, taken), refused, refusal or ("cap" if refused else None)))
        taken = merge([*taken, *allowed])
    return found


def covers(claimed: Iterable[Claim], span: Interval, elapsed: Sequence[Interval]) -> tuple[Cover, ...]:
    """What of the claims falls into a span, within the time that has elapsed."""
    return tuple(_covers(claimed, span, elapsed))


def _covers(claimed: Iterable[Claim], span: Interval, elapsed: Sequence[Interval]) -> Iterator[Cover]:
    touching = [
        claim for claim in claimed if claim.source.window.start < span.end and span.start < claim.source.window.end
    ]
    if not touching:
        return
    within = intersect(elapsed, [span])
    for claim in touching:
        excluded = total(intersect(claim.granted, within))
        refused = total(intersect(claim.refused, within))
        if excluded or refused:
            yield Cover(claim.source, excluded, claim.refusal if refused else None)


def _sources(service: str, history: History) -> list[Maintenance | Exclusion]:
    maintenance = {one for one in history.maintenance if service in one.services}
    exclusions = {one for one in history.exclusions if service in one.services}
    return [
        *sorted(maintenance, key=lambda one: (one.window, one.id, one.announced_at or 0, one.channel or "")),
        *sorted(exclusions, key=lambda one: (one.window, one.id, one.author, one.reason)),
    ]


def _refusal(source: Maintenance | Exclusion, accounting: Accounting) -> Refusal | None:
    if accounting.maintenance == "count":
        return "counted"
    if isinstance(source, Exclusion) or is_announced(source, accounting):
        return None
    if source.announced_at is None:
        return "unannounced"
    if accounting.maintenance_channels and source.channel not in accounting.maintenance_channels:
        return "channel"
    return "notice"
