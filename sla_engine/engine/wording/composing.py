"""From notices to the words of one message: pure, so that whoever is killed can compose it again."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

from attrs import evolve, frozen

from sla_engine.engine.wording.budgets import tell_burns
from sla_engine.engine.wording.desk import tell_desk
from sla_engine.engine.wording.gathering import current, together
from sla_engine.engine.wording.html import html_text
from sla_engine.engine.wording.incidents import is_closed_unseen, tell_incidents
from sla_engine.engine.wording.maintenance import tell_maintenance
from sla_engine.engine.wording.monitoring import tell_certificate, tell_held, tell_trouble
from sla_engine.engine.wording.naming import name_values
from sla_engine.engine.wording.own import in_own_words
from sla_engine.engine.wording.passage import Passage, Tone
from sla_engine.engine.wording.plain import plain_text
from sla_engine.engine.wording.reading import Reader, Thing, read
from sla_engine.engine.wording.short import fitted
from sla_engine.engine.wording.tickets import tell_clock, tell_ticket
from sla_engine.languages import language as language_of
from sla_engine.model.text import LANGUAGES
from sla_engine.model.visible import one_line, visible_lines
from sla_engine.model.zone import Zone
from sla_engine.plugin import Severity
from sla_engine.plugin.abouts import ABOUTS
from sla_engine.policy.documents import TextTable
from sla_engine.store.outbox import Notice

Teller: TypeAlias = Callable[[Sequence[Thing], Reader], Passage]

_MOST_SUBJECT, _MOST_SHORT, _MOST_SUMMED_UP = 120, 1_000, 5
# Each passage has its bounds; none is left out, as each may be a promise that somebody was told.
_MOST_TEXT = 10_000_000
_SEVERITIES: Sequence[Severity] = ("critical", "major", "minor", "info")
_TELLERS: Mapping[str, Teller] = {
    "burn": tell_burns,
    "certificate": tell_certificate,
    "engine": tell_trouble,
    "held": tell_held,
    "maintenance": tell_maintenance,
    "clock": tell_clock,
    "desk": tell_desk,
    "ticket": tell_ticket,
}
"""Who tells of what, by the first word of what it is about; of all else, which are incidents, `tell_incidents`."""
_BEGINNINGS = frozenset(
    {
        *("opened", "burn", "certificate", "engine", "held", "maintenance-planned"),
        *("ticket-opened", "desk-opened", "clock-warning"),
    }
)
_ENDS = frozenset(
    {"recovered", "burn-over", "engine-over", "maintenance-cancelled", "maintenance-ended", "ticket-resolved"}
)


@frozen
class Wording:
    """What a message says, and what channels need to know of it.

    Attributes:
        subject: one line of at most 120 characters.
        text: plain text.
        html: the same as a whole document.
        short: what matters, in at most 150 characters.
        names: the names that templates may use, with their values.
        about: what happened; of several things, to the most important.
        severity: of the most severe.
        thread: what further messages about the same have in common, or None where there is no such thing.
        is_first: whether it tells of something for the first time.
        is_over: whether all that it tells of has ended.
    """

    subject: str
    text: str
    html: str
    short: str
    names: Mapping[str, str]
    about: str
    severity: Severity
    thread: str | None
    is_first: bool
    is_over: bool


def compose(notices: Iterable[Notice], language: str, zone: Zone, texts: Mapping[str, TextTable]) -> Wording:
    """One message out of all that somebody is to be told.

    Args:
        notices: at least one, in any order.
        language: a code; one that we do not write is English.
        zone: on whose clocks times are told.
        texts: an operator's own, by what they are about.

    Raises:
        ValueError: there is no notice, or one about something that has no text.
    """
    reader = Reader(language_of(language if language in LANGUAGES else "en"), zone)
    things = [read(notice, reader.language) for notice in notices]
    if strange := {thing.about for thing in things} - set(ABOUTS):
        raise ValueError(f"there is no text about {', '.join(sorted(strange))}")
    if not things:
        raise ValueError("there is nothing to tell")
    told = current(things)
    groups = together(told)
    passages = [_passage(group, reader, texts) for group in groups]
    summary = _summary(passages, reader) if len(passages) > 1 else ""
    subject = one_line("; ".join(passage.line for passage in passages), _MOST_SUBJECT)
    short = fitted(str, "; ".join(passage.marked for passage in passages)) if summary else passages[0].short
    return Wording(
        subject=subject,
        text=visible_lines(plain_text(passages, summary, reader), _MOST_TEXT) + "\n",
        html=html_text(passages, subject, summary, reader),
        short=visible_lines(short, _MOST_SHORT),
        names=name_values(told, reader),
        about=told[0].about,
        severity=min((thing.severity for thing in told), key=_SEVERITIES.index),
        thread=_thread(told),
        is_first=any(thing.about in _BEGINNINGS for thing in things),
        is_over=all(thing.about in _ENDS for thing in told),
    )


def _passage(things: Sequence[Thing], reader: Reader, texts: Mapping[str, TextTable]) -> Passage:
    about = things[0].about
    passage = _TELLERS.get(about.partition("-")[0], tell_incidents)(things, reader)
    passage = evolve(passage, tone=_tone(about))
    if is_closed_unseen(things[0]):  # an operator's words for what is up again would not be true
        return passage
    return in_own_words(passage, texts.get(about), reader.language.code, name_values(things, reader))


def _tone(about: str) -> Tone:
    if about in _ENDS:
        return "relief"
    return "notice" if about.startswith(("maintenance-", "ticket-", "desk-")) else "alarm"


def _summary(passages: Sequence[Passage], reader: Reader) -> str:
    """The most important in one line, for who reads no further."""
    told, more = [f"{passage.gist}." for passage in passages[:_MOST_SUMMED_UP]], len(passages) - _MOST_SUMMED_UP
    if more > 0:
        told.append(f"{reader.plural('{count} more', '{count} more', more)}.")
    return " ".join(told)


def _thread(things: Sequence[Thing]) -> str | None:
    """The thread of all, or the cause that many have in common."""
    threads, causes = {thing.thread for thing in things}, {thing.fact("cause") for thing in things}
    if len(threads) == 1:
        return threads.pop()
    return f"cause/{causes.pop()}" if len(causes) == 1 and causes != {""} else None
