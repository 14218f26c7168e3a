"""Which steps of an escalation have fallen due, and when the next will: by the time since what it is about began.

Steps tell their notifiers in order of time, and the last is repeated. Of what fell due while nobody could be told, as
while the engine was off, messages were held or a calendar was closed, everybody is told once: by the latest step.
"""

from collections.abc import Iterator, Sequence

from attrs import frozen

from sla_engine.engine.escalation.reaching import FOREVER, Reached, on_call, reach
from sla_engine.model.instant import Instant
from sla_engine.model.interval import Interval
from sla_engine.policy import PolicySet
from sla_engine.policy.documents import EscalationTable


@frozen
class Slot:
    """One name in one step; each repetition is one more time that it is told.

    Attributes:
        step: which step, from 1.
        name: the notifier or rotation that the step names.
        due_at: when it is first told, if nothing is in the way.
        every: microseconds until it is told again, or None.
        next_names: who follows in this step and then in later ones.
    """

    step: int
    name: str
    due_at: Instant
    every: int | None
    next_names: tuple[str, ...]


@frozen
class Due:
    """Somebody is to be told.

    Attributes:
        repetition: how often the step was repeated before.
        reached: who, and when that became possible.
    """

    slot: Slot
    repetition: int
    reached: Reached

    @property
    def mark(self) -> str:
        """What tells this from everything else that the escalation has to tell of the same."""
        return f"{self.slot.step}.{self.repetition}/{self.slot.name}"


@frozen
class Fallen:
    """What has fallen due.

    Attributes:
        dues: each notifier's latest, by time.
        next_at: when something further falls due, if nothing changes until then; or None.
    """

    dues: tuple[Due, ...]
    next_at: Instant | None


def fallen_due(
    escalation: EscalationTable, opened_at: Instant, held: Sequence[Interval], now: Instant, policies: PolicySet
) -> Fallen:
    """Whom the steps of an escalation have to tell before ``now`` of something that lasts.

    Args:
        opened_at: since when it does.
        held: the set of intervals in which nobody is told.
    """
    latest: dict[str, Due] = {}
    coming: list[Instant] = []
    for slot in slots(escalation, opened_at):
        repetition = _last_before(slot, held, now, policies)
        if repetition is not None:
            reached = _reached(slot, repetition, held, policies)
            assert reached is not None, "it is before now"
            latest[reached.notifier] = Due(slot, repetition, reached)  # a later step has the last word
        if repetition is None or slot.every is not None:
            following = _reached(slot, 0 if repetition is None else repetition + 1, held, policies)
            coming += [following.at] if following is not None else []
    dues = sorted(latest.values(), key=lambda due: (due.reached.at, due.slot.step))
    return Fallen(tuple(dues), min(coming, default=None))


def slots(escalation: EscalationTable, opened_at: Instant) -> Iterator[Slot]:
    """Every name in every step, in order."""
    names = [tuple(dict.fromkeys(step.notify)) for step in escalation.step]
    for index, step in enumerate(escalation.step):
        is_last = index + 1 == len(escalation.step)
        every = escalation.repeat.microseconds if is_last and escalation.repeat is not None else None
        later = tuple(name for further in names[index + 1 :] for name in further)
        for place, name in enumerate(names[index]):
            follow = tuple(one for one in dict.fromkeys((*names[index][place + 1 :], *later)) if one != name)
            yield Slot(index + 1, name, opened_at + step.after.microseconds, every or None, follow)


def next_notifiers(due: Due, policies: PolicySet) -> tuple[str, ...]:
    """Who is told instead where a notifier keeps failing, in order: who follows in its step, then in later ones."""
    found = (on_call(name, due.reached.at, policies) for name in due.slot.next_names)
    return tuple(one for one in dict.fromkeys(found) if one != due.reached.notifier)


def _last_before(slot: Slot, held: Sequence[Interval], now: Instant, policies: PolicySet) -> int | None:
    """The last repetition that could be told before an instant; what comes later can never be told earlier."""
    if slot.due_at >= now:
        return None
    most = 0 if slot.every is None else (now - 1 - slot.due_at) // slot.every
    fits, fails = -1, most + 1
    guess = most
    while fails - fits > 1:
        reached = _reached(slot, guess, held, policies)
        if reached is not None and reached.at < now:
            fits = guess
        else:
            fails = guess
        guess = (fits + fails) // 2
    return None if fits < 0 else fits


def _reached(slot: Slot, repetition: int, held: Sequence[Interval], policies: PolicySet) -> Reached | None:
    at = slot.due_at + repetition * (slot.every or 0)
    return None if at >= FOREVER else reach(slot.name, at, held, policies)
