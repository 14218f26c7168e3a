"""Limits: so much at once, and so much again in a length of time (a token bucket), kept over a restart.

A limit holds; it never drops. What it holds is told together with the first message that it lets through, which is at
most as much later as that message takes to be earned.
"""

from collections.abc import Iterable, Iterator

import sqlalchemy as sa
from attrs import frozen

from sla_engine.model.duration import Duration
from sla_engine.model.instant import Instant
from sla_engine.model.money import Money
from sla_engine.policy.documents import LimitTable
from sla_engine.policy.policies import Notifier, PolicySet
from sla_engine.store.outbox import Lane, Level, level_of, set_level

MILLION = 1_000_000
"""Levels, and what messages cost, are in millionths of a message or of a currency's unit."""


@frozen
class Limit:
    """A limit upon messages.

    Attributes:
        name: of what is left of it.
        most: that can be taken at once, and comes back in ``every``, in millionths.
        every: microseconds.
        shown: the limit for people, whatever their language.
    """

    name: str
    most: int
    every: int
    shown: str

    def left(self, level: Level | None, now: Instant) -> int:
        """What is left; all of it where nothing was taken yet."""
        if level is None:
            return self.most
        regained = self.most * max(0, now - level.at) // self.every
        return min(self.most, level.level + regained)

    def allows(self, cost: int, left: int) -> bool:
        """Whether what is left is enough; what costs more than there can ever be takes all."""
        return left >= min(cost, self.most)


def limits_of(lane: Lane, policies: PolicySet) -> Iterator[Limit]:
    """The limits that count the messages of a lane."""
    notifier = policies.notifiers[lane.notifier]
    if (limit := notifier.table.limit) is not None:
        yield _counting(f"messages/{notifier.id}", limit, notifier.id)
    if (limit := policies.engine.limits.recipient) is not None:
        whom = f"{notifier.id} {lane.recipient}".rstrip()
        yield _counting(f"recipient/{notifier.id}/{lane.recipient}", limit, whom)


def limit_of_customer(customer: str | None, policies: PolicySet) -> Limit | None:
    """The limit upon messages about a customer, or None."""
    limit = policies.engine.limits.customer
    return None if customer is None or limit is None else _counting(f"customer/{customer}", limit, customer)


def spending_of(notifier: Notifier) -> Limit | None:
    """The limit upon what a notifier spends, or None."""
    spend = notifier.table.spend
    if spend is None:
        return None
    shown = _shown(notifier.id, spend.at_most, spend.every)
    return Limit(f"money/{notifier.id}", millionths(spend.at_most), spend.every.microseconds, shown)


def limit_named(name: str, policies: PolicySet) -> Limit | None:
    """The limit of which a level is kept under that name, or None where there is no such limit any more."""
    kind, _, whom = name.partition("/")
    if kind == "customer":
        return limit_of_customer(whom, policies)
    notifier, _, recipient = whom.partition("/")
    if notifier not in policies.notifiers:
        return None
    known = (*limits_of(Lane(notifier, recipient, ""), policies), spending_of(policies.notifiers[notifier]))
    return next((limit for limit in known if limit is not None and limit.name == name), None)


def millionths(sum_: Money) -> int:
    """A sum in millionths of its currency's unit; policies write at most six decimals."""
    return int(sum_.amount * MILLION)


def is_allowed(connection: sa.Connection, limit: Limit, cost: int, now: Instant) -> bool:
    """Whether a limit lets a message through that costs so much."""
    level = level_of(connection, limit.name)
    if level is not None and level.at > now:  # the clock was ahead, and what is left must not wait for it
        level = Level(level.level, now)
        set_level(connection, limit.name, level)
    return limit.allows(cost, limit.left(level, now))


def take(connection: sa.Connection, limit: Limit, cost: int, now: Instant) -> None:
    """Take from what is left, even where that is less."""
    if cost:
        left = limit.left(level_of(connection, limit.name), now)
        set_level(connection, limit.name, Level(left - cost, now))


def refusing(connection: sa.Connection, limits: Iterable[Limit], now: Instant) -> Limit | None:
    """The first of some limits that lets no message through, or None."""
    return next((limit for limit in limits if not is_allowed(connection, limit, MILLION, now)), None)


def _counting(name: str, limit: LimitTable, of_what: str) -> Limit:
    shown = _shown(of_what, limit.messages, limit.every)
    return Limit(name, limit.messages * MILLION, limit.every.microseconds, shown)


def _shown(of_what: str, most: object, every: Duration) -> str:
    """A limit in a form that is the same in every language."""
    return f"{of_what}, {most} / {every}"
