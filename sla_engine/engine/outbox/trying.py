"""What is written down before and after each try, so that an engine that was killed knows what may have gone out."""

from collections.abc import Mapping

import sqlalchemy as sa
from attrs import evolve

from sla_engine.engine.escalation.reaching import reach
from sla_engine.engine.outbox.limiting import spending_of, take
from sla_engine.engine.outbox.settling import BROKEN_OFF, given_up, on_uncertain, settled
from sla_engine.model.instant import Instant
from sla_engine.plugin import Delivery
from sla_engine.policy import PolicySet
from sla_engine.store.outbox import Outgoing, change_message, due_messages, message_numbered, messages_in

AT_ONCE = 4
"""Messages that one notifier sends at once."""


def take_stock(connection: sa.Connection, policies: PolicySet, now: Instant) -> None:
    """At the start: what was being sent when the last engine ended may have gone out."""
    for outgoing in messages_in(connection, ("sending",)):
        notifier = policies.notifiers.get(outgoing.lane.notifier)
        found = settled(outgoing, BROKEN_OFF, now, on_uncertain(notifier, outgoing.message))
        at_once = evolve(found, next_at=now) if found.state == "pending" else found
        change_message(connection, at_once, "sending")


def begin(connection: sa.Connection, policies: PolicySet, busy: Mapping[str, int], now: Instant) -> list[Outgoing]:
    """Mark what is tried now, as far as each notifier has room for it.

    Args:
        busy: how many messages each notifier is sending.
    """
    room = {name: AT_ONCE - count for name, count in busy.items()}
    begun = []
    for number, name in due_messages(connection, now):  # of thousands only those are read that are begun
        if room.setdefault(name, AT_ONCE) <= 0:
            continue
        notifier = policies.notifiers.get(name)
        if notifier is None:
            why = f"notifier {name!r} is not in the policies any more"
            change_message(connection, given_up(message_numbered(connection, number), why, now), "pending")
            continue
        if not is_open(name, policies, now):
            room[name] = 0  # for all of its messages
            continue
        outgoing = message_numbered(connection, number)
        spending = spending_of(notifier)
        if spending is not None and outgoing.may_be_out:
            take(connection, spending, outgoing.cost, now)  # what may have gone out may have to be paid twice
        trying = evolve(outgoing, state="sending", tries=outgoing.tries + 1, started_at=now, next_at=None)
        if change_message(connection, trying, "pending"):
            room[name] -= 1
            begun.append(trying)
    return begun


def is_open(notifier: str, policies: PolicySet, now: Instant) -> bool:
    """Whether the notifier's calendar is open; outside of it messages wait."""
    reached = reach(notifier, now, (), policies)
    return reached is not None and reached.at <= now


def record(
    connection: sa.Connection, policies: PolicySet, outgoing: Outgoing, delivery: Delivery, now: Instant
) -> None:
    """Write down what came of a try."""
    notifier = policies.notifiers.get(outgoing.lane.notifier)
    found = settled(outgoing, delivery, now, on_uncertain(notifier, outgoing.message))
    change_message(connection, found, "sending")
