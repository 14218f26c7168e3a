"""What a recipient still has to hear: of each thread the latest, so that who is late hears how things are now."""

from collections.abc import Iterable, Sequence

from attrs import frozen

from sla_engine.store.outbox import Entered


@frozen
class Current:
    """Notices of one lane that nobody has heard of.

    Attributes:
        told: those that are still worth telling.
        overtaken: those of which a later one tells what they would have told.
    """

    told: Sequence[Entered]
    overtaken: Sequence[Entered]


def current(found: Iterable[Entered]) -> Current:
    """The latest notice of each thread; a recovery tells of the outage too, so that both are told as one."""
    in_order = sorted(found, key=lambda one: (one.notice.due_at, one.id))
    latest = {_subject(one): one.id for one in in_order}
    told = set(latest.values())
    return Current([one for one in in_order if one.id in told], [one for one in in_order if one.id not in told])


def _subject(one: Entered) -> str:
    notice = one.notice
    return notice.key if notice.is_of_a_ticket else notice.thread
