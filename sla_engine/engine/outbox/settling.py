"""What becomes of a message after a try: it is sent, tried again later, waits for a person, or is given up.

Every try carries the same key. Between tries the wait doubles up to five minutes, less a part of up to a half that
depends on the key, so that many messages do not come back at one moment; a remote side that asks for a longer wait gets
it. After a day nothing is tried any more.
"""

import hashlib
from typing import Literal, TypeAlias

from attrs import evolve

from sla_engine.model.instant import DAY, MINUTE, SECOND, Instant
from sla_engine.plugin import Delivery, Message
from sla_engine.policy.policies import Notifier
from sla_engine.store.outbox import Outgoing

FIRST_WAIT = 5 * SECOND
LONGEST_WAIT = 5 * MINUTE
GIVE_UP_AFTER = DAY
"""For how long a message is tried."""

_OF_CUSTOMERS = ("ticket/", "desk/", "clock/", "maintenance/")
"""How the threads begin of what customers are told, and of what the desk is told that customers ask and wait for."""

OnUncertain: TypeAlias = Literal["resend", "hold"]

BROKEN_OFF = Delivery(sent=False, certain=False, detail="the engine ended during the try")
"""What is known of a message that was being sent when the engine was killed."""


def settled(outgoing: Outgoing, delivery: Delivery, now: Instant, on_uncertain: OnUncertain) -> Outgoing:
    """The message after a try that ended now."""
    tried = evolve(
        outgoing,
        detail=delivery.detail,
        reference=delivery.reference or outgoing.reference,
        may_be_out=outgoing.may_be_out or not delivery.certain,
        next_at=None,
    )
    if delivery.sent:
        return evolve(tried, state="sent", may_be_out=True, ended_at=now)
    if not delivery.certain and on_uncertain == "hold":
        return evolve(tried, state="uncertain", ended_at=now)
    if delivery.is_final or now >= outgoing.give_up_at:
        return given_up(tried, delivery.detail, now)
    wait = max(wait_after(outgoing.key, outgoing.tries), round((delivery.retry_after or 0) * SECOND))
    return evolve(tried, state="pending", next_at=min(now + wait, outgoing.give_up_at))


def given_up(outgoing: Outgoing, why: str, now: Instant) -> Outgoing:
    """The message when no further try is made; whether it went out may still not be known."""
    state: Literal["uncertain", "dead"] = "uncertain" if outgoing.may_be_out else "dead"
    return evolve(outgoing, state=state, detail=why, next_at=None, ended_at=now)


def wait_after(key: str, tries: int) -> int:
    """Microseconds until the next try."""
    longest = min(LONGEST_WAIT, FIRST_WAIT << min(max(tries - 1, 0), 16))
    digest = hashlib.sha256(f"{key}/{tries}".encode()).digest()
    return longest - longest // 2 * digest[0] // 256


def on_uncertain(notifier: Notifier | None, message: Message) -> OnUncertain:
    """What is done where the answer of a try is lost.

    By default what matters is sent again, and what customers are told or ask, as they would wait in vain for a person
    to decide it.
    """
    if notifier is not None and notifier.table.on_uncertain is not None:
        return notifier.table.on_uncertain
    is_of_customers = (message.thread or "").startswith(_OF_CUSTOMERS)
    return "resend" if message.severity in ("critical", "major") or is_of_customers else "hold"
