"""The outbox: who is to be told of what, and the messages that tell it, so that nothing is ever missed."""

from sla_engine.store.outbox.buckets import Level, drop_level, level_of, levels_like, set_level
from sla_engine.store.outbox.lanes import Lane
from sla_engine.store.outbox.messages import (
    MessageState,
    Outgoing,
    add_message,
    change_message,
    due_messages,
    last_message_at,
    message_by_key,
    messages_in,
    under_way,
)
from sla_engine.store.outbox.notices import (
    Entered,
    Notice,
    NoticeState,
    WaitingLane,
    add_notices,
    change_notices,
    discard_notice,
    due_in,
    lanes_due,
    notice_by_key,
    notices_in,
    notices_of,
)
from sla_engine.store.outbox.standing import Standing, standing
from sla_engine.store.outbox.telling import INSTEAD, failing_notices, hand_on, reference_of, told_by, was_told_of

__all__ = [
    "INSTEAD",
    "Entered",
    "Lane",
    "Level",
    "MessageState",
    "Notice",
    "NoticeState",
    "Outgoing",
    "Standing",
    "WaitingLane",
    "add_message",
    "add_notices",
    "change_message",
    "change_notices",
    "discard_notice",
    "drop_level",
    "due_in",
    "due_messages",
    "failing_notices",
    "hand_on",
    "lanes_due",
    "last_message_at",
    "level_of",
    "levels_like",
    "message_by_key",
    "messages_in",
    "notice_by_key",
    "notices_in",
    "notices_of",
    "reference_of",
    "set_level",
    "standing",
    "told_by",
    "under_way",
    "was_told_of",
]
