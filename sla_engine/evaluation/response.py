"""Response clocks: how long customers waited for an answer, in open time.

A clock starts when a ticket reaches a level, pauses while the customer is waited for, and stops at that level's answer.
A breach happens at the due instant, not when somebody looks.
"""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from attrs import define, field

from sla_engine.calendars.periods import Period
from sla_engine.evaluation.agreed import within_dates
from sla_engine.model.contract import BusinessTime, Contract, ResponseObjective
from sla_engine.model.duration import BusinessDays, Duration
from sla_engine.model.instant import Instant
from sla_engine.model.interval import Interval
from sla_engine.model.ticket import TicketAct, TicketEvent
from sla_engine.model.verdict import Clock, Finding, ResponseVerdict


def judge_response(
    contract: Contract, objective: ResponseObjective, tickets: Iterable[TicketEvent], period: Period, now: Instant
) -> ResponseVerdict:
    """The verdict on one response objective, over the clocks that ended or fell due in the period."""
    until = min(now, period.end)
    stands = within_dates(contract, Interval(period.start, period.end))
    calendar = contract.calendars[objective.during]
    clocks = [
        clock
        for clock in (
            read_clock(course, objective, calendar, until) for course in courses(tickets, objective.level, until)
        )
        if _belongs(clock, stands)
    ]
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
        """The customer has answered."""
        if self.is_paused:
            self.pauses[-1] = (self.pauses[-1][0], at)

    def stop(self, at: Instant) -> None:
        """The level has answered; an answer ends a pause too."""
        self.resume(at)
        self.stopped_at = at

    @property
    def is_paused(self) -> bool:
        """Whether the customer is being waited for."""
        return bool(self.pauses) and self.pauses[-1][1] is None


def courses(events: Iterable[TicketEvent], level: str, until: Instant) -> list[Course]:
    """The clocks of a level, from events in any order and possibly repeated; later than ``until`` nothing is known."""
    by_ticket: dict[str, list[TicketEvent]] = {}
    for event in set(events):
        if event.at <= until:
            by_ticket.setdefault(event.ticket, []).append(event)
    found = [course for ticket in sorted(by_ticket) for course in _of_ticket(by_ticket[ticket], level)]
    return sorted(found, key=lambda course: (course.started_at, course.ticket))


_ORDER = tuple(TicketAct)


def _of_ticket(events: Sequence[TicketEvent], level: str) -> Iterator[Course]:
    running: Course | None = None
    for event in sorted(events, key=lambda event: (event.at, _ORDER.index(event.act))):
        concerns = event.level is None or event.level == level
        if event.act in {TicketAct.OPENED, TicketAct.REACHED}:
            if event.level == level and running is None:
                running = Course(event.ticket, event.at)
        elif running is None:
            continue
        elif event.act is TicketAct.WAITING and concerns:
            running.pause(event.at)
        elif event.act is TicketAct.RESUMED and concerns:
            running.resume(event.at)
        elif event.act is TicketAct.RESOLVED or (event.act is TicketAct.ANSWERED and concerns):
            running.stop(event.at)
            yield running
            running = None
    if running is not None:
        yield running


def read_clock(course: Course, objective: ResponseObjective, calendar: BusinessTime, until: Instant) -> Clock:
    """A clock as it stands at ``until``."""
    now = until if course.stopped_at is None else course.stopped_at
    paused = sum(
        calendar.open_between(begin, max(begin, min(now, now if end is None else end))) for begin, end in course.pauses
    )
    elapsed = calendar.open_between(course.started_at, now) - paused
    breached_at = _breached_at(course, objective, calendar, now)
    met = False if breached_at is not None else (True if course.stopped_at is not None else None)
    waits = course.is_paused and breached_at is None
    due_at = None if waits else (breached_at or due(course.started_at, paused, objective, calendar))
    return Clock(course.ticket, course.started_at, course.stopped_at, due_at, breached_at, elapsed, met)


def due(started_at: Instant, paused: int, objective: ResponseObjective, calendar: BusinessTime) -> Instant:
    """When an answer is due: the target after the start, and as much open time later as was paused."""
    end_of_day = objective.business_days == "end-of-day"
    if isinstance(objective.within, BusinessDays):
        first = calendar.due(started_at, objective.within, end_of_day=end_of_day)
        return calendar.due(first, Duration(paused)) if paused else first
    return calendar.due(started_at, Duration(objective.within.microseconds + paused))


def _breached_at(course: Course, objective: ResponseObjective, calendar: BusinessTime, now: Instant) -> Instant | None:
    """The due instant that passed before ``now`` while the clock ran; only the pauses before it put it off."""
    paused = 0
    for begin, end in course.pauses:
        due_at = due(course.started_at, paused, objective, calendar)
        if due_at < begin:
            return due_at
        if end is None:
            return None
        paused += calendar.open_between(begin, max(begin, min(end, now)))
    due_at = due(course.started_at, paused, objective, calendar)
    return due_at if due_at < now else None


def _belongs(clock: Clock, span: Interval) -> bool:
    """Whether a clock ended or fell due in the span; one that is still open belongs to every span it reaches."""
    if clock.breached_at is not None:
        return span.start <= clock.breached_at < span.end
    if clock.stopped_at is not None:
        return span.start <= clock.stopped_at < span.end
    return clock.started_at < span.end


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
