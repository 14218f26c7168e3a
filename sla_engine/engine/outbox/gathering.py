"""From notices that are due to messages: each lane gets at most one at a time, in one transaction with its notices.

The first notice in a quiet lane becomes a message at once; what follows within the notifier's ``gather`` is told
together at its end. A lane is busy with one message at a time, so that a recovery never overtakes its outage; a message
that surely never went out takes up what has come since, and is told as things are now. Each ticket is
told of by itself. Notifiers that keep threads apart are told of one at a time, and nothing is gathered for them.
"""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import sqlalchemy as sa
from attrs import evolve, frozen

from sla_engine.engine.outbox.handing_on import hand_on_failing
from sla_engine.engine.outbox.holding import end_episodes, note_held
from sla_engine.engine.outbox.limiting import (
    MILLION,
    Limit,
    is_allowed,
    limit_of_customer,
    limits_of,
    millionths,
    refusing,
    spending_of,
    take,
)
from sla_engine.engine.outbox.settling import GIVE_UP_AFTER, given_up
from sla_engine.engine.outbox.superseding import Current, current
from sla_engine.engine.outbox.trying import is_open
from sla_engine.engine.outbox.writing import write
from sla_engine.model.instant import Instant
from sla_engine.plugin import Message
from sla_engine.policy.policies import Notifier, PolicySet
from sla_engine.registry.notifying import keeps_apart, parts_of
from sla_engine.store.outbox import (
    Entered,
    Lane,
    Outgoing,
    UnderWay,
    WaitingLane,
    add_message,
    change_notices,
    due_in,
    lanes_due,
    last_message_at,
    notices_of,
    reference_of,
    rewrite_message,
    under_way,
    was_told_of,
)

Found: TypeAlias = tuple[WaitingLane, UnderWay | None]
"""A lane in which notices are due, and the message that it is busy with."""


def find_due(connection: sa.Connection, policies: PolicySet, now: Instant) -> list[Found]:
    """The lanes to gather, once whoever is told instead of those who cannot be reached has been entered."""
    end_episodes(connection, now)
    hand_on_failing(connection, policies, now)
    waiting = lanes_due(connection, now)
    busy = under_way(connection) if waiting else {}
    return [(one, busy.get(one.lane)) for one in waiting]


def gather(connection: sa.Connection, policies: PolicySet, now: Instant, due: Iterable[Found]) -> int:
    """Make messages of what is due in some lanes; gives how many notices are held by limits."""
    return sum(_Gathering(connection, policies, now, waiting.lane).look(waiting, busy) for waiting, busy in due)


