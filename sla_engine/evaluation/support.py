"""Figures of support over a period: how customers were answered, and what was left at its end.

Clocks are counted as the response verdicts count them, so their sums are the same. The open time of answers is that of
the answers that were given in the period, on each clock's own calendar and without its pauses. Ages of what is left are
in calendar time, since the ticket was opened.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import accumulate
from typing import Literal, TypeAlias

from attrs import frozen

from sla_engine.calendars.periods import Period
from sla_engine.evaluation.percentiles import nearest_rank
from sla_engine.evaluation.response import STARTING, Course, belongs, by_ticket, clock_by_its_terms, courses_of
from sla_engine.model.contract import Contract
from sla_engine.model.instant import DAY, Instant
from sla_engine.model.percent import Percent
from sla_engine.model.support import AgeClass, Answers, Figures, Group, SupportFigures, TicketStory
from sla_engine.model.ticket import TicketAct, TicketEvent
from sla_engine.model.verdict import Clock

TermsOf: TypeAlias = Callable[[str | None, Instant], Contract | None]
"""The contract by which a clock of a customer's runs that starts at an instant; None where nobody promised anything."""

TeamOf: TypeAlias = Callable[[str, str | None], str | None]
"""The team that takes tickets of a topic at a level, or None."""

AGES = (0, DAY, 3 * DAY, 7 * DAY)
_MEDIAN, _P95 = Percent(Fraction(1, 2)), Percent(Fraction(95, 100))

_Turn: TypeAlias = Literal["owed", "waiting", "answered"]
_Move: TypeAlias = Literal["opened", "resolved", "reopened"]


def support_figures(
    stories: Iterable[TicketStory], terms_of: TermsOf, team_of: TeamOf, period: Period, now: Instant
) -> SupportFigures:
    """The figures of a period.

    Args:
        stories: of all tickets to which anything happened in the period or that were not resolved before it; others,
            and what happened from its end on, change nothing.
        now: up to when the period has run.
    """
    reader = _Reader(terms_of, team_of, period, min(now, period.end))
    facts = [fact for story in stories for fact in reader.facts(story)]
    return SupportFigures(
        start=period.start,
        end=period.end,
        zone=period.zone,
        label=period.label,
        has_ended=now >= period.end,
        total=_figures(facts),
        levels=_groups(facts, lambda place: place.level),
        teams=_groups(facts, lambda place: place.team),
        customers=_groups(facts, lambda place: place.customer),
        topics=_groups(facts, lambda place: place.topic),
    )


@frozen
class _Place:
    """What a fact is of."""

    level: str | None
    team: str | None
    customer: str | None
    topic: str | None


@frozen
class _Moved:
    """A ticket was opened, resolved or reopened in the period."""

    place: _Place
    move: _Move


@frozen
class _Timed:
    """A clock that is counted in the period, or was answered in it.

    Attributes:
        is_first: whether the ticket began with it.
        is_counted: whether it was decided in the period, or is open.
        took: the open time until the answer that was given in the period, or None.
    """

    place: _Place
    is_first: bool
    is_counted: bool
    met: bool | None
    took: int | None


@frozen
class _Left:
    """A ticket that was not resolved at the end."""

    place: _Place
    age: int
    turn: _Turn
    is_late: bool


_Fact: TypeAlias = _Moved | _Timed | _Left


@frozen
class _Standing:
    """How a ticket stands after something happened.

    Attributes:
        level: that has it.
        is_awaited: whether the customer is waited for.
    """

    level: str | None = None
    is_resolved: bool = False
    is_awaited: bool = False

    def after(self, event: TicketEvent) -> "_Standing":
        """How it stands after that, too."""
        starts = event.act in STARTING
        awaits = self.is_awaited if event.act in _HANDED_ON else event.act is TicketAct.WAITING
        is_resolved = event.act is TicketAct.RESOLVED or (self.is_resolved and not starts)
        return _Standing((event.level if starts else None) or self.level, is_resolved, awaits)


_HANDED_ON = {TicketAct.OPENED, TicketAct.REACHED}


