"""Every transition of a response clock, as a table: what happens to a ticket, and what its clocks make of it."""

from typing import Any

import pytest

from sla_engine.evaluation import evaluate
from sla_engine.evaluation.history import history_of
from sla_engine.model.contract import Contract, ResponseObjective
from sla_engine.model.duration import parse_within
from sla_engine.model.instant import MINUTE, format_instant
from sla_engine.model.verdict import Clock

FIRST, SECOND = "first", "second"

# Time, act and level of each event; level, start, stop, open minutes and finding of each clock. 2 h are allowed.
TRANSITIONS = {
    "an answer stops the clock": (
        ["10:00 opened first", "11:30 answered first"],
        ["first 10:00-11:30 90 met"],
    ),
    "nothing stops it but an answer": (
        ["10:00 opened first"],
        ["first 10:00- 480 late"],
    ),
    "the customer's reply after an answer starts nothing": (
        ["10:00 opened first", "10:30 answered first", "11:00 waiting", "13:00 resumed"],
        ["first 10:00-10:30 30 met"],
    ),
    "a ticket that is answered and reopened has a new clock": (
        ["10:00 opened first", "11:30 answered first", "15:00 reopened first", "16:00 answered first"],
        ["first 10:00-11:30 90 met", "first 15:00-16:00 60 met"],
    ),
    "a ticket that is resolved and reopened too": (
        ["10:00 opened first", "11:30 resolved", "15:00 reopened first"],
        ["first 10:00-11:30 90 met", "first 15:00- 180 late"],
    ),
    "reopened in the instant of the answer, it comes after it": (
        ["10:00 opened first", "11:00 reopened first", "11:00 answered first", "12:00 answered first"],
        ["first 10:00-11:00 60 met", "first 11:00-12:00 60 met"],
    ),
    "a clock that runs is not started anew": (
        ["10:00 opened first", "11:00 reopened first", "11:30 answered first"],
        ["first 10:00-11:30 90 met"],
    ),
    "a customer who comes back ends the wait for them": (
        ["10:00 opened first", "10:30 waiting", "12:30 reopened first", "13:30 answered first"],
        ["first 10:00-13:30 90 met"],
    ),
    "whoever is waited for when a ticket is reopened has come": (
        ["10:00 opened first", "10:30 answered first", "10:40 waiting", "12:30 reopened second",
         "13:00 answered second"],
        ["first 10:00-10:30 30 met", "second 12:30-13:00 30 met"],
    ),
    "escalation without an answer stops no clock": (
        ["10:00 opened first", "11:00 reached second", "12:30 answered second", "14:00 answered first"],
        ["first 10:00-14:00 240 late", "second 11:00-12:30 90 met"],
    ),
    "escalation after an answer leaves one clock": (
        ["10:00 opened first", "11:00 answered first", "11:00 reached second", "12:30 answered second"],
        ["first 10:00-11:00 60 met", "second 11:00-12:30 90 met"],
    ),
    "an answer of no named level is one of every level": (
        ["10:00 opened first", "11:00 reached second", "11:45 answered"],
        ["first 10:00-11:45 105 met", "second 11:00-11:45 45 met"],
    ),
    "a solution is one of every level too": (
        ["10:00 opened first", "11:00 reached second", "11:45 resolved second"],
        ["first 10:00-11:45 105 met", "second 11:00-11:45 45 met"],
    ),
    "a ticket that comes back from the second level has another clock of the first": (
        ["10:00 opened first", "10:30 answered first", "11:00 reached second", "12:00 answered second",
         "12:00 reached first", "13:00 answered first"],
        ["first 10:00-10:30 30 met", "first 12:00-13:00 60 met", "second 11:00-12:00 60 met"],
    ),
    "a wait pauses the clocks of every level": (
        ["10:00 opened first", "10:30 reached second", "11:00 waiting", "16:00 resumed", "16:30 answered"],
        ["first 10:00-16:30 90 met", "second 10:30-16:30 60 met"],
    ),
    "an answer ends the wait": (
        ["10:00 opened first", "11:00 waiting", "15:00 answered first", "15:00 reached second",
         "16:00 answered second"],
        ["first 10:00-15:00 60 met", "second 15:00-16:00 60 met"],
    ),
    "an answer of another level ends the wait as well": (
        ["10:00 opened first", "10:30 reached second", "11:00 waiting", "13:00 answered second",
         "14:00 answered first"],
        ["first 10:00-14:00 120 met", "second 10:30-13:00 30 met"],
    ),
    "a second wait changes nothing, nor does a resumption without one": (
        ["10:00 opened first", "10:30 resumed", "11:00 waiting", "12:00 waiting", "13:00 resumed",
         "13:30 answered first"],
        ["first 10:00-13:30 90 met"],
    ),
    "a wait that begins after the breach saves nothing": (
        ["10:00 opened first", "12:01 waiting", "17:00 resumed", "17:30 answered first"],
        ["first 10:00-17:30 151 late"],
    ),
    "a wait that begins at the due instant puts it off": (
        ["10:00 opened first", "12:00 waiting", "17:00 resumed", "17:00 answered first"],
        ["first 10:00-17:00 120 met"],
    ),
    "an answer to a ticket that never reached the level is nobody's": (
        ["10:00 opened first", "11:00 answered first", "12:00 answered second"],
        ["first 10:00-11:00 60 met"],
    ),
}  # fmt: skip


