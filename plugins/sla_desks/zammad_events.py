"""What happened to a ticket of Zammad, from the ticket, its articles and its history.

An agent's article that is not internal, and is sent to the customer (any type but a note), is an answer, as for
Zammad's own SLAs. The clocks pause in the states in which Zammad's own do.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from sla_desks.asking import UnreadableError
from sla_desks.reading import State, number_in, text_in
from sla_desks.states import Course
from sla_engine.plugin import SourceEvent

STATES: Mapping[str, State] = MappingProxyType(
    {
        "new": "open",
        "open": "open",
        "pending reminder": "waiting",
        "pending close": "waiting",
        "closed": "resolved",
        "merged": "resolved",
        "removed": "resolved",
    }
)
"""What the states mean that Zammad has by itself."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_Record = Mapping[str, Any]


def events_of(
    ticket: _Record, articles: Sequence[_Record], history: Sequence[_Record], states: Mapping[str, State]
) -> Sequence[SourceEvent]:
    """Everything that happened to a ticket.

    Args:
        states: what Zammad's states mean; any other is open.

    Raises:
        UnreadableError: a record is not as Zammad documents it.
    """
    number = text_in(ticket, "number")
    changes = sorted((one for one in history if one.get("object") == "Ticket"), key=lambda one: number_in(one, "id"))
    groups = [one for one in changes if one.get("attribute") == "group"]
    first = groups[0].get("value_from") if groups else ticket.get("group")
    opened = SourceEvent(number, "opened", _instant(ticket, "created_at"), "opened", _name(first))
    return [
        opened,
        _described(number, ticket),
        *_answers(number, articles),
        *_moves(number, _name(first), changes, states),
    ]


def _described(number: str, ticket: _Record) -> SourceEvent:
    stamp, customer = text_in(ticket, "updated_at"), _name(ticket.get("customer"))
    return SourceEvent(
        ticket=number,
        act="described",
        at=_instant(ticket, "updated_at"),
        key=f"described/{stamp}",
        customer=_name(ticket.get("organization")) or customer,
        sender=customer if customer is not None and "@" in customer else None,
        subject=_name(ticket.get("title")),
    )


def _answers(number: str, articles: Sequence[_Record]) -> Iterator[SourceEvent]:
    for one in articles:
        if one.get("sender") == "Agent" and one.get("internal") is not True and one.get("type") != "note":
            key = f"article/{number_in(one, 'id')}"
            yield SourceEvent(number, "answered", _instant(one, "created_at"), key)


def _moves(
    number: str, group: str | None, changes: Sequence[_Record], states: Mapping[str, State]
) -> Iterator[SourceEvent]:
    """What its changes of state and of group came to, in their order."""
    course: Course | None = None
    for one in changes:
        before, after = one.get("value_from"), _name(one.get("value_to"))
        at, key = _instant(one, "created_at"), f"history/{number_in(one, 'id')}"
        if one.get("attribute") == "group" and one.get("type") == "updated":
            group = after
            yield SourceEvent(number, "reached", at, key, group)
        elif one.get("attribute") == "state" and one.get("type") == "updated":
            course = course or Course(states.get(str(before), "open"))
            act = course.goes_to(states.get(str(after), "open"))
            if act is not None:
                yield SourceEvent(number, act, at, key, group if act == "reopened" else None)


def _instant(record: _Record, name: str) -> int:
    text = text_in(record, name)
    try:
        return (datetime.fromisoformat(text) - _EPOCH) // timedelta(microseconds=1)
    except (ValueError, TypeError):
        raise UnreadableError(f"{name} was expected to be an instant with an offset, and not {text!r:.100}") from None


def _name(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else None
