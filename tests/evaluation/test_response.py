"""Response clocks, in open time: start, pause, stop, due, and the month they belong to."""

import itertools
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from sla_engine.calendars import Calendar, CalendarRule, compile_calendar, parse_window
from sla_engine.evaluation import evaluate
from sla_engine.evaluation.history import history_of
from sla_engine.model.contract import Contract, ResponseObjective
from sla_engine.model.duration import parse_within
from sla_engine.model.instant import HOUR, SECOND, format_instant
from sla_engine.model.percent import parse_percent
from sla_engine.model.ticket import TicketEvent
from sla_engine.model.verdict import Clock, ResponseVerdict
from sla_engine.model.zone import parse_zone

THURSDAY, FRIDAY, SATURDAY, MONDAY = "09-03", "09-04", "09-05", "09-07"


def promised(
    given: Any, within: str = "2h", *, level: str = "first", calendar: Calendar | None = None, **more: Any
) -> Contract:
    """Two hours of Monday to Friday, 10 to 18."""
    dates = {name: more.pop(name) for name in ("since", "until") if name in more}
    objective = ResponseObjective(level, parse_within(within), "office", **more)
    office = calendar or given.calendar("10:00-18:00")
    contract: Contract = given.contract(response=(objective,), calendars={"office": office}, **dates)
    return contract


def judged(given: Any, contract: Contract, *events: TicketEvent, **how: Any) -> ResponseVerdict:
    verdict: ResponseVerdict = given.verdict(contract, tickets=events, **how).response[0]
    return verdict


def clock_of(given: Any, contract: Contract, *events: TicketEvent, **how: Any) -> Clock:
    clocks = judged(given, contract, *events, **how).clocks
    assert len(clocks) == 1
    return clocks[0]


def due(clock: Clock) -> str | None:
    return None if clock.due_at is None else format_instant(clock.due_at)[5:].removesuffix("Z")


@pytest.mark.parametrize(
    ("paused", "expected"),
    [(0, "09-03T17:00:00"), (3600, "09-03T18:00:00"), (3601, "09-04T10:00:01"), (5400, "09-04T10:30:00")],
)
def test_a_pause_puts_the_due_instant_off_by_its_open_time(given: Any, paused: int, expected: str) -> None:
    start = given.at(f"{THURSDAY}T15:00")
    resumed = TicketEvent("T-1", given.event("resumed", "09-03T15:10").act, start + 600 * SECOND + paused * SECOND)

    clock = clock_of(
        given,
        promised(given),
        given.event("opened", f"{THURSDAY}T15:00"),
        given.event("waiting", f"{THURSDAY}T15:10"),
        resumed,
        now=start + 2 * HOUR - SECOND,
    )

    assert (due(clock), clock.met) == (expected, None)


def test_a_pause_over_a_weekend_costs_only_its_open_time(given: Any) -> None:
    clock = clock_of(
        given,
        promised(given),
        given.event("opened", f"{FRIDAY}T17:30"),
        given.event("waiting", f"{FRIDAY}T17:50"),
        given.event("resumed", f"{MONDAY}T12:30"),
        given.event("answered", f"{MONDAY}T13:00"),
    )

    assert (clock.elapsed, clock.met) == (3000 * SECOND, True)


