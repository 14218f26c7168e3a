"""Who is told instead where a notifier keeps failing: the next of its step, while it goes on being tried itself.

A notifier keeps failing when a message was tried five times in vain, or a quarter of an hour went by, or there is
nothing left to try. Whoever was told instead stands on record, and so is told of the end as everybody is.
"""

from collections.abc import Iterator, Set

import sqlalchemy as sa
from attrs import define, field

from sla_engine.engine.escalation.reaching import reach
from sla_engine.engine.escalation.recipients import recipients
from sla_engine.model.instant import MINUTE, Instant
from sla_engine.policy import PolicySet
from sla_engine.store.outbox import (
    INSTEAD,
    Notice,
    add_notices,
    failing_notices,
    hand_on,
    told_by,
)

AFTER = 15 * MINUTE
"""For how long a notice may be due before the next notifier is told."""
AFTER_TRIES = 5
"""How many tries may fail before the next notifier is told."""


def is_failing(connection: sa.Connection, now: Instant) -> bool:
    """Whether there is anything that the next notifier should tell."""
    return bool(failing_notices(connection, due_before=now - AFTER, tries=AFTER_TRIES))


def hand_on_failing(connection: sa.Connection, policies: PolicySet, now: Instant) -> None:
    """Enter a notice for the next notifier of what keeps failing."""
    failing = failing_notices(connection, due_before=now - AFTER, tries=AFTER_TRIES)
    told = _Told(connection, {one.notice.thread for one in failing})
    add_notices(connection, [new for one in failing for new in _instead_of(one.notice, told, policies, now)])
    hand_on(connection, [one.id for one in failing])


@define
class _Told:
    """Who is told of some threads anyway; looked up once for each notifier."""

    connection: sa.Connection
    threads: Set[str]
    _known: dict[str, dict[tuple[str, str], Instant]] = field(factory=dict, init=False)

    def is_told(self, notice: Notice, notifier: str) -> bool:
        """Whether a notifier tells the same by itself, since the notice was entered; from now on it does."""
        if notifier not in self._known:
            self._known[notifier] = told_by(self.connection, notifier, self.threads)
        same = notice.thread, notice.about
        was_told = self._known[notifier].get(same, notice.at - 1) >= notice.at
        self._known[notifier][same] = max(notice.at, self._known[notifier].get(same, notice.at))
        return was_told


def _instead_of(notice: Notice, told: _Told, policies: PolicySet, now: Instant) -> Iterator[Notice]:
    """The notices for the next notifier that can be reached and does not tell the same anyway."""
    for place, name in enumerate(notice.next_notifiers, start=1):
        notifier = policies.notifiers.get(name)
        reached = None if notifier is None else reach(name, now, (), policies)
        if notifier is None or reached is None or told.is_told(notice, name):
            continue
        for recipient in recipients(name, policies):
            yield Notice(
                key=f"{notice.key}{INSTEAD}{name}/{recipient}",
                at=now,
                due_at=reached.at,
                notifier=name,
                thread=notice.thread,
                about=notice.about,
                facts=notice.facts,
                recipient=recipient,
                severity=notice.severity,
                customer=notice.customer,
                language=notifier.table.language,
                next_notifiers=notice.next_notifiers[place:],
            )
        return