@frozen
class _Gathering:
    """The look at one lane."""

    connection: sa.Connection
    policies: PolicySet
    now: Instant
    lane: Lane

    def look(self, waiting: WaitingLane, busy_with: UnderWay | None) -> int:
        """Write the lane's next message, where it is time for one; gives how many notices are held."""
        notifier = self.policies.notifiers.get(self.lane.notifier)
        if busy_with is not None:
            if notifier is not None and _never_went_out(busy_with) and _is_due(busy_with, self.now):
                self._write_anew(busy_with, notifier)
            return 0
        if notifier is None:
            self._write_off(due_in(self.connection, self.lane, self.now))
            return 0
        if self.now < self._ready_at(waiting, notifier) or not is_open(notifier.id, self.policies, self.now):
            return 0
        if (limit := self._refusing(notifier)) is not None:
            return self._hold(limit, waiting)
        return self._write_what_is_allowed(waiting, notifier)

    def _ready_at(self, waiting: WaitingLane, notifier: Notifier) -> Instant:
        if keeps_apart(notifier.settings, notifier.via):
            return waiting.due_at
        last_at = last_message_at(self.connection, self.lane)
        if last_at is None or last_at > self.now:  # a message from the future: the clock was ahead
            return waiting.due_at
        return max(waiting.due_at, last_at + notifier.table.gather.microseconds)

    def _refusing(self, notifier: Notifier) -> Limit | None:
        """The limit that holds whatever the lane has to tell, or None; asked before any of it is read."""
        spending = spending_of(notifier)
        if spending is not None and not is_allowed(self.connection, spending, _price(notifier), self.now):
            return spending  # not even one part can be paid
        return refusing(self.connection, limits_of(self.lane, self.policies), self.now)

    def _write_what_is_allowed(self, waiting: WaitingLane, notifier: Notifier) -> int:
        due = due_in(self.connection, self.lane, self.now)
        allowed = self._without_held_customers(due)
        held = len(due) - len(allowed)
        if not allowed:
            return held
        told = _told_together(allowed, allowed[0], notifier)
        found = current(told)
        message = self._message(found)
        cost, spending = _cost(notifier, message), spending_of(notifier)
        if spending is not None and not is_allowed(self.connection, spending, cost, self.now):
            return self._hold(spending, waiting)
        self._take(notifier, cost, told)
        self._enter(add_message(self.connection, self._new(message, cost)), found)
        return held

    def _without_held_customers(self, due: Sequence[Entered]) -> Sequence[Entered]:
        """What concerns no customer about whom there were too many messages already."""
        allowed = list(due)
        for customer in sorted({one.notice.customer for one in due if one.notice.customer is not None}):
            limit = limit_of_customer(customer, self.policies)
            if limit is not None and not is_allowed(self.connection, limit, MILLION, self.now):
                held = [one for one in due if one.notice.customer == customer]
                self._hold(limit, WaitingLane(self.lane, len(held), held[0].notice.due_at))
                allowed = [one for one in allowed if one.notice.customer != customer]
        return allowed

    def _hold(self, limit: Limit, held: WaitingLane) -> int:
        note_held(self.connection, limit, held, self.policies, self.now)
        return held.count

    def _take(self, notifier: Notifier, cost: int, told: Sequence[Entered]) -> None:
        """Take a message from every limit that counts it."""
        customers = {one.notice.customer for one in told}
        concerned = [limit_of_customer(customer, self.policies) for customer in customers]
        counting = [*limits_of(self.lane, self.policies), *(limit for limit in concerned if limit is not None)]
        for limit in counting:
            take(self.connection, limit, MILLION, self.now)
        if (spending := spending_of(notifier)) is not None:
            take(self.connection, spending, cost, self.now)

    def _write_anew(self, busy_with: UnderWay, notifier: Notifier) -> None:
        """Tell what has come since with a message that failed so far; it has passed the limits already."""
        before = notices_of(self.connection, busy_with.id)
        since = due_in(self.connection, self.lane, self.now)
        found = current([*before, *_told_together(since, before[0], notifier)])
        message = self._message(found)
        cost = _cost(notifier, message)
        if (spending := spending_of(notifier)) is not None:
            take(self.connection, spending, cost - busy_with.cost, self.now)
        anew = self._new(message, cost)
        anew = evolve(anew, id=busy_with.id, tries=busy_with.tries, detail=busy_with.detail)
        if rewrite_message(self.connection, anew, "pending"):
            self._enter(busy_with.id, found)

    def _write_off(self, due: Sequence[Entered]) -> None:
        """What no notifier of the policies can tell is kept as a message that nobody sends."""
        found = current(due)
        why = f"notifier {self.lane.notifier!r} is not in the policies any more"
        outgoing = given_up(self._new(self._message(found), 0), why, self.now)
        self._enter(add_message(self.connection, outgoing), found)

    def _new(self, message: Message, cost: int) -> Outgoing:
        give_up_at = self.now + GIVE_UP_AFTER
        return Outgoing(self.lane, message, self.now, give_up_at, cost=cost, next_at=self.now)

    def _enter(self, number: int, found: Current) -> None:
        change_notices(self.connection, [one.id for one in found.told], "told", number)
        change_notices(self.connection, [one.id for one in found.overtaken], "superseded", number)

    def _message(self, found: Current) -> Message:
        notices = [one.notice for one in found.told]
        thread, *others = {notice.thread for notice in notices}
        if others:  # of many things at once, each message is taken for the first of its kind
            return write(self.lane, notices, self.policies, was_told=False)
        was_told = was_told_of(self.connection, thread, self.lane)
        message = write(self.lane, notices, self.policies, was_told=was_told)
        return evolve(message, reference=reference_of(self.connection, thread, self.lane))


def _price(notifier: Notifier) -> int:
    return 0 if notifier.table.price is None else millionths(notifier.table.price)


def _cost(notifier: Notifier, message: Message) -> int:
    price = _price(notifier)
    return price and price * parts_of(notifier.settings, notifier.via, message)


def _told_together(due: Sequence[Entered], first: Entered, notifier: Notifier) -> Sequence[Entered]:
    """What one message tells of: all that is due, or only what the first one is about."""
    if keeps_apart(notifier.settings, notifier.via) or first.notice.is_of_a_ticket:
        return [one for one in due if one.notice.thread == first.notice.thread]
    return [one for one in due if not one.notice.is_of_a_ticket]


def _never_went_out(outgoing: UnderWay) -> bool:
    """Whether it was tried and surely reached nobody; one that a person sends again goes out as it is first."""
    return outgoing.state == "pending" and outgoing.tries > 0 and not outgoing.may_be_out


def _is_due(outgoing: UnderWay, now: Instant) -> bool:
    return outgoing.next_at is not None and outgoing.next_at <= now
