"""Prunes the store by itself: drops what the policies say is not kept any more, a little at a time.

Nothing goes by which anything is judged, decided or told: who was told of what and when, results, incidents, what
happened to tickets, acts of people, announcements and frozen reports are kept for ever.
"""

import threading
from collections.abc import Callable, Iterator
from itertools import islice

import sqlalchemy as sa
import structlog
from attrs import define, field, frozen

from sla_engine.engine.outbox.holding import EPISODE
from sla_engine.engine.outbox.limiting import limit_named
from sla_engine.engine.steadiness import Steadiness
from sla_engine.model.duration import Duration
from sla_engine.model.instant import DAY, HOUR, MINUTE, SECOND, Instant
from sla_engine.policy import PolicySet
from sla_engine.registry.clock import Clock
from sla_engine.store import Store
from sla_engine.store.outbox import drop_level
from sla_engine.store.pruning import Droppable, drop_files, drop_words, old_files, old_levels, old_words

_SETTLES = 10 * MINUTE
_EVERY = HOUR
_BREATH = 0.1
"""Seconds between two batches, in which others write."""
_MESSAGES_AT_ONCE = 200
_LEVELS_AT_ONCE = 500
_LEVELS_KEPT = 2 * DAY
_BYTES_AT_ONCE = 5_000_000

_log = structlog.get_logger("sla_engine.pruning")


@frozen
class Pruned:
    """What went.

    Attributes:
        messages: whose words went.
        files: whose content went.
        levels: of limits, that were whole again.
        bytes: what all of it took.
    """

    messages: int = 0
    files: int = 0
    levels: int = 0
    bytes: int = 0

    def __add__(self, other: "Pruned") -> "Pruned":
        return Pruned(
            self.messages + other.messages,
            self.files + other.files,
            self.levels + other.levels,
            self.bytes + other.bytes,
        )


def prune(policies: PolicySet, store: Store, now: Instant) -> Iterator[Pruned]:
    """Drop what is old; one small transaction after the other, each when it is asked for. Gives what went in each."""
    for batch in (_prune_messages, _prune_files, _prune_levels):
        while True:
            with store.changing() as connection:
                pruned = batch(connection, policies, now)
            if pruned == Pruned():
                break
            yield pruned


def prunable(policies: PolicySet, store: Store, now: Instant) -> Pruned:
    """What would go."""
    keep = policies.engine.keep
    with store.reading() as connection:
        found = [Pruned(messages=1, bytes=one.bytes) for one in old_words(connection, _before(keep.messages, now))]
        if keep.files is not None:
            found += [Pruned(files=1, bytes=one.bytes) for one in old_files(connection, _before(keep.files, now))]
        levels = len(list(_whole_levels(connection, policies, now)))
    return sum(found, start=Pruned(levels=levels))


@define(eq=False)
class Pruner:
    """Looks after one engine's store once an hour; its looks may be broken off anywhere.

    A clock that is wrong for a moment must drop nothing: after a start, and after each step of the clock, it waits for
    ten minutes.

    Attributes:
        policies: gives those that are in force.
        is_over: set when no more is to be pruned.
    """

    policies: Callable[[], PolicySet]
    store: Store
    clock: Clock
    is_over: threading.Event = field(factory=threading.Event)
    _steadiness: Steadiness = field(init=False)
    _quiet_until: float = field(default=float("-inf"), init=False)

    def __attrs_post_init__(self) -> None:
        self._steadiness = Steadiness(self.clock)

    def look(self) -> None:
        """Drop what is old."""
        now = self.clock.now()
        is_steady = self._steadiness.look(now) * SECOND >= _SETTLES
        if not is_steady or self.clock.monotonic() < self._quiet_until:
            return
        whole = Pruned()
        for pruned in prune(self.policies(), self.store, now):
            whole += pruned
            if self.is_over.wait(_BREATH):
                return
        if whole != Pruned():
            _log.info("pruned", messages=whole.messages, files=whole.files, levels=whole.levels, bytes=whole.bytes)
        self._quiet_until = self.clock.monotonic() + _EVERY / SECOND


def _before(kept: Duration, now: Instant) -> Instant:
    return now - kept.microseconds


def _prune_messages(connection: sa.Connection, policies: PolicySet, now: Instant) -> Pruned:
    before = _before(policies.engine.keep.messages, now)
    found = old_words(connection, before, _MESSAGES_AT_ONCE)
    if found:
        drop_words(connection, found)
    return Pruned(messages=len(found), bytes=_together(found))


def _prune_files(connection: sa.Connection, policies: PolicySet, now: Instant) -> Pruned:
    kept = policies.engine.keep.files
    if kept is None:
        return Pruned()
    found: list[Droppable] = []
    for one in old_files(connection, _before(kept, now)):
        found.append(one)
        if _together(found) > _BYTES_AT_ONCE:
            break
    if found:
        drop_files(connection, found)
    return Pruned(files=len(found), bytes=_together(found))


def _prune_levels(connection: sa.Connection, policies: PolicySet, now: Instant) -> Pruned:
    found = list(islice(_whole_levels(connection, policies, now), _LEVELS_AT_ONCE))
    for name in found:
        drop_level(connection, name)
    return Pruned(levels=len(found))


def _whole_levels(connection: sa.Connection, policies: PolicySet, now: Instant) -> Iterator[str]:
    """The levels that say nothing any more: all of their limit is left, or there is no such limit."""
    for name, level in old_levels(connection, now - _LEVELS_KEPT):
        limit = limit_named(name, policies)
        is_whole = limit is None or limit.left(level, now) == limit.most
        if is_whole and not name.startswith(EPISODE):
            yield name


def _together(found: list[Droppable]) -> int:
    return sum(one.bytes for one in found)
