"""What is to be announced of maintenance now: planned, changed, cancelled, close at hand, begun, over.

It follows from the policies, from what is on record, and from the time; announced once, it is on record and so never
due again. Whoever was away for a while announces how things stand, and not each step that was missed.
"""

from collections.abc import Iterable, Iterator, Sequence

from attrs import evolve, field, frozen

from sla_engine.engine.maintenance.audience import Addressee, Reach
from sla_engine.engine.maintenance.notices import notice
from sla_engine.engine.maintenance.occurrences import Occurrence, by_maintenance
from sla_engine.engine.maintenance.planning import Plan, plans
from sla_engine.model.instant import Instant
from sla_engine.model.interval import Interval
from sla_engine.policy import PolicySet
from sla_engine.store.announcements import Announcement, Telling, What
from sla_engine.store.outbox import Notice


@frozen
class Due:
    """What is to be put on record, and who is to be told, in one transaction."""

    records: tuple[Announcement, ...] = field(default=())
    notices: tuple[Notice, ...] = field(default=())


def announcements_due(policies: PolicySet, known: Iterable[Occurrence], now: Instant) -> Due:
    """What is to be announced now.

    Args:
        known: what is on record of the occurrences that are not over, or were not when somebody looked last.
    """
    records: list[Announcement] = []
    notices: list[Notice] = []
    on_record, reach = by_maintenance(known), Reach(policies, now)
    for name in sorted({*policies.maintenance, *on_record}):
        for step in _steps(policies, name, on_record.get(name, ()), now):
            records += [] if step.is_known else [step.record]
            notices += _told(reach, step)
    return Due(tuple(records), tuple(notices))


@frozen
class _Step:
    """One thing to announce.

    Attributes:
        before: what was on record until then, or None.
        is_known: whether the record stands already, and only somebody is missing who was not told.
    """

    record: Announcement
    before: Occurrence | None
    is_known: bool = False


def _steps(policies: PolicySet, name: str, known: Sequence[Occurrence], now: Instant) -> Iterator[_Step]:
    until = max((one.window.end for one in known), default=now)
    planned = plans(policies, name, now, until)
    for plan, occurrence in _pairs(planned, known, now):
        version = _version(plan, occurrence, known, now)
        if version is not None:
            yield _Step(version, occurrence)
        elif occurrence is not None and not occurrence.is_cancelled and occurrence.window.end > now:
            yield _Step(occurrence.latest, occurrence, is_known=True)
        latest = version or (occurrence.latest if occurrence else None)
        if latest is not None and latest.what != "cancelled":
            records = occurrence.records if occurrence else ()
            yield from (_Step(one, occurrence) for one in _course(latest, records, plan, now))


def _pairs(
    planned: Sequence[Plan], known: Sequence[Occurrence], now: Instant
) -> Iterator[tuple[Plan | None, Occurrence | None]]:
    """Each plan with what is on record of it, and what is on record with no plan any more."""
    starts = {plan.window.start for plan in planned}
    open_ones = [one for one in known if _is_open(one, starts, now)]
    left = {one.window.start: one for one in open_ones}
    for plan in planned:
        found = left.pop(plan.window.start, None)
        if found is None and not plan.is_recurring:
            found = _moved(left, now)
        yield plan, found
    yield from ((None, one) for one in left.values())


def _is_open(one: Occurrence, starts: set[Instant], now: Instant) -> bool:
    """Whether anything may still become of it: it is not over, nor was it broken off."""
    if one.is_cancelled and one.took_place is not None:
        return False
    return one.window.end > now or (one.window.start in starts and not one.has("ended")) or _is_to_end(one)


def _is_to_end(one: Occurrence) -> bool:
    return one.has("started") and not one.has("ended") and not one.is_cancelled


def _moved(left: dict[Instant, Occurrence], now: Instant) -> Occurrence | None:
    """The one that has not begun yet, and so can be moved; what goes on is broken off instead."""
    waiting = [start for start, one in left.items() if start > now]
    return left.pop(waiting[0]) if len(waiting) == 1 else None


