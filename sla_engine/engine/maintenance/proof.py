"""What proves that maintenance was announced: when customers were told of the very window that took place, and how.

A message counts from the instant at which it was sent; the banner and the feeds from the instant at which the engine,
whose web shows them, put the announcement on record; what was announced elsewhere from when a policy or a person says
that it was. Nothing counts for a window, or a part of it, or a service, that was planned only afterwards: the hour by
which maintenance is made longer is announced by that change.

For a customer's contract counts what that customer was told. For an SLA itself, which is everybody's, counts what the
last of those was told who are told one by one; while one of them is not, the messages prove nothing for it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from attrs import frozen

from sla_engine.engine.maintenance.audience import is_shown_to_all
from sla_engine.engine.maintenance.occurrences import Occurrence, known_occurrences
from sla_engine.engine.maintenance.outside import Claim, claims_on_record
from sla_engine.model.accounting import Accounting
from sla_engine.model.contract import Contract
from sla_engine.model.instant import Instant
from sla_engine.model.interval import Interval
from sla_engine.model.maintenance import Maintenance
from sla_engine.policy import PolicySet
from sla_engine.policy.maintenance import IN_APP
from sla_engine.store import Store
from sla_engine.store.announcements import Announcement, Telling

_TELL_THE_WINDOW = {"maintenance-planned", "maintenance-changed", "maintenance-reminder", "maintenance-started"}


@frozen
class Statement:
    """Customers were told, at an instant, by a channel; ``channel`` is None where nobody said which."""

    at: Instant
    channel: str | None


@frozen
class Facts:
    """What proofs are made of.

    Attributes:
        customer: whose contract is judged, or None for an SLA itself.
        accounting: by which channels it takes announcements.
        channels: what each notifier is, as in ``email``.
        claims: what was announced outside the engine.
    """

    customer: str | None
    accounting: Accounting
    channels: Mapping[str, str]
    claims: Sequence[Claim]


def maintenance_within(
    policies: PolicySet, store: Store, contract: Contract, start: Instant, end: Instant
) -> list[Maintenance]:
    """The maintenance that touches ``[start, end)`` and a contract's services, with when it was announced and how.

    What is on record as announced stands as it took place, whatever the policies say by now; what the policies plan and
    nothing was announced of stands as they say.
    """
    planned = policies.maintenance_windows(start, end)
    customer = None if contract.customer is None else contract.customer.id
    occurrences = known_occurrences(store, start, customer=customer)
    known = [one for one in occurrences if _falls_into(one.took_place, start, end)]
    if not planned and not known:
        return []
    facts = Facts(
        customer=customer,
        accounting=contract.accounting,
        channels={name: notifier.via for name, notifier in policies.notifiers.items()},
        claims=[*_claims_of(planned), *claims_on_record(store)],
    )
    on_record = {(one.latest.maintenance, one.window.start) for one in known}
    found = [part for one in known for part in proved(one, contract.services, facts)]
    found += [_claimed(one, facts) for one in planned if (one.id, one.window.start) not in on_record]
    return sorted(found, key=lambda one: (one.window, one.id, one.services))


def proved(occurrence: Occurrence, services: Iterable[str], facts: Facts) -> list[Maintenance]:
    """The parts of an occurrence that took place, each with what proves its announcement for these services."""
    span, latest = occurrence.took_place, occurrence.latest
    assert span is not None, "asked of what took place only"
    parts: dict[tuple[Interval, Statement | None], list[str]] = {}
    for service in sorted(set(services).intersection(latest.services)):
        for part, versions in _parts(occurrence, service, span):
            parts.setdefault((part, _proof(occurrence, service, part, versions, facts)), []).append(service)
    return [_maintenance(latest.maintenance, tuple(own), part, proof) for (part, proof), own in parts.items()]


def _parts(occurrence: Occurrence, service: str, span: Interval) -> Iterator[tuple[Interval, Sequence[Announcement]]]:
    """Each part of the span, with the versions since which that part has been planned for the service."""
    standing = _standing(occurrence, service)
    begin = span.start
    for position in range(len(standing)):
        end = min(span.end, *(one.window.end for one in standing[position:]))
        if end > begin:
            yield Interval(begin, end), standing[position:]
            begin = end


def _standing(occurrence: Occurrence, service: str) -> Sequence[Announcement]:
    """The last versions, without a break, by which it begins when it does and touches the service."""
    versions = occurrence.versions[:-1] if occurrence.is_cancelled else occurrence.versions
    found: list[Announcement] = []
    for one in reversed(versions):
        if one.what == "cancelled" or one.window.start != occurrence.window.start or service not in one.services:
            break
        found.insert(0, one)
    return found


def _proof(
    occurrence: Occurrence, service: str, part: Interval, versions: Sequence[Announcement], facts: Facts
) -> Statement | None:
    first = versions[0]
    found = [Statement(one.at, IN_APP) for one in versions if is_shown_to_all(one) and "/" not in service][:1]
    sequences = {one.sequence for one in versions}
    told = [
        one
        for one in occurrence.told
        if one.about in _TELL_THE_WINDOW and one.sequence in sequences and service in one.services
    ]
    found += _by_messages(told, facts)
    found += [
        Statement(claim.at, claim.channel)
        for claim in facts.claims
        if claim.is_about(first.maintenance, service, part, occurrence.window.start)
        and (first.sequence == 0 or claim.at >= first.at)
    ]
    return _best(found, facts.accounting)


def _by_messages(told: Sequence[Telling], facts: Facts) -> Iterator[Statement]:
    """What messages prove, each channel by itself."""
    for channel in sorted({facts.channels.get(one.notifier, one.notifier) for one in told}):
        own = [one for one in told if facts.channels.get(one.notifier, one.notifier) == channel]
        at = _last_told(own) if facts.customer is None else _customer_told(own, facts.customer)
        if at is not None:
            yield Statement(at, channel)


def _customer_told(told: Sequence[Telling], customer: str) -> Instant | None:
    """When the first of a customer's contacts was told, or, where they have none, whoever is told for all."""
    own = [one for one in told if one.customer == customer] or [one for one in told if one.customer is None]
    return min((one.sent_at for one in own if one.sent_at is not None), default=None)


