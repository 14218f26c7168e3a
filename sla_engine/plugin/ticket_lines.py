"""Events of tickets as JSON has them: ``{"ticket": "4711", "event": "opened", "at": "2026-10-03T12:00:00Z"}``.

Beside these three an event may have ``level``, ``customer``, ``sender``, ``subject`` and a ``key``, without which its
act, instant and level tell it from others of its ticket.
"""

from collections.abc import Mapping
from typing import Any

from sla_engine.model.instant import Instant, parse_instant
from sla_engine.model.ticket import TicketAct
from sla_engine.model.visible import one_line
from sla_engine.plugin.tickets import SourceAct, SourceEvent

KEYS = ("ticket", "event", "at", "level", "customer", "sender", "subject", "key")
"""What an event may say."""
_LONGEST = 200
_LONGEST_SUBJECT = 1_000
_LATEST = parse_instant("2190-01-01T00:00:00Z")


def source_event(entry: Any) -> SourceEvent:
    """The event that an entry tells.

    Raises:
        ValueError: it tells none; the message says why.
    """
    if not isinstance(entry, Mapping):
        raise ValueError(f"an event is an object with {', '.join(KEYS[:3])}")
    if strange := [str(name) for name in entry if name not in KEYS]:
        raise ValueError(f"unknown key {strange[0]!r}: known are {', '.join(KEYS)}")
    ticket, at, level = _text(entry, "ticket"), _instant(entry), _optional(entry, "level")
    try:
        act: SourceAct = TicketAct(_text(entry, "event")).value
    except ValueError:
        raise ValueError(f"event is one of {', '.join(TicketAct)}, and not {entry.get('event')!r}") from None
    key = _optional(entry, "key") or "/".join((act, str(at), *([] if level is None else [level])))
    return SourceEvent(
        ticket=ticket,
        act=act,
        at=at,
        key=key,
        level=level,
        customer=_words(entry, "customer", _LONGEST),
        sender=_words(entry, "sender", _LONGEST),
        subject=_words(entry, "subject", _LONGEST_SUBJECT),
    )


def _text(entry: Mapping[str, Any], name: str) -> str:
    value = _any_text(entry, name).strip()
    if len(value) > _LONGEST or not value.isprintable():
        raise ValueError(f"{name} is one line of at most {_LONGEST} letters that can be seen")
    return value


def _any_text(entry: Mapping[str, Any], name: str) -> str:
    value = entry.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)  # numbers of tickets are numbers in many help desks
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{name} is a text, and not {value!r}" if name in entry else f"{name} is missing")
    return value


def _optional(entry: Mapping[str, Any], name: str) -> str | None:
    return None if _is_empty(entry, name) else _text(entry, name)


def _words(entry: Mapping[str, Any], name: str, most: int) -> str | None:
    """What people wrote, made fit to be shown: no ticket is refused for a letter that its customer typed."""
    return None if _is_empty(entry, name) else one_line(_any_text(entry, name), most) or None


def _is_empty(entry: Mapping[str, Any], name: str) -> bool:
    value = entry.get(name)
    return value is None or value == ""


def _instant(entry: Mapping[str, Any]) -> Instant:
    text = _text(entry, "at")
    try:
        at = parse_instant(text)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"at: {error}") from None
    if not 0 <= at < _LATEST:
        raise ValueError(f"at: {text} lies outside the years 1970 to 2189")
    return at