def _version(
    plan: Plan | None, occurrence: Occurrence | None, known: Sequence[Occurrence], now: Instant
) -> Announcement | None:
    """How it is announced anew, or None where it stands as it was announced, or is announced later."""
    if occurrence is None:
        return None if plan is None or not _may_be_told(plan, now) else _first(plan, known, now)
    latest = occurrence.latest
    following = evolve(latest, sequence=latest.sequence + 1, at=now)
    if plan is None:
        is_left = not occurrence.is_cancelled and occurrence.window.end > now
        return evolve(following, what="cancelled") if is_left else None
    anew = _as_planned(plan, latest.occurrence, latest.sequence + 1, now)
    if occurrence.is_cancelled:
        return evolve(anew, what="planned") if plan.channels else None
    return evolve(anew, what="changed") if _content(anew) != _content(latest) else None


def _may_be_told(plan: Plan, now: Instant) -> bool:
    return bool(plan.channels) and (plan.announced_from is None or plan.announced_from <= now)


def _first(plan: Plan, known: Sequence[Occurrence], now: Instant) -> Announcement:
    """The first announcement of an occurrence; one that was broken off and begins again is another one."""
    taken = {one.latest.occurrence for one in known}
    return _as_planned(plan, now if plan.window.start in taken else plan.window.start, 0, now)


def _as_planned(plan: Plan, occurrence: Instant, sequence: int, now: Instant) -> Announcement:
    return Announcement(
        maintenance=plan.maintenance,
        occurrence=occurrence,
        sequence=sequence,
        what="planned",
        at=now,
        window=plan.window,
        services=plan.services,
        title=plan.title,
        message=plan.message,
        channels=plan.channels,
        customers=plan.customers,
    )


def _content(one: Announcement) -> tuple[object, ...]:
    return *_seen(one), one.services, one.channels, one.customers


def _seen(one: Announcement) -> tuple[object, ...]:
    return one.window, one.title, one.message


def _course(
    latest: Announcement, records: Sequence[Announcement], plan: Plan | None, now: Instant
) -> Iterator[Announcement]:
    """That it is close at hand, has begun, or is over."""
    start, end = latest.window
    done = {one.key for one in records}
    has_begun = any(one.what == "started" for one in records)
    found: list[Announcement] = []
    if now < start:
        # Who was told after a reminder was due needs none; of those that were missed the last one tells all.
        leads = [lead for lead in (plan.leads if plan else ()) if latest.at < start - lead <= now]
        found = [_happens(latest, "reminder", now, min(leads))] if leads else []
    elif now < end:
        found = [] if has_begun else [_happens(latest, "started", now)]
    elif has_begun:
        found = [_happens(latest, "ended", now)]
    yield from (one for one in found if one.key not in done)


def _happens(latest: Announcement, what: What, now: Instant, lead: int | None = None) -> Announcement:
    return evolve(latest, what=what, at=now, lead=lead)


def _told(reach: Reach, step: _Step) -> Iterator[Notice]:
    """A notice for each whom the step is news to."""
    before = () if step.before is None else step.before.told
    told = {(one.notifier, one.recipient): one for one in before}
    for addressee in reach.audience(step.record):
        what = _news(step, addressee, told.get((addressee.notifier, addressee.recipient)))
        if what is not None:
            record = evolve(step.record, at=reach.now)
            yield notice(reach.policies, record, what, addressee, _was(step) if what == "changed" else None)


def _news(step: _Step, addressee: Addressee, told: Telling | None) -> What | None:
    """As what it is told to somebody, or None where it is none of their business or no news."""
    what = step.record.what
    if what == "cancelled":
        return None if told is None else what
    if what not in {"planned", "changed"}:
        return what
    if told is None:
        return "planned"
    return what if _is_seen(step, addressee, told) else None


def _is_seen(step: _Step, addressee: Addressee, told: Telling) -> bool:
    """Whether somebody who was told before would notice any difference."""
    if step.is_known or step.before is None:
        return False
    latest = step.before.latest
    is_back = step.before.is_cancelled
    return is_back or _seen(step.record) != _seen(latest) or addressee.services != told.services


def _was(step: _Step) -> Interval | None:
    """The window before, where it was another."""
    window = None if step.before is None else step.before.window
    return None if window == step.record.window else window
