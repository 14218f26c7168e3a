"""What is on record of each occurrence of a maintenance: how it was announced last, and who was told."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from attrs import field, frozen

from sla_engine.model.instant import Instant
from sla_engine.model.interval import Interval
from sla_engine.store import Store
from sla_engine.store.announcements import Announcement, Telling, What, announcements_since, tellings

_VERSIONS: frozenset[What] = frozenset({"planned", "changed", "cancelled"})


@frozen
class Occurrence:
    """One occurrence of a maintenance.

    Attributes:
        records: everything announced of it, the oldest first.
        told: who is or was told of it by messages, in the order of entry.
    """

    records: tuple[Announcement, ...]
    told: tuple[Telling, ...] = field(default=())

    @property
    def versions(self) -> tuple[Announcement, ...]:
        """How it was planned, and each change, the oldest first."""
        return tuple(one for one in self.records if one.what in _VERSIONS)

    @property
    def latest(self) -> Announcement:
        """How it was announced last."""
        return self.versions[-1]

    @property
    def window(self) -> Interval:
        """When it takes place, or would have."""
        return self.latest.window

    @property
    def is_cancelled(self) -> bool:
        """Whether it does not take place, or not to its end."""
        return self.latest.what == "cancelled"

    @property
    def took_place(self) -> Interval | None:
        """When it takes or took place: of what was cancelled as it went on, up to then; None for never."""
        if not self.is_cancelled:
            return self.window
        end = min(self.latest.at, self.window.end)
        return Interval(self.window.start, end) if self.window.start < end else None

    def has(self, what: What) -> bool:
        """Whether that is on record."""
        return any(one.what == what for one in self.records)


def occurrences_of(records: Iterable[Announcement], told: Iterable[Telling] = ()) -> list[Occurrence]:
    """Records, by what they are about, the earliest first."""
    by_thread: dict[str, list[Telling]] = {}
    for telling in told:
        by_thread.setdefault(telling.thread, []).append(telling)
    in_order = sorted(records, key=_identity)  # stable: the records of each stay in their order
    return [
        Occurrence(tuple(own), tuple(by_thread.get(own[0].thread, ())))
        for own in (list(group) for _, group in groupby(in_order, key=_identity))
    ]


def known_occurrences(store: Store, since: Instant, *, customer: str | None = None) -> list[Occurrence]:
    """What the store knows of the occurrences that end after an instant.

    Args:
        customer: of whom it was told, only this customer, and whoever is no single customer.
    """
    with store.reading() as connection:
        records = announcements_since(connection, since)
        return occurrences_of(records, tellings(connection, {one.thread for one in records}, customer))


def by_maintenance(occurrences: Iterable[Occurrence]) -> Mapping[str, Sequence[Occurrence]]:
    """The same, by the id of the maintenance."""
    found: dict[str, list[Occurrence]] = {}
    for one in occurrences:
        found.setdefault(one.latest.maintenance, []).append(one)
    return found


def _identity(record: Announcement) -> tuple[str, Instant]:
    return record.maintenance, record.occurrence
