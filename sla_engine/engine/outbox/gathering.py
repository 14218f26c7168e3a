"""From notices that are due to messages: one transaction, in which each lane gets at most one.

The first notice in a quiet lane becomes a message at once; what follows within the notifier's ``gather`` is told
together at its end. A lane is busy with one message at a time, so that a recovery never overtakes its outage; a message
that surely never went out takes up what has come since, and is told as things are now. Notifiers that keep threads
apart are told of one at a time, and nothing is gathered for them.
"""

from collections.abc import Sequence

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
from sla_engine.engine.outbox.writing import write
from sla_engine.model.instant import Instant
from sla_engine.plugin import Message
from sla_engine.policy.policies import Notifier, PolicySet
from sla_engine.registry.notifying import keeps_apart, parts_of
from sla_engine.store.outbox import (
    Entered,
    Lane,
    Outgoing,
    WaitingLane,
    add_message,
    change_message,
    change_notices,
    due_in,
    lanes_due,
    last_message_at,
    notices_of,
    reference_of,
    under_way,
    was_told_of,
)


def gather(connection: sa.Connection, policies: PolicySet, now: Instant) -> int:
    """Make messages of what is due; gives how many notices are held by limits."""
    end_episodes(connection, now)
    hand_on_failing(connection, policies, now)
    busy = under_way(connection)
    return sum(
        _Gathering(connection, policies, now, waiting.lane).look(waiting, busy.get(waiting.lane))
        for waiting in lanes_due(connection, now)
    )


@frozen
class _Gathering:
    """The look at one lane."""

    connection: sa.Connection
    policies: PolicySet
    now: Instant
    lane: Lane

    def look(self, waiting: WaitingLane, busy_with: Outgoing | None) -> int:
        """Write the lane's next message, where it is time for one; gives how many notices are held."""
        notifier = self.policies.notifiers.get(self.lane.notifier)
        if busy_with is not None:
            if notifier is not None and _never_went_out(busy_with) and _is_due(busy_with, self.now):
                self._write_anew(busy_with, notifier)
            return 0
        due = due_in(self.connection, self.lane, self.now)
        if notifier is None:
            self._write_off(due)
            return 0
        if self.now < self._ready_at(waiting, notifier):
            return 0
        return self._write_unless_held(due, notifier)

    def _ready_at(self, waiting: WaitingLane, notifier: Notifier) -> Instant:
        if keeps_apart(notifier.settings, notifier.via):
            return waiting.due_at
        last_at = last_message_at(self.connection, self.lane)
        if last_at is None or last_at > self.now:  # a message from the future: the clock was ahead
            return waiting.due_at
        return max(waiting.due_at, last_at + notifier.table.gather.microseconds)

    def _write_unless_held(self, due: Sequence[Entered], notifier: Notifier) -> int:
        allowed = self._without_held_customers(due)
        held = len(due) - len(allowed)
        if not allowed:
            return held
        limits, spending = list(limits_of(self.lane, self.policies)), spending_of(notifier)
        price = 0 if notifier.table.price is None else millionths(notifier.table.price)
        limit = refusing(self.connection, limits, self.now)
        if limit is None and spending is not None and not is_allowed(self.connection, spending, price, self.now):
            limit = spending  # not even one part can be paid
        if limit is not None:
            return held + self._hold(limit, allowed)
        told = _told_together(allowed, allowed[0], notifier)
        found = current(told)
        message = self._message(found)
        cost = price and price * parts_of(notifier.settings, notifier.via, message)
        if spending is not None and not is_allowed(self.connection, spending, cost, self.now):
            return held + self._hold(spending, allowed)
        self._take(limits, spending, cost, told)
        outgoing = self._new(message, cost)
        self._enter(add_message(self.connection, outgoing), found)
        return held

    def _without_held_customers(self, due: Sequence[Entered]) -> Sequence[Entered]:
        """What concerns no customer about whom there were too many messages already."""
        told = list(due)
        for customer in sorted({one.notice.customer for one in due if one.notice.customer is not None}):
            limit = limit_of_customer(customer, self.policies)
            if limit is not None and not is_allowed(self.connection, limit, MILLION, self.now):
                self._hold(limit, [one for one in due if one.notice.customer == customer])
                told = [one for one in told if one.notice.customer != customer]
        return told

    def _hold(self, limit: Limit, held: Sequence[Entered]) -> int:
        note_held(self.connection, limit, self.lane, held, self.policies, self.now)
        return len(held)

    def _take(self, limits: Sequence[Limit], spending: Limit | None, cost: int, told: Sequence[Entered]) -> None:
        customers = {one.notice.customer for one in told}
        concerned = [limit_of_customer(customer, self.policies) for customer in customers]
        for limit in [*limits, *(limit for limit in concerned if limit is not None)]:
            take(self.connection, limit, MILLION, self.now)
        if spending is not None:
            take(self.connection, spending, cost, self.now)

    def _write_anew(self, busy_with: Outgoing, notifier: Notifier) -> None:
        """Tell what has come since with a message that failed so far; it has passed the limits already."""
        before = notices_of(self.connection, busy_with.id)
        since = due_in(self.connection, self.lane, self.now)
        found = current([*before, *_told_together(since, before[0], notifier)])
        message = self._message(found)
        price = 0 if notifier.table.price is None else millionths(notifier.table.price)
        cost = price and price * parts_of(notifier.settings, notifier.via, message)
        if (spending := spending_of(notifier)) is not None:
            take(self.connection, spending, cost - busy_with.cost, self.now)
        anew = self._new(message, cost)
        anew = evolve(anew, id=busy_with.id, tries=busy_with.tries, detail=busy_with.detail)
        if change_message(self.connection, anew, "pending"):
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


def _told_together(due: Sequence[Entered], first: Entered, notifier: Notifier) -> Sequence[Entered]:
    """What one message tells of: all that is due, or only what the first one is about."""
    if not keeps_apart(notifier.settings, notifier.via):
        return due
    return [one for one in due if one.notice.thread == first.notice.thread]


def _never_went_out(outgoing: Outgoing) -> bool:
    """Whether it was tried and surely reached nobody; one that a person sends again goes out as it is first."""
    return outgoing.state == "pending" and outgoing.tries > 0 and not outgoing.may_be_out


def _is_due(outgoing: Outgoing, now: Instant) -> bool:
    return outgoing.next_at is not None and outgoing.next_at <= now
