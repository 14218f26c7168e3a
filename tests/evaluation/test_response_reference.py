"""Response clocks beside a slow reference that walks through time minute by minute."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import attrs
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from sla_engine.calendars import Calendar, CalendarRule, compile_calendar
from sla_engine.calendars.periods import Period
from sla_engine.evaluation.response import belongs, courses, read_clock
from sla_engine.evaluation.warnings import warnings
from sla_engine.model.contract import ResponseObjective
from sla_engine.model.duration import Duration
from sla_engine.model.instant import DAY, MINUTE, Instant, parse_instant
from sla_engine.model.ticket import TicketAct, TicketEvent
from sla_engine.model.zone import parse_zone

BASE = parse_instant("2026-10-24T00:00:00Z")  # the night after it, Lisbon's clocks are put back
ACTS = {
    "opened": "start", "reached": "start", "reopened": "return", "waiting": "wait", "resumed": "go on",
    "answered": "answer", "resolved": "answer",
}  # fmt: skip


@attrs.frozen
class Case:
    calendar: Calendar
    allowed: int
    events: list[TicketEvent]
    until: Instant


@attrs.define
class Walked:
    """A clock of the reference, in minutes."""

    started_at: Instant
    stopped_at: Instant | None = None
    elapsed: int = 0
    due_at: Instant | None = None
    breached_at: Instant | None = None
    warned: list[tuple[Instant, int]] = attrs.field(factory=list)
    paused: bool = False


@st.composite
def cases(draw: Any) -> Case:
    opens = draw(st.integers(0, 1400))
    window = opens, (opens + draw(st.integers(30, 1300))) % 1440
    days = tuple((window,) if draw(st.booleans()) else () for _ in range(6))
    calendar = compile_calendar("office", CalendarRule(parse_zone("Europe/Lisbon"), (*days, (window,))))
    minute = st.integers(0, 3 * 1440)
    acts = st.tuples(minute, st.sampled_from(list(TicketAct)), st.sampled_from(["first", "first", "second", None]))
    events = [
        TicketEvent("T-1", act, BASE + at * MINUTE, level)
        for at, act, level in draw(st.lists(acts, min_size=1, max_size=9))
    ]
    opened = TicketEvent("T-1", TicketAct.OPENED, BASE + draw(st.integers(0, 1440)) * MINUTE, "first")
    return Case(calendar, 20 * draw(st.integers(1, 60)), [opened, *events], BASE + draw(minute) * MINUTE + DAY)


def walk(case: Case) -> Iterator[Walked]:
    clock: Walked | None = None
    is_awaited = False
    order = list(TicketAct)
    for at in range(BASE, case.until, MINUTE):
        for event in sorted((event for event in case.events if event.at == at), key=lambda one: order.index(one.act)):
            is_ours, kind = event.level == "first", ACTS[event.act]
            if kind == "wait":
                is_awaited = True
            elif kind != "start":
                is_awaited = False
            if kind in {"start", "return"} and is_ours and clock is None:
                clock = Walked(at, paused=is_awaited)
            is_final = event.act is TicketAct.RESOLVED or is_ours or event.level is None
            if kind == "answer" and is_final and clock is not None:
                clock.stopped_at = at
                yield clock
                clock = None
        if clock is not None:
            clock.paused = is_awaited
            if case.calendar.open_at(at):
                minute_passes(clock, at + MINUTE, case)
    if clock is not None:
        yield clock


def minute_passes(clock: Walked, end: Instant, case: Case) -> None:
    """An open minute passes."""
    if clock.paused:
        if clock.elapsed == case.allowed and clock.breached_at is None:
            clock.due_at = end
        return
    clock.elapsed += 1
    if clock.elapsed == case.allowed:
        clock.due_at = end
    if clock.elapsed == case.allowed + 1:
        clock.breached_at = clock.due_at
    clock.warned += [(end, percent) for percent in (50, 75, 90) if clock.elapsed * 100 == case.allowed * percent]


@settings(max_examples=250, deadline=None)
@drawn(cases())
def test_a_walk_through_every_minute_comes_to_the_same_clocks(case: Case) -> None:
    objective = ResponseObjective("first", Duration(case.allowed * MINUTE), "office")

    found = courses(case.events, "first", case.until)

    expected = list(walk(case))
    assert [(one.started_at, one.stopped_at) for one in found] == [(one.started_at, one.stopped_at) for one in expected]
    for course, walked in zip(found, expected, strict=True):
        clock = read_clock(course, objective, case.calendar, case.until)
        assert clock.elapsed == walked.elapsed * MINUTE
        assert clock.breached_at == walked.breached_at
        is_met = None if clock.stopped_at is None else True
        assert clock.met == (is_met if walked.breached_at is None else False)
        if walked.due_at is not None and clock.due_at is not None:
            assert clock.due_at == walked.due_at
        end = case.until if clock.stopped_at is None else clock.stopped_at
        come = [(one.at, one.percent) for one in warnings(clock, case.calendar) if one.at < end]
        assert come == [warned for warned in walked.warned if warned[0] < end]


@settings(max_examples=250, deadline=None)
@drawn(cases(), st.lists(st.integers(0, 5 * 1440), min_size=1, max_size=6), st.booleans())
def test_however_time_is_cut_into_periods_each_clock_is_decided_in_one_and_open_in_those_before(
    case: Case, cuts: list[int], is_due_by_a_cut: bool
) -> None:
    ends = sorted({BASE - DAY, *(BASE + cut * MINUTE for cut in cuts), BASE + 9 * DAY})
    until_cut = case.calendar.open_between(case.events[0].at, max(case.events[0].at, ends[1]))
    allowed = until_cut if is_due_by_a_cut and until_cut else case.allowed * MINUTE
    objective = ResponseObjective("first", Duration(allowed), "office")
    periods = [Period(start, end, parse_zone("UTC"), "") for start, end in pairwise(ends)]

    seen: dict[Instant, list[bool | None]] = {}
    for period in periods:
        for course in courses(case.events, "first", period.end):
            clock = read_clock(course, objective, case.calendar, period.end)
            if belongs(clock, period):
                seen.setdefault(clock.started_at, []).append(clock.met)

    final = [
        read_clock(course, objective, case.calendar, ends[-1]) for course in courses(case.events, "first", ends[-1])
    ]
    for clock in final:
        *before, last = seen[clock.started_at]
        assert (set(before) <= {None}, last) == (True, clock.met)
