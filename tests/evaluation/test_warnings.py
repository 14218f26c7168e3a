"""Warnings before an answer falls due: at 50, 75 and 90 percent of the promise, each once."""

from collections.abc import Sequence
from typing import Any

import pytest

from sla_engine.calendars import Calendar
from sla_engine.evaluation.warnings import warnings
from sla_engine.model.contract import ResponseObjective
from sla_engine.model.duration import parse_within
from sla_engine.model.instant import format_instant
from sla_engine.model.ticket import TicketEvent


def office(given: Any) -> Calendar:
    calendar: Calendar = given.calendar("10:00-18:00")
    return calendar


def warned(
    given: Any, events: Sequence[TicketEvent], within: str = "2h", now: str = "09-30T00:00", **how: Any
) -> list[str]:
    objective = ResponseObjective("first", parse_within(within), "office", **how)
    contract = given.contract(response=(objective,), calendars={"office": office(given)})
    [clock] = given.verdict(contract, tickets=events, now=now).response[0].clocks
    return [f"{format_instant(one.at)[5:16]} {one.percent}" for one in warnings(clock, office(given))]


def test_of_two_hours_they_come_after_60_90_and_108_minutes(given: Any) -> None:
    events = [given.event("opened", "09-03T15:00")]

    assert warned(given, events) == ["09-03T16:00 50", "09-03T16:30 75", "09-03T16:48 90"]


def test_they_come_in_open_time(given: Any) -> None:
    events = [given.event("opened", "09-04T16:40")]  # a Friday; the rest is used up on Monday

    assert warned(given, events) == ["09-04T17:40 50", "09-07T10:10 75", "09-07T10:28 90"]


def test_what_is_used_up_at_closing_time_is_warned_of_then_and_not_when_it_opens_again(given: Any) -> None:
    events = [given.event("opened", "09-03T17:00")]

    assert warned(given, events)[0] == "09-03T18:00 50"


def test_a_pause_puts_off_those_that_have_not_come(given: Any) -> None:
    events = [
        given.event("opened", "09-03T11:00"),
        given.event("waiting", "09-03T12:15"),
        given.event("resumed", "09-03T13:15"),
    ]

    assert warned(given, events) == ["09-03T12:00 50", "09-03T13:30 75", "09-03T13:48 90"]


def test_one_that_has_come_is_not_taken_back_by_a_pause_that_begins_then(given: Any) -> None:
    events = [
        given.event("opened", "09-03T11:00"),
        given.event("waiting", "09-03T12:00"),
        given.event("resumed", "09-03T13:00"),
    ]

    assert warned(given, events) == ["09-03T12:00 50", "09-03T13:30 75", "09-03T13:48 90"]


def test_while_the_customer_is_waited_for_nobody_is_hurried(given: Any) -> None:
    events = [given.event("opened", "09-03T11:00"), given.event("waiting", "09-03T12:15")]

    assert warned(given, events) == ["09-03T12:00 50"]


@pytest.mark.parametrize(("answered", "count"), [("11:59", 0), ("12:00", 0), ("12:01", 1), ("12:49", 3), ("17:00", 3)])
def test_none_comes_after_the_answer(given: Any, answered: str, count: int) -> None:
    events = [given.event("opened", "09-03T11:00"), given.event("answered", f"09-03T{answered}")]

    assert len(warned(given, events)) == count


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("same-time", ["09-10T14:00 50", "09-11T16:00 75", "09-14T14:00 90"]),
        ("end-of-day", ["09-10T18:00 50", "09-14T14:00 75", "09-15T13:12 90"]),
    ],
)
def test_business_days_are_parts_of_the_open_time_until_the_answer_is_due(
    given: Any, mode: Any, expected: list[str]
) -> None:
    events = [given.event("opened", "09-08T10:00")]  # a Tuesday; due five business days later

    assert warned(given, events, "5bd", business_days=mode) == expected
