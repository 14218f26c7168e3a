"""The names that texts of one's own may use, ``{title} is down since {since}``, and how they are filled in.

The list is fixed, and there is nothing but names: no attributes, no formats, no conditions. What is put in is never
looked at again, so that a text that came from outside stays a text. ``{{`` and ``}}`` are braces.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from difflib import get_close_matches

from attrs import frozen

from sla_engine.model.instant import format_instant
from sla_engine.plugin.notifier import Message

NAMES: Mapping[str, str] = {
    "title": "what it is about: the service, the maintenance or the ticket, as people call it; of several the first, "
    "and how many more",
    "service": "id of the service, or of the first one of several",
    "services": "titles of the services: the first ones, and how many more there are",
    "count": "how many services it is about, or how many messages were held back",
    "state": "how the service is: up, degraded or down",
    "reason": "what was seen, such as a wrong status",
    "cause": "what several services that are down have in common, such as their host",
    "incident": "number of the incident",
    "since": "when it began",
    "until": "when it ended",
    "lasted": "how long it lasted, or has lasted so far",
    "now": "when the message was written",
    "severity": "how much it matters, in words",
    "escalation": "id of the escalation by which one is told",
    "step": "step of the escalation, from 1",
    "acknowledged_by": "who took the incident on",
    "customer": "whom it concerns",
    "agreement": "agreement whose error budget burns",
    "rate": "how many times too fast the error budget burns",
    "left": "downtime that the error budget still allows",
    "used_up": "when the error budget will be used up",
    "check": "check that saw the certificate",
    "expires": "when the certificate expires",
    "days": "days until the certificate expires",
    "trouble": "what is wrong with the monitoring itself",
    "maintenance": "id of the maintenance",
    "starts": "when the maintenance begins",
    "ends": "when the maintenance ends",
    "previous_start": "when the maintenance was to begin before it was moved",
    "previous_end": "when the maintenance was to end before it was moved",
    "ticket": "number of the ticket",
    "level": "support level that the ticket is at",
    "team": "who has the ticket at that level",
    "due": "until when the ticket shall be answered",
    "percent": "how much of the time for that answer is used up",
    "name": "what the customer is called who wrote the ticket",
    "answer": "what was written to the customer about the ticket",
    "link": "where the customer sees the ticket",
}
"""What texts may name, and what it means; empty where a message has none of it."""

MESSAGE_NAMES: Mapping[str, str] = {
    "subject": "subject of the message, one line",
    "text": "text of the message",
    "short": "text of the message in few characters",
    "key": "idempotency key of the message, the same on every try",
    "about": "what happened, as docs/messages.md lists it, such as opened or recovered",
    "thread": "what messages that belong together have in common",
    "language": "language of the message, such as en",
    "importance": "critical, major, minor or info",
    "at": "when it happened, as in 2026-10-31T23:00:00Z",
}
"""What the templates of a channel, such as a JSON body, may name besides."""

_PIECE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


@frozen
class Misplaced:
    """Something in braces that is no name, or a brace alone.

    Attributes:
        written: as it stands in the text, braces included.
        offset: where it stands in the text.
    """

    written: str
    offset: int

    @property
    def name(self) -> str | None:
        """What stands in the braces, or None where it is a brace alone."""
        return self.written[1:-1] if len(self.written) > 1 else None


def fill_places(text: str, values: Mapping[str, str], escape: Callable[[str], str] = str) -> str:
    """A text with each ``{name}`` replaced, once; a name that has no value becomes nothing.

    Args:
        escape: how a value is written in the channel, such as `html.escape`.
    """

    def piece(found: re.Match[str]) -> str:
        if found[1] is not None:
            return escape(values.get(found[1], ""))
        return found[0][0]

    return _PIECE.sub(piece, text)


def misplaced(text: str, known: Collection[str] = NAMES) -> Iterator[Misplaced]:
    """What `fill_places` could make nothing of."""
    for found in _PIECE.finditer(text):
        if found[0] not in {"{{", "}}"} and found[1] not in known:
            yield Misplaced(found[0], found.start())


def check_places(text: str, known: Collection[str] = NAMES) -> None:
    """Refuse a text of which `fill_places` could not make what is meant.

    Raises:
        ValueError: it names what is not known, or has a brace alone; the message says what to write instead.
    """
    for found in misplaced(text, known):
        if found.name is None:
            raise ValueError(f"{found.written!r} alone stands for nothing: write {found.written * 2!r} for a brace")
        close = get_close_matches(found.name, known, 1) or [f"one of {', '.join(known)}"]
        raise ValueError(f"there is no name {found.written!r}: write {close[0]}")


def values_of(message: Message) -> Mapping[str, str]:
    """The value of every name that a channel's template may use, `MESSAGE_NAMES` included."""
    of_the_message = {
        "subject": message.subject,
        "text": message.text,
        "short": message.short or message.subject,
        "key": message.key,
        "about": message.about,
        "thread": message.thread or "",
        "language": message.language,
        "importance": message.severity,
        "at": format_instant(message.at),
    }
    return {**message.names, **of_the_message}
