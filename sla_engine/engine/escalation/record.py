"""What people were told of something, read off the notices that are on record."""

from collections.abc import Iterable, Mapping, Set
from typing import NamedTuple

from attrs import frozen

from sla_engine.store.outbox import Notice


class Person(NamedTuple):
    """Somebody who is told."""

    notifier: str
    recipient: str


@frozen
class Record:
    """What people were told of one thing by one escalation.

    Attributes:
        keys: of all notices.
        told: those who were told of it and not yet of its end, each with the last notice.
        ends: how often it had ended when each was told so last.
    """

    keys: Set[str]
    told: Mapping[Person, Notice]
    ends: Mapping[Person, int]

    @property
    def round(self) -> int:
        """How often it ended before, as far as anybody was told: a service may go down again within one incident."""
        return max(self.ends.values(), default=0)


def record_of(thread: str, told: Iterable[Notice], *, beginnings: Set[str], ending: str | None) -> Record:
    """What stands on record of a thread.

    Args:
        told: notices of this and of other threads.
        beginnings, ending: what notices are about that tell of it, and of its end.
    """
    own = sorted((one for one in told if one.thread == thread), key=lambda one: (one.at, one.due_at))
    last: dict[Person, Notice] = {}
    ends: dict[Person, int] = {}
    for notice in own:
        person = Person(notice.notifier, notice.recipient)
        if notice.about in beginnings:
            last[person] = notice
        elif notice.about == ending:
            last.pop(person, None)
            ends[person] = max(ends.get(person, 0), _round_of(notice) + 1)
    return Record({one.key for one in own}, last, ends)


def _round_of(notice: Notice) -> int:
    """How often its matter had ended before: as its key says, as those notices need not be on record any more."""
    return int(notice.key.removeprefix(f"{notice.thread}/").split("/", 1)[0])
