"""The notices about anything that begins and ends, by one escalation: its steps while it lasts, and then its end.

Keys are made of what is told and never of when it was found out: composed again, a notice has the key that it had.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from attrs import evolve, frozen

from sla_engine.engine.escalation.dues import Due, fallen_due, next_notifiers
from sla_engine.engine.escalation.reaching import FOREVER, reach, released
from sla_engine.engine.escalation.recipients import recipients
from sla_engine.engine.escalation.record import Person, Record, record_of
from sla_engine.engine.escalation.routing import Route
from sla_engine.model.instant import MINUTE, Instant
from sla_engine.model.interval import Interval, merge
from sla_engine.plugin import Severity
from sla_engine.policy import PolicySet
from sla_engine.store.outbox import Notice


@frozen
class Abouts:
    """What notices are about: the first to each, those that repeat it, and its end, of which there may be none."""

    begins: str
    repeats: str
    ends: str | None


@frozen
class Matter:
    """Something that people are told of.

    Attributes:
        thread: of all its notices by one escalation.
        facts: what their texts are made of.
        opened_at: since when it lasts, or None where it does not.
        closed_at: when it was over, or None.
        held: when nobody is told anything of it, as a set of intervals; one that reaches up to now has no end yet.
        taken: when somebody has it in hand, as a set of intervals: steps wait, and its end is told.
    """

    thread: str
    abouts: Abouts
    facts: Mapping[str, Any]
    severity: Severity
    opened_at: Instant | None
    closed_at: Instant | None
    held: Sequence[Interval] = ()
    taken: Sequence[Interval] = ()

    def record(self, told: Iterable[Notice]) -> Record:
        """What people were told of it."""
        beginnings = {self.abouts.begins, self.abouts.repeats}
        return record_of(self.thread, told, beginnings=beginnings, ending=self.abouts.ends)


@frozen
class Telling:
    """Who is to be told.

    Attributes:
        notices: those that fell due and are not on record.
        next_at: the first instant at which there is more to tell, if nothing happens until then; or None.
    """

    notices: tuple[Notice, ...] = ()
    next_at: Instant | None = None


def tell(matter: Matter, route: Route, told: Iterable[Notice], now: Instant, policies: PolicySet) -> Telling:
    """Whom an escalation has to tell of something before ``now``.

    Args:
        told: the notices that are on record, of other threads too.
    """
    record = matter.record(told)
    if matter.closed_at is not None and matter.closed_at < now:
        return tell_of_end(matter, record, now, policies)
    if matter.opened_at is None:
        return Telling()
    held = merge([*_as_known(matter.held, now), *_as_known(matter.taken, now)])
    fallen = fallen_due(route.table, matter.opened_at, held, now, policies)
    notices = [
        notice
        for due in fallen.dues
        if not _is_told(key := f"{matter.thread}/{record.round}/{due.mark}/", record)
        for notice in _notices(key, due, matter, route, record, now, policies)
    ]
    return Telling(tuple(notices), None if fallen.next_at is None else _just_after(fallen.next_at))


def tell_of_end(matter: Matter, record: Record, now: Instant, policies: PolicySet) -> Telling:
    """Tell those who were told of something that it is over, once nothing is held any more; and nobody else."""
    if matter.closed_at is None or matter.abouts.ends is None:
        return Telling()
    held = _as_known(matter.held, now)
    free_at = released(matter.closed_at, held)
    if free_at >= now:
        # Nobody looks at what is over by itself, so that a hold without an end is looked at again before long.
        return Telling(next_at=min(_just_after(free_at), now + MINUTE) if record.told else None)
    notices = []
    for person, last in record.told.items():
        reached = reach(person.notifier, matter.closed_at, held, policies)
        notices.append(
            evolve(
                last,
                key=f"{matter.thread}/{record.ends.get(person, 0)}/{matter.abouts.ends}/{_named(person)}",
                at=now,
                due_at=now if reached is None else reached.at,
                about=matter.abouts.ends,
                facts={**last.facts, **matter.facts},
                next_notifiers=(),
            )
        )
    return Telling(tuple(notices))


def tell_those_told(
    what: str, about: str, at: Instant, matter: Matter, record: Record, now: Instant, policies: PolicySet
) -> Telling:
    """Tell those who were told of something before ``at`` what happened to it then; others have not heard of it.

    Args:
        what: tells this from whatever else may happen to it.
    """
    free_at = released(at, _as_known(matter.held, now))
    if free_at >= now:
        return Telling(next_at=_just_after(free_at) if free_at < FOREVER else None)
    notices = []
    for person, last in record.told.items():
        key = f"{matter.thread}/{record.round}/{what}/{_named(person)}"
        reached = reach(person.notifier, free_at, (), policies)
        # What waits for a calendar to open is no news by then: who is told of the end hears of it all.
        if key not in record.keys and last.due_at <= at and reached is not None and reached.at < now:
            facts = {**last.facts, **matter.facts}
            notices.append(
                evolve(last, key=key, at=now, due_at=reached.at, about=about, facts=facts, next_notifiers=())
            )
    return Telling(tuple(notices))


def together(tellings: Iterable[Telling]) -> Telling:
    """All of several."""
    found = list(tellings)
    notices = tuple(notice for telling in found for notice in telling.notices)
    return Telling(notices, min((one.next_at for one in found if one.next_at is not None), default=None))


def _notices(
    key: str, due: Due, matter: Matter, route: Route, record: Record, now: Instant, policies: PolicySet
) -> Iterator[Notice]:
    notifier = due.reached.notifier
    known = policies.notifiers.get(notifier)
    was_told = any(person.notifier == notifier for person in record.told)
    names = [policies.customers[one].name for one in route.customers]
    facts = {**matter.facts, "escalation": route.escalation, "step": due.slot.step, "customers": names}
    for recipient in recipients(notifier, policies):
        yield Notice(
            key=f"{key}{_named(Person(notifier, recipient))}",
            at=now,
            due_at=due.reached.at,
            notifier=notifier,
            recipient=recipient,
            thread=matter.thread,
            about=matter.abouts.repeats if due.repetition and was_told else matter.abouts.begins,
            facts=facts,
            severity=matter.severity,
            customer=route.customer,
            language="en" if known is None else known.table.language,
            next_notifiers=next_notifiers(due, policies),
        )


def _is_told(key: str, record: Record) -> bool:
    return any(one.startswith(key) for one in record.keys)


def _named(person: Person) -> str:
    return f"{person.notifier}/{person.recipient}"


def _as_known(intervals: Sequence[Interval], now: Instant) -> Sequence[Interval]:
    """What reaches up to now has no end that is known."""
    return [Interval(start, FOREVER if end == now else end) for start, end in intervals]


def _just_after(at: Instant) -> Instant:
    """Only what came before an instant is known at it."""
    return at + 1