@frozen
class _Reader:
    """Reads tickets for one period, up to an instant."""

    terms_of: TermsOf
    team_of: TeamOf
    period: Period
    until: Instant

    def facts(self, story: TicketStory) -> Iterator[_Fact]:
        """What a ticket adds to the figures."""
        for events in by_ticket(story.events, self.until):
            levels = {event.level for event in events if event.act in STARTING} - {None}
            places = {level: self._place(story, level) for level in (*levels, None)}
            courses = [(places[level], course) for level in levels for course in courses_of(events, str(level))]
            clocks = [(place, clock) for place, course in courses if (clock := self._clock(place, course)) is not None]
            for place, clock in clocks:
                yield from self._timed(clock, place, events[0])
            standings = list(accumulate(events, _Standing.after, initial=_Standing()))
            for before, event, after in zip(standings, events, standings[1:], strict=False):
                if event.at >= self.period.start:
                    for move in _moves(before, event, is_first=event is events[0]):
                        yield _Moved(places[after.level], move)
            if not standings[-1].is_resolved:
                runs = any(course.stopped_at is None for _, course in courses)
                is_late = any(clock.stopped_at is None and clock.met is False for _, clock in clocks)
                turn: _Turn = "waiting" if standings[-1].is_awaited else "owed" if runs else "answered"
                yield _Left(places[standings[-1].level], self.until - events[0].at, turn, is_late)

    def _clock(self, place: _Place, course: Course) -> Clock | None:
        terms = self.terms_of(place.customer, course.started_at)
        return None if terms is None else clock_by_its_terms(course, str(place.level), terms, self.until)

    def _timed(self, clock: Clock, place: _Place, opened: TicketEvent) -> Iterator[_Timed]:
        is_first = (clock.started_at, place.level) == (opened.at, opened.level)
        is_counted = belongs(clock, self.period)
        is_given = clock.stopped_at is not None and clock.stopped_at >= self.period.start
        if is_counted or is_given:
            yield _Timed(place, is_first, is_counted, clock.met, clock.elapsed if is_given else None)

    def _place(self, story: TicketStory, level: str | None) -> _Place:
        team = None if level is None else self.team_of(level, story.topic)
        return _Place(level, team, story.customer, story.topic)


def _moves(before: _Standing, event: TicketEvent, *, is_first: bool) -> Iterator[_Move]:
    if is_first:
        yield "opened"
    elif event.act in {TicketAct.OPENED, TicketAct.REOPENED}:
        yield "reopened"
    if event.act is TicketAct.RESOLVED and not before.is_resolved:
        yield "resolved"


def _groups(facts: Iterable[_Fact], name_of: Callable[[_Place], str | None]) -> tuple[Group, ...]:
    found: dict[str | None, list[_Fact]] = {}
    for fact in facts:
        found.setdefault(name_of(fact.place), []).append(fact)
    names = sorted(found, key=lambda name: (name is None, name or ""))
    return tuple(Group(name, _figures(found[name])) for name in names)


def _figures(facts: Sequence[_Fact]) -> Figures:
    moved = Counter(fact.move for fact in facts if isinstance(fact, _Moved))
    timed = [fact for fact in facts if isinstance(fact, _Timed)]
    left = [fact for fact in facts if isinstance(fact, _Left)]
    return Figures(
        opened=moved["opened"],
        resolved=moved["resolved"],
        reopened=moved["reopened"],
        first=_answers([fact for fact in timed if fact.is_first]),
        answers=_answers(timed),
        backlog=tuple(_aged(left, since, under) for since, under in zip(AGES, (*AGES[1:], None), strict=True)),
    )


def _answers(timed: Sequence[_Timed]) -> Answers:
    decided = Counter(fact.met for fact in timed if fact.is_counted)
    took = sorted(fact.took for fact in timed if fact.took is not None)
    return Answers(
        met=decided[True],
        breached=decided[False],
        open=decided[None],
        given=len(took),
        median=_percentile(took, _MEDIAN),
        p95=_percentile(took, _P95),
    )


def _percentile(ascending: Sequence[int], share: Percent) -> int | None:
    return ascending[nearest_rank(share, len(ascending)) - 1] if ascending else None


def _aged(left: Iterable[_Left], since: int, under: int | None) -> AgeClass:
    ours = [fact for fact in left if since <= fact.age and (under is None or fact.age < under)]
    turns = Counter(fact.turn for fact in ours)
    late = sum(fact.is_late for fact in ours)
    return AgeClass(since, under, turns["owed"], turns["waiting"], turns["answered"], late)