@pytest.mark.parametrize(
    ("answered", "elapsed", "met"),
    [
        ("09-03T17:00", 7200, True),
        ("2026-09-03T17:00:00.000001Z", 7200, False),
        ("09-03T15:00", 0, True),
        ("09-05T12:00", 11 * 3600, False),
    ],
)
def test_an_answer_at_the_due_instant_is_in_time(given: Any, answered: str, elapsed: int, met: bool) -> None:
    clock = clock_of(
        given, promised(given), given.event("opened", f"{THURSDAY}T15:00"), given.event("answered", answered)
    )

    assert (clock.elapsed // SECOND, clock.met, due(clock)) == (elapsed, met, "09-03T17:00:00")
    assert clock.breached_at == (None if met else clock.due_at)


@pytest.mark.parametrize(("answered", "met"), [("09-03T22:00", True), ("09-04T10:00", True), ("09-04T10:01", False)])
def test_an_answer_at_night_is_as_good_as_one_at_closing_time(given: Any, answered: str, met: bool) -> None:
    events = [given.event("opened", f"{THURSDAY}T16:00"), given.event("answered", answered)]

    clock = clock_of(given, promised(given), *events)

    assert (due(clock), clock.met) == ("09-03T18:00:00", met)


def test_while_the_customer_is_waited_for_nothing_is_due(given: Any) -> None:
    events = [given.event("opened", f"{THURSDAY}T15:00"), given.event("waiting", f"{THURSDAY}T16:00")]

    verdict = judged(given, promised(given), *events)

    assert (verdict.open, verdict.measured, verdict.finding) == (1, None, "no_data")
    assert (verdict.clocks[0].due_at, verdict.clocks[0].elapsed) == (None, HOUR)


def test_a_breach_is_recorded_at_the_due_instant_not_when_somebody_looks(given: Any) -> None:
    opened = given.event("opened", f"{THURSDAY}T15:00")

    at_due = clock_of(given, promised(given), opened, now=f"{THURSDAY}T17:00")
    long_after = clock_of(given, promised(given), opened, given.event("waiting", f"{FRIDAY}T12:00"))

    assert (at_due.met, at_due.breached_at) == (None, None)
    assert (long_after.met, long_after.breached_at) == (False, given.at(f"{THURSDAY}T17:00"))
    assert due(long_after) == "09-03T17:00:00"


def test_reaching_another_level_starts_that_level_s_clock(given: Any) -> None:
    events = [
        given.event("opened", f"{THURSDAY}T10:00"),
        given.event("answered", f"{THURSDAY}T11:00"),
        given.event("reached", f"{THURSDAY}T12:00", "second"),
        given.event("answered", f"{THURSDAY}T13:30", "second"),
    ]

    first = clock_of(given, promised(given), *events)
    second = clock_of(given, promised(given, level="second"), *events)

    assert (first.elapsed, second.elapsed) == (HOUR, 3 * HOUR // 2)


def test_another_level_s_answer_does_not_stop_a_clock_but_a_solution_does(given: Any) -> None:
    events = [
        given.event("opened", f"{THURSDAY}T10:00"),
        given.event("answered", f"{THURSDAY}T10:30", "second"),
        given.event("resolved", f"{THURSDAY}T11:00", "second"),
    ]

    assert clock_of(given, promised(given), *events).stopped_at == given.at(f"{THURSDAY}T11:00")


def test_a_level_reached_while_the_customer_is_waited_for_starts_paused(given: Any) -> None:
    events = [
        given.event("opened", f"{THURSDAY}T10:00"),
        given.event("waiting", f"{THURSDAY}T10:30"),
        given.event("reached", f"{THURSDAY}T11:00", "second"),
        given.event("resumed", f"{THURSDAY}T14:00"),
        given.event("answered", f"{THURSDAY}T15:00", "second"),
    ]

    assert clock_of(given, promised(given, level="second"), *events).elapsed == HOUR


def test_a_ticket_that_is_opened_again_has_another_clock(given: Any) -> None:
    events = [
        given.event("opened", f"{THURSDAY}T10:00"),
        given.event("resolved", f"{THURSDAY}T11:00"),
        given.event("opened", f"{FRIDAY}T10:00"),
        given.event("answered", f"{FRIDAY}T13:00"),
    ]

    verdict = judged(given, promised(given), *events)

    assert [(clock.elapsed // HOUR, clock.met) for clock in verdict.clocks] == [(1, True), (3, False)]
    assert (verdict.measured, verdict.finding) == (Fraction(1, 2), "breached")


@pytest.mark.parametrize(
    ("mode", "expected", "kept", "late"),
    [
        ("same-time", "09-11T10:00:00", "09-11T10:00", "09-11T10:01"),
        ("end-of-day", "09-11T17:00:00", "09-11T17:00", "09-14T08:01"),
    ],
)
def test_business_days(given: Any, mode: Any, expected: str, kept: str, late: str) -> None:
    office = given.calendar("08:00-17:00")
    contract = promised(given, "5bd", calendar=office, business_days=mode)
    opened = given.event("opened", f"{SATURDAY}T10:00")

    in_time = clock_of(given, contract, opened, given.event("answered", kept))
    too_late = clock_of(given, contract, opened, given.event("answered", late))

    assert (due(in_time), in_time.met, too_late.met) == (expected, True, False)


def test_a_pause_puts_business_days_off_by_its_open_time(given: Any) -> None:
    contract = promised(given, "5bd", calendar=given.calendar("08:00-17:00"))
    events = [
        given.event("opened", f"{SATURDAY}T10:00"),
        given.event("waiting", f"{MONDAY}T08:00"),
        given.event("resumed", f"{MONDAY}T10:00"),
    ]

    assert due(clock_of(given, contract, *events, now="09-08T00:00")) == "09-11T12:00:00"


def test_a_clock_counts_once_in_the_month_in_which_it_was_decided(given: Any) -> None:
    events = [
        given.event("opened", "08-31T17:00", ticket="T-1"),
        given.event("answered", "09-01T10:30", ticket="T-1"),
        given.event("opened", "08-28T10:00", ticket="T-2"),
        given.event("answered", "09-01T10:00", ticket="T-2"),
        given.event("opened", "09-30T17:00", ticket="T-3"),
        given.event("answered", "10-01T11:30", ticket="T-3"),
    ]

    august, september, october = (
        judged(given, promised(given), *events, period=given.period(month))
        for month in ("2026-08", "2026-09", "2026-10")
    )

    assert [clock.ticket for clock in august.clocks] == ["T-2", "T-1"]
    assert [(clock.ticket, clock.met) for clock in september.clocks] == [("T-1", True), ("T-3", None)]
    assert [(clock.ticket, clock.met) for clock in october.clocks] == [("T-3", False)]
    assert (august.breached, september.met, september.open, october.breached) == (1, 1, 1, 1)


@pytest.mark.parametrize(("answered", "met"), [("11-01T12:00", True), ("11-02T10:00", True), ("11-02T10:01", False)])
def test_one_that_falls_due_as_the_month_s_last_office_day_ends_is_decided_by_the_next_opening(
    given: Any, answered: str, met: bool
) -> None:
    friday = "10-30"
    events = [given.event("opened", f"{friday}T16:00"), given.event("answered", answered)]

    october, november = (
        judged(given, promised(given), *events, period=given.period(month)) for month in ("2026-10", "2026-11")
    )

    assert [(due(clock), clock.met) for clock in october.clocks] == [("10-30T18:00:00", None)]
    assert [(due(clock), clock.met) for clock in november.clocks] == [("10-30T18:00:00", met)]


def test_a_clock_that_started_outside_the_contract_s_dates_was_never_promised(given: Any) -> None:
    events = [
        given.event("opened", "09-03T10:00", ticket="before"),
        given.event("opened", "09-04T10:00", ticket="first day"),
        given.event("opened", "09-11T10:00", ticket="after"),
    ]
    contract = promised(given, since=date(2026, 9, 4), until=date(2026, 9, 11))

    assert [clock.ticket for clock in judged(given, contract, *events).clocks] == ["first day"]


@pytest.mark.parametrize(
    ("target", "now", "finding"),
    [("100%", "09-20T00:00", "breached"), ("50%", "09-20T00:00", "on_track"), ("90%", "09-20T00:00", "at_risk")],
)
def test_a_running_month_is_breached_once_it_cannot_be_saved(given: Any, target: str, now: str, finding: str) -> None:
    events = [
        given.event("opened", f"{THURSDAY}T10:00", ticket="T-1"),
        given.event("answered", f"{THURSDAY}T11:00", ticket="T-1"),
        given.event("opened", f"{THURSDAY}T10:00", ticket="T-2"),
    ]

    assert judged(given, promised(given, target=parse_percent(target)), *events, now=now).finding == finding


def test_order_and_repetition_of_events_do_not_matter(given: Any) -> None:
    events = [
        given.event("opened", f"{THURSDAY}T10:00"),
        given.event("waiting", f"{THURSDAY}T10:30"),
        given.event("resumed", f"{THURSDAY}T11:00"),
        given.event("answered", f"{THURSDAY}T12:00"),
        given.event("opened", f"{THURSDAY}T12:00"),
    ]
    told = judged(given, promised(given), *events)

    for shuffled in itertools.permutations(events):
        assert judged(given, promised(given), *shuffled, *shuffled[:2]) == told


def test_a_clock_keeps_the_terms_that_stood_when_it_started(given: Any) -> None:
    before, after = promised(given, "4h"), promised(given, "1h")
    amended_at = given.at("09-07T00:00")
    events = [
        given.event("opened", f"{FRIDAY}T16:00", ticket="T-1"),  # before the amendment, answered after it
        given.event("answered", f"{MONDAY}T11:00", ticket="T-1"),
        given.event("opened", f"{MONDAY}T11:00", ticket="T-2"),
        given.event("answered", f"{MONDAY}T13:00", ticket="T-2"),
    ]

    history = history_of((), tickets=events)
    period = given.period()
    verdict = evaluate(
        before, history, period, period.end, terms_at=lambda at: after if at >= amended_at else before
    ).response[0]

    assert {clock.ticket: clock.met for clock in verdict.clocks} == {"T-1": True, "T-2": False}


def test_a_clock_that_started_before_its_level_was_promised_counts_for_nothing(given: Any) -> None:
    nothing, after = given.contract(), promised(given, "1h")
    amended_at = given.at("09-07T00:00")
    period = given.period()
    history = history_of((), tickets=[given.event("opened", f"{FRIDAY}T16:00")])

    verdict = evaluate(
        after, history, period, period.end, terms_at=lambda at: after if at >= amended_at else nothing
    ).response[0]

    assert (verdict.finding, verdict.clocks) == ("no_data", ())


@pytest.mark.parametrize("within", ["4h", "2bd"])
def test_on_a_calendar_that_is_never_open_again_for_so_long_nothing_falls_due(given: Any, within: str) -> None:
    fair = CalendarRule(parse_zone("UTC"), open=((date(2026, 9, 3), (parse_window("10:00-12:00"),)),))
    contract = promised(given, within, calendar=compile_calendar("office", fair))
    opened = given.event("opened", f"{THURSDAY}T09:00")

    running = clock_of(given, contract, opened, now=f"{MONDAY}T00:00")
    answered = judged(given, contract, opened, given.event("answered", f"{MONDAY}T09:00"))

    assert (running.due_at, running.elapsed, running.met, running.warnings) == (None, 2 * HOUR, None, ())
    assert (answered.met, answered.breached, answered.open) == (1, 0, 0)
