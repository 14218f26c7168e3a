"""Reading a notice for somebody: its texts in their language, and nothing in them that cannot be seen."""

from collections.abc import Mapping
from typing import Any, TypeGuard

from attrs import frozen

from sla_engine.languages import Language
from sla_engine.model.instant import DAY, HOUR, MINUTE, SECOND, Instant
from sla_engine.model.text import Text
from sla_engine.model.visible import one_line, visible_lines
from sla_engine.model.zone import Zone
from sla_engine.plugin import Severity
from sla_engine.store.outbox import Notice

_LINES = frozenset({"text", "message"})
"""The facts that a person wrote with their lines."""
_SENTENCES = frozenset({"reason", "trouble", "link"})
_MOST, _MOST_OF_A_SENTENCE, _MOST_OF_LINES = 120, 300, 10_000
_MOST_CUSTOMERS = 5
_UNITS = ((DAY, "d"), (HOUR, "h"), (MINUTE, "min"), (SECOND, "s"))


@frozen
class Reader:
    """Whom a message is for: the language that it is written in, and the zone on whose clocks times are told."""

    language: Language
    zone: Zone

    def say(self, message: str, **values: object) -> str:
        """A text in the reader's language."""
        return self.language.text(message, **values)

    def plural(self, one: str, many: str, count: int, **values: object) -> str:
        """A text in the form that goes with a number."""
        return self.language.plural(one, many, count, **values)

    def labelled(self, name: str, value: str) -> str:
        """A value with its name before it, as the language puts its colons."""
        return self.say("{name}: {value}", name=name, value=value)

    def when(self, at: Instant | None) -> str:
        """An instant as a sentence has it, or nothing."""
        return "" if at is None else self.language.when(at, self.zone)

    def stretch(self, start: Instant | None, end: Instant | None) -> str:
        """From when to when, or nothing where either is not known."""
        return "" if start is None or end is None else self.language.stretch(start, end, self.zone)

    def clock(self, at: Instant | None, now: Instant) -> str:
        """An instant in few characters, or nothing."""
        return "" if at is None else self.language.clock(at, self.zone, now)

    def clocks(self, start: Instant | None, end: Instant | None, now: Instant) -> str:
        """From when to when in few characters, or nothing where either is not known."""
        return "" if start is None or end is None else self.language.clocks(start, end, self.zone, now)

    def length(self, start: Instant | None, end: Instant | None) -> str:
        """How long it was from one instant to another, in words, or nothing where either is not known."""
        return "" if start is None or end is None else self.language.length(end - start)


@frozen
class Thing:
    """What one notice tells, read for somebody.

    Attributes:
        facts: as the notice has them, with each text in the reader's language.
    """

    about: str
    thread: str
    at: Instant
    severity: Severity
    customer: str | None
    facts: Mapping[str, Any]

    def fact(self, name: str) -> str:
        """A fact as text, empty where there is none."""
        found = self.facts.get(name)
        return "" if found is None else str(found)

    def instant(self, name: str) -> Instant | None:
        """A fact that is an instant or a length of time, or None."""
        found = self.facts.get(name)
        return found if isinstance(found, int) else None

    def customers(self, language: Language) -> str:
        """Whom it concerns, or nothing."""
        names = self.facts.get("customers") or [self.fact("customer") or self.customer or ""]
        return language.list([str(name) for name in names if name], _MOST_CUSTOMERS)

    @property
    def title(self) -> str:
        """What the service is called, or its id."""
        return self.fact("title") or self.fact("service")


def read(notice: Notice, language: Language) -> Thing:
    """What a notice tells, in a language."""
    return Thing(
        about=notice.about,
        thread=notice.thread,
        at=notice.at,
        severity=notice.severity,
        customer=None if notice.customer is None else one_line(notice.customer, _MOST),
        facts={name: _read(name, value, language.code) for name, value in notice.facts.items()},
    )


def units(duration: int) -> str:
    """A length of time by the symbols that every language knows, such as ``7 h 26 min``."""
    rest, words = max(duration, 0), []
    for size, symbol in _UNITS:
        count, rest = divmod(rest, size)
        if count:
            words.append(f"{count} {symbol}")
    return " ".join(words[:2]) or "0 s"


def _read(name: str, value: Any, language: str) -> Any:
    if isinstance(value, str):
        if name in _LINES:
            return visible_lines(value, _MOST_OF_LINES)
        return one_line(value, _MOST_OF_A_SENTENCE if name in _SENTENCES else _MOST)
    if _is_text(value):
        return _read(name, Text(value).in_language(language) if value else "", language)
    if isinstance(value, Mapping):
        return {key: _read(key, inner, language) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_read(name, inner, language) for inner in value]
    return value


def _is_text(value: Any) -> TypeGuard[Mapping[str, str]]:
    """Whether a fact is a text by the codes of languages, as opposed to further facts."""
    return isinstance(value, Mapping) and all(
        len(key) in {0, 2} and isinstance(text, str) for key, text in value.items()
    )