def _last_told(told: Sequence[Telling]) -> Instant | None:
    """When the last of all customers was told, or None while one of them is not."""
    moments = [
        min((one.sent_at for one in told if one.customer == customer and one.sent_at is not None), default=None)
        for customer in {one.customer for one in told}
    ]
    sent = [at for at in moments if at is not None]
    return max(sent, default=None) if len(sent) == len(moments) else None


def _best(found: Sequence[Statement], accounting: Accounting) -> Statement | None:
    """The first by a channel that the profile takes, or else the first of all."""
    taken = [one for one in found if one.channel in accounting.maintenance_channels]
    return min(taken or found, key=lambda one: (one.at, one.channel or ""), default=None)


def _claims_of(planned: Iterable[Maintenance]) -> Iterator[Claim]:
    for one in planned:
        if one.announced_at is not None:
            yield Claim(one.id, one.window, one.services, one.announced_at, one.channel)


def _claimed(planned: Maintenance, facts: Facts) -> Maintenance:
    """What only the policies know, with what was announced of it elsewhere."""
    found = [
        Statement(claim.at, claim.channel)
        for claim in facts.claims
        if all(claim.is_about(planned.id, one, planned.window, planned.window.start) for one in planned.services)
    ]
    proof = _best(found, facts.accounting)
    return _maintenance(planned.id, planned.services, planned.window, proof)


def _maintenance(name: str, services: tuple[str, ...], window: Interval, proof: Statement | None) -> Maintenance:
    announced_at, channel = (None, None) if proof is None else (proof.at, proof.channel)
    return Maintenance(name, services, window, announced_at, channel)


def _falls_into(span: Interval | None, start: Instant, end: Instant) -> bool:
    return span is not None and span.start < end and span.end > start
