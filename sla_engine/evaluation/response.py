"""Response clocks: how long customers waited for an answer, in open time.

A clock starts when a ticket reaches a level, pauses while the customer is waited for, and stops at that level's answer.
Escalation is no answer: the clocks of several levels run side by side, each until its own level's answer, an answer of
no named level, or the solution. A ticket that is answered and reopened has another clock, and an answer of any level
ends the wait for the customer.

A clock is kept as long as no more open time has passed than was promised, so an answer while the calendar is closed is
in time if one at closing time was. A breach happens at the due instant, not when somebody looks.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from typing import TypeAlias

from attrs import define, field

from sla_engine.calendars import CalendarError
from sla_engine.calendars.periods import Period
from sla_engine.calendars.years import LATEST
from sla_engine.evaluation.agreed import within_dates
from sla_engine.model.contract import BusinessTime, Contract, ResponseObjective
from sla_engine.model.duration import Duration
from sla_engine.model.instant import Instant
from sla_engine.model.interval import Interval
from sla_engine.model.ticket import TicketAct, TicketEvent
from sla_engine.model.verdict import Clock, Finding, ResponseVerdict

TermsAt: TypeAlias = Callable[[Instant], Contract]
"""Gives a contract as it stood at an instant."""


def judge_responses(
    terms_at: TermsAt,
    objectives: Iterable[ResponseObjective],
    tickets: Iterable[TicketEvent],
    period: Period,
    now: Instant,
) -> tuple[ResponseVerdict, ...]:
    """The verdicts on response objectives, over the clocks that ended or fell due in the period.

    A clock counts once: one that was kept when it stopped, one that was not when it fell due, or, where it did as the
    calendar closed, at the next opening. It keeps the target and the calendar that stood when it started, whatever was
    agreed later.
    """
    known = by_ticket(tickets, min(now, period.end))
    return tuple(_judge(terms_at, objective, known, period, now) for objective in objectives)


def _judge(
    terms_at: TermsAt, objective: ResponseObjective, tickets: Iterable["Story"], period: Period, now: Instant
) -> ResponseVerdict:
    until, level = min(now, period.end), objective.level
    read = (clock_by_its_terms(one, level, terms_at(one.started_at), until) for one in _courses(tickets, level))
    clocks = [clock for clock in read if clock is not None and belongs(clock, period)]
    met = sum(clock.met is True for clock in clocks)
    breached = sum(clock.met is False for clock in clocks)
    measured = Fraction(met, met + breached) if met + breached else None
    return ResponseVerdict(
        objective=objective,
        finding=_finding(measured, objective, has_ended=now >= period.end),
        measured=measured,
        met=met,
        breached=breached,
        open=sum(clock.met is None for clock in clocks),
        clocks=tuple(clocks),
    )


Story: TypeAlias = Sequence[TicketEvent]
"""What happened to one ticket, in order, each once."""


def by_ticket(events: Iterable[TicketEvent], until: Instant) -> list[Story]:
    """What happened to each ticket before an instant, from events in any order and possibly repeated."""
    found: dict[str, dict[TicketEvent, None]] = {}
    for event in events:
        if event.at < until:
            found.setdefault(event.ticket, {})[event] = None
    return [sorted(own, key=_in_order) for own in found.values()]


_RANKS = {act: rank for rank, act in enumerate(TicketAct)}


def _in_order(event: TicketEvent) -> tuple[Instant, int]:
    return event.at, _RANKS[event.act]


@define
class Course:
    """What happened to one clock, as far as it is known.

    Attributes:
        pauses: while the customer was waited for; the last may be open, with None for its end.
    """

    ticket: str
    started_at: Instant
    stopped_at: Instant | None = None
    pauses: list[tuple[Instant, Instant | None]] = field(factory=list)

    def pause(self, at: Instant) -> None:
        """The customer is waited for from now on."""
        if not self.is_paused:
            self.pauses.append((at, None))

    def resume(self, at: Instant) -> None:
        """The customer is waited for no longer."""
        if self.is_paused:
            begin, _ = self.pauses.pop()
            if begin < at:
                self.pauses.append((begin, at))

    @property
    def is_paused(self) -> bool:
        """Whether the customer is being waited for."""
        return bool(self.pauses) and self.pauses[-1][1] is None


def courses(events: Iterable[TicketEvent], level: str, until: Instant) -> list[Course]:
    """The clocks of a level, from events in any order and possibly repeated; from ``until`` on nothing is known."""
    return _courses(by_ticket(events, until), level)


def _courses(tickets: Iterable[Story], level: str) -> list[Course]:
    found = [course for story in tickets for course in courses_of(story, level)]
    return sorted(found, key=lambda course: (course.started_at, course.ticket))


STARTING = frozenset({TicketAct.OPENED, TicketAct.REACHED, TicketAct.REOPENED})
"""What starts the clock of its level, where none runs."""


def courses_of(story: Story, level: str) -> Iterator[Course]:
    """The clocks of a level that were started upon one ticket, in order."""
    running: Course | None = None
    is_customer_awaited = False
    for event in story:
        if event.act not in {TicketAct.OPENED, TicketAct.REACHED}:
            is_customer_awaited = event.act is TicketAct.WAITING
        if running is None and event.act in STARTING and event.level == level:
            running = Course(event.ticket, event.at)
        if running is None:
            continue
        if is_customer_awaited:
            running.pause(event.at)
        else:
            running.resume(event.at)
        if _is_answer(event, level):
            running.stopped_at = event.at
            yield running
            running = None
    if running is not None:
        yield running


def _is_answer(event: TicketEvent, level: str) -> bool:
    """Whether an event answers the customer on a level."""
    return event.act is TicketAct.RESOLVED or (event.act is TicketAct.ANSWERED and event.level in {None, level})


def clock_by_its_terms(course: Course, level: str, terms: Contract, until: Instant) -> Clock | None:
    """The clock by the terms that stood when it started, or None where they promised nothing of its level."""
    promised = next((objective for objective in terms.response if objective.level == level), None)
    if promised is None or not _is_promised(terms, course):
        return None
    return read_clock(course, promised, terms.calendars[promised.during], until)


def read_clock(course: Course, objective: ResponseObjective, calendar: BusinessTime, until: Instant) -> Clock:
    """A clock as it stands at ``until``."""
    now = until if course.stopped_at is None else course.stopped_at
    pauses = [(begin, now if end is None else end) for begin, end in course.pauses]
    paused = sum(calendar.open_between(begin, end) for begin, end in pauses)
    elapsed = calendar.open_between(course.started_at, now) - paused
    allowed = _allowed(course.started_at, objective, calendar)
    counting = _paused_in_time(course.started_at, pauses, allowed, calendar)
    due_at = _due_if_ever(course.started_at, counting, objective, calendar)
    is_late = due_at is not None and elapsed > allowed
    return Clock(
        ticket=course.ticket,
        started_at=course.started_at,
        stopped_at=course.stopped_at,
        due_at=due_at if is_late or not course.is_paused else None,
        breached_at=due_at if is_late else None,
        elapsed=elapsed,
        met=False if is_late else (None if course.stopped_at is None else True),
        within=objective.within,
        during=objective.during,
        allowed=allowed,
        paused=paused,
        pauses=tuple(course.pauses),
        decided_at=_last_in_time(due_at, calendar) if due_at is not None and is_late else course.stopped_at,
    )


def _allowed(started_at: Instant, objective: ResponseObjective, calendar: BusinessTime) -> int:
    """The open time that was promised; where there never will be so many business days, all that will ever be."""
    if isinstance(objective.within, Duration):
        return objective.within.microseconds
    first = _due_if_ever(started_at, 0, objective, calendar)
    return calendar.open_between(started_at, LATEST if first is None else first)


def _due_if_ever(
    started_at: Instant, paused: int, objective: ResponseObjective, calendar: BusinessTime
) -> Instant | None:
    """When an answer is due; None on a calendar that will never have been open for so long."""
    try:
        return due(started_at, paused, objective, calendar)
    except CalendarError:
        return None


def due(started_at: Instant, paused: int, objective: ResponseObjective, calendar: BusinessTime) -> Instant:
    """When an answer is due: the target after the start, and as much open time later as was paused."""
    end_of_day = objective.business_days == "end-of-day"
    first = calendar.due(started_at, objective.within, end_of_day=end_of_day)
    if not paused:
        return first
    return calendar.due(started_at, Duration(calendar.open_between(started_at, first) + paused))


def _paused_in_time(
    started_at: Instant, pauses: Sequence[tuple[Instant, Instant]], allowed: int, calendar: BusinessTime
) -> int:
    """The open time of the pauses that put the due instant off: those that began before the clock was late."""
    paused = 0
    for begin, end in pauses:
        if calendar.open_between(started_at, begin) - paused > allowed:
            break
        paused += calendar.open_between(begin, end)
    return paused


def _is_promised(contract: Contract, course: Course) -> bool:
    """Whether the contract stood when the clock started."""
    start, end = within_dates(contract, Interval(course.started_at, course.started_at + 1))
    return start < end


def _last_in_time(due_at: Instant, calendar: BusinessTime) -> Instant:
    """The last instant at which an answer that fell due is in time: the next opening where the calendar closed then."""
    return calendar.due(due_at, Duration(1)) - 1


def belongs(clock: Clock, period: Period) -> bool:
    """Whether a clock was decided in the period, or is still open."""
    return clock.decided_at is None or period.start <= clock.decided_at < period.end


def _finding(measured: Fraction | None, objective: ResponseObjective, *, has_ended: bool) -> Finding:
    if measured is None:
        return "no_data"
    keeps = measured >= objective.target.ratio
    if has_ended:
        return "met" if keeps else "breached"
    if keeps:
        return "on_track"
    # With every answer promised, one that came late cannot be made up for by later ones.
    return "breached" if objective.target.ratio == 1 else "at_risk"