def contract(given: Any, within: str = "2h", hours: str = "10:00-18:00") -> Contract:
    made: Contract = given.contract(
        response=tuple(ResponseObjective(level, parse_within(within), "office") for level in (FIRST, SECOND)),
        calendars={"office": given.calendar(hours)},
    )
    return made


def told(clock: Clock, level: str) -> str:
    started, stopped = ("" if at is None else format_instant(at)[11:16] for at in (clock.started_at, clock.stopped_at))
    found = {True: "met", False: "late", None: "open"}[clock.met]
    return f"{level} {started}-{stopped} {clock.elapsed // MINUTE} {found}"


@pytest.mark.parametrize("name", TRANSITIONS)
def test_transition(given: Any, name: str) -> None:
    happened, expected = TRANSITIONS[name]
    events = [
        given.event(act, f"09-03T{time}", level[0] if level else None)
        for time, act, *level in (line.split() for line in happened)
    ]

    verdicts = given.verdict(contract(given), tickets=events, now="09-03T18:00").response

    clocks = [told(clock, verdict.objective.level) for verdict in verdicts for clock in verdict.clocks]
    assert clocks == expected


@pytest.mark.parametrize(
    ("before", "after"), [("2h 10:00-18:00", "1h 10:00-18:00"), ("2h 10:00-18:00", "2h 08:00-20:00")]
)
def test_a_change_of_contract_or_calendar_leaves_the_clocks_that_run_as_they_were(
    given: Any, before: str, after: str
) -> None:
    events = [given.event("opened", "09-03T16:30"), given.event("answered", "09-04T10:25")]
    old, new = (contract(given, *terms.split()) for terms in (before, after))
    amended_at = given.at("09-04T00:00")
    period = given.period()

    amended = evaluate(
        new, history_of((), events), period, period.end, terms_at=lambda at: new if at >= amended_at else old
    )

    [clock] = amended.response[0].clocks
    assert clock == given.verdict(old, tickets=events).response[0].clocks[0]
    assert clock != given.verdict(new, tickets=events).response[0].clocks[0]


def test_a_clock_says_what_it_was_promised_and_how_long_it_stood(given: Any) -> None:
    events = [given.event("opened", "09-03T16:00"), given.event("waiting", "09-03T17:00")]

    [clock] = given.verdict(contract(given, "1bd"), tickets=events, now="09-03T18:00").response[0].clocks

    pause = (given.at("09-03T17:00"), None)
    assert (str(clock.within), clock.during, clock.allowed // MINUTE, clock.pauses) == ("1bd", "office", 480, (pause,))
