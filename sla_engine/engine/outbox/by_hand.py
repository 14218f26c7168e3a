"""What a person does to what is in the outbox, beside an engine that runs: send again, or not at all. Both are kept."""

import sqlalchemy as sa
from attrs import evolve, frozen

from sla_engine.engine.outbox.settling import GIVE_UP_AFTER
from sla_engine.model.instant import Instant, format_instant
from sla_engine.store import Act, Store
from sla_engine.store.acts import ActKind, add_act
from sla_engine.store.outbox import (
    Entered,
    Outgoing,
    change_message,
    discard_notice,
    hand_on,
    messages_like,
    notice_by_key,
    notices_of,
)

_SHORTEST_KEY = 4


class ByHandError(Exception):
    """That cannot be done; the message says why, and what can."""


@frozen
class By:
    """Who does it, why, and when."""

    who: str
    reason: str
    now: Instant


def find(connection: sa.Connection, key: str) -> Outgoing | Entered:
    """The message or the notice of a key; the first characters of a message's are enough.

    Raises:
        ByHandError: there is none, or several.
    """
    found = messages_like(connection, key) if len(key) >= _SHORTEST_KEY else []
    exact = [one for one in found if one.key == key]
    if len(exact or found) == 1:
        return (exact or found)[0]
    if found:
        raise ByHandError(f"{len(found)} messages have keys that begin with {key}: write more of it")
    notice = notice_by_key(connection, key)
    if notice is None:
        raise ByHandError(f"there is no message {key!r}; `sla notifications` lists them")
    return notice


def send_again(store: Store, key: str, by: By) -> Outgoing:
    """Have a message tried at once, whatever became of it; under the same key.

    Raises:
        ByHandError: it is no message yet, is being sent, or was sent.
    """
    with store.changing() as connection:
        found = find(connection, key)
        if isinstance(found, Entered):
            raise ByHandError(f"{key} is in no message yet; the engine sends it when it is due and nothing holds it")
        if found.state == "sent":
            raise ByHandError(f"{found.key} was sent at {format_instant(found.ended_at or found.at)}")
        if found.state == "sending":
            raise ByHandError(f"{found.key} is being sent")
        if found.is_pruned:
            raise ByHandError(f"{found.key} was settled so long ago that its words are not kept any more")
        again = evolve(
            found, state="pending", tries=0, next_at=by.now, give_up_at=by.now + GIVE_UP_AFTER, ended_at=None
        )
        change_message(connection, again, found.state)
        add_act(connection, _act("resend", found.key, by))
    return again


def discard(store: Store, key: str, by: By) -> str:
    """Have a message or a notice never told, and nobody else told instead; gives its whole key.

    Raises:
        ByHandError: it is being sent, or was told or discarded.
    """
    with store.changing() as connection:
        found = find(connection, key)
        if isinstance(found, Entered):
            if not discard_notice(connection, key):
                raise ByHandError(f"{key} does not wait any more: it is {found.state}")
            add_act(connection, _act("discard", key, by))
            return key
        if found.state in ("sending", "sent"):
            raise ByHandError(f"{found.key} is {'being sent' if found.state == 'sending' else 'sent'} already")
        detail = f"discarded by {by.who}" + (f": {by.reason}" if by.reason else "")
        dropped = evolve(found, state="dead", next_at=None, ended_at=by.now, detail=detail)
        change_message(connection, dropped, found.state)
        hand_on(connection, [one.id for one in notices_of(connection, found.id)])
        add_act(connection, _act("discard", found.key, by))
        return found.key


def _act(kind: ActKind, key: str, by: By) -> Act:
    return Act(by.now, by.who, kind, {"message": key}, by.reason)
