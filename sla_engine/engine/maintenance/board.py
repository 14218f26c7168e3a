"""What everybody may see of maintenance: the banner, the feeds and the status page all show this.

Only what is announced ``in-app``, and is for all customers, is on it, and of what it touches only the services that are
everybody's.
"""

from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias
from uuid import UUID, uuid5

from attrs import frozen

from sla_engine.engine.maintenance.audience import for_everybody, is_shown_to_all
from sla_engine.engine.maintenance.occurrences import Occurrence, occurrences_of
from sla_engine.model.instant import DAY, Instant
from sla_engine.model.interval import Interval
from sla_engine.model.text import Text, plain
from sla_engine.model.visible import one_line, visible_lines
from sla_engine.policy import PolicySet
from sla_engine.store import Store
from sla_engine.store.announcements import announcements_since

State: TypeAlias = Literal["planned", "in_progress", "cancelled", "over"]

KEPT = 90 * DAY
"""How long what is over, or was cancelled, stays in the feeds."""
_IDENTITIES = UUID("3c1d7a52-5a0e-4b3c-8d57-0a5f3a4f1d6b")
_LONGEST_LINE, _LONGEST_TEXT = 200, 4000


@frozen
class ShownService:
    """A service as customers know it."""

    id: str
    title: Text


@frozen
class Shown:
    """One occurrence of a maintenance, with texts fit to be shown.

    Attributes:
        uid: a UUID that stays whatever is changed, and is no other installation's.
        maintenance: its id.
        sequence: how often it was changed, as in RFC 5545.
        was: the window that it had before it was moved last, or None.
        message: what there is to say besides the title, or None.
        announced_at: when it was put on the board.
        changed_at: when anything of it changed last.
        is_current: whether it is to come, goes on, or would have.
    """

    uid: str
    maintenance: str
    sequence: int
    state: State
    window: Interval
    was: Interval | None
    services: tuple[ShownService, ...]
    title: Text
    message: Text | None
    announced_at: Instant
    changed_at: Instant
    is_current: bool


@frozen
class Board:
    """What everybody may see, by the time of its start."""

    entries: tuple[Shown, ...]

    def current(self, services: frozenset[str] = frozenset()) -> tuple[Shown, ...]:
        """What is to come, goes on, or would have.

        Args:
            services: only what touches one of these; none for all.
        """
        return tuple(one for one in self.about(services) if one.is_current)

    def about(self, services: frozenset[str]) -> tuple[Shown, ...]:
        """What touches one of some services; none for all."""
        if not services:
            return self.entries
        return tuple(one for one in self.entries if services.intersection(service.id for service in one.services))


def board(policies: PolicySet, store: Store, now: Instant) -> Board:
    """What everybody may see now."""
    with store.reading() as connection:
        return board_of(policies, occurrences_of(announcements_since(connection, now - KEPT)), now)


def board_of(policies: PolicySet, occurrences: Iterable[Occurrence], now: Instant) -> Board:
    """The same, of occurrences on record."""
    shown = [
        _shown(policies, one, now) for one in occurrences if is_shown_to_all(one.latest) and one.window.end > now - KEPT
    ]
    return Board(tuple(sorted(shown, key=lambda one: (one.window, one.uid))))


def _shown(policies: PolicySet, occurrence: Occurrence, now: Instant) -> Shown:
    latest, first = occurrence.latest, occurrence.records[0]
    moved = [one.window for one in occurrence.versions if one.window != latest.window]
    title = latest.title or latest.message or {"": latest.maintenance}
    return Shown(
        uid=str(uuid5(_IDENTITIES, f"{first.thread} {first.at}")),
        maintenance=latest.maintenance,
        sequence=latest.sequence,
        state=_state(occurrence, now),
        window=latest.window,
        was=moved[-1] if moved else None,
        services=tuple(_service(policies, name) for name in for_everybody(latest.services)),
        title=Text({code: one_line(text, _LONGEST_LINE) for code, text in title.items()}),
        message=_text(latest.message) if latest.title else None,
        announced_at=first.at,
        changed_at=max(one.at for one in occurrence.records if one.what != "reminder"),
        is_current=latest.window.end > now,
    )


def _state(occurrence: Occurrence, now: Instant) -> State:
    start, end = occurrence.window
    if occurrence.is_cancelled:
        return "cancelled"
    if end <= now:
        return "over"
    return "planned" if now < start else "in_progress"


def _text(translations: Mapping[str, str] | None) -> Text | None:
    if translations is None:
        return None
    return Text({code: visible_lines(text, _LONGEST_TEXT) for code, text in translations.items()})


def _service(policies: PolicySet, name: str) -> ShownService:
    title = policies.services[name].title if name in policies.services else plain(name)
    return ShownService(name, Text({code: one_line(text, _LONGEST_LINE) for code, text in title.translations.items()}))
