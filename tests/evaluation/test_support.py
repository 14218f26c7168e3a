"""Figures of support: as verdicts count, in open hours, by level, team, customer and topic; and what is left."""

import random
from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from sla_engine.calendars import ALWAYS
from sla_engine.calendars.periods import Period
from sla_engine.evaluation import evaluate
from sla_engine.evaluation.history import history_of
from sla_engine.evaluation.support import support_figures
from sla_engine.model.contract import Contract, ResponseObjective
from sla_engine.model.duration import parse_within
from sla_engine.model.instant import DAY, HOUR, MINUTE, Instant
from sla_engine.model.support import AgeClass, Figures, Group, SupportFigures, TicketStory
from sla_engine.model.ticket import TicketAct, TicketEvent

THURSDAY, FRIDAY, MONDAY = "09-03", "09-04", "09-07"
TEAMS = {("second", "deliverability"): "network", ("second", None): "development"}


def promised(given: Any, **dates: Any) -> Contract:
    """First level within two hours, second within eight, of Monday to Friday from 10 to 18."""
    return given.contract(  # type: ignore[no-any-return]
        response=(
            ResponseObjective("first", parse_within("2h"), "office"),
            ResponseObjective("second", parse_within("8h"), "office"),
        ),
        calendars={"office": given.calendar("10:00-18:00")},
        **dates,
    )


def story(*events: TicketEvent, customer: str | None = None, topic: str | None = None) -> TicketStory:
    return TicketStory(events[0].ticket, customer, topic, events)


def figures(given: Any, *stories: TicketStory, period: Period | None = None, now: str | None = None) -> SupportFigures:
    contract, period = promised(given), period or given.period()
    until = period.end if now is None else given.at(now)
    return support_figures(stories, lambda *_: contract, lambda *of: TEAMS.get(of), period, until)


def answered(given: Any, number: int, hours: float, opened: str = f"{THURSDAY}T10:00", **more: Any) -> TicketStory:
    """A ticket that is answered and resolved so many hours after it was opened."""
    first = given.event("opened", opened, ticket=f"T-{number}")
    at = first.at + round(hours * HOUR)
    acts = [TicketEvent(f"T-{number}", act, at, "first") for act in (TicketAct.ANSWERED, TicketAct.RESOLVED)]
    return story(first, *acts, **more)


def named(groups: Iterable[Group]) -> dict[str | None, Figures]:
    return {group.name: group.figures for group in groups}


def test_answers_are_counted_and_timed_in_open_hours(given: Any) -> None:
    found = figures(
        given,
        answered(given, 1, 1),
        answered(given, 2, 2),
        answered(given, 3, 4),
        answered(given, 4, 16, opened=f"{THURSDAY}T17:00"),  # at nine the next morning: an hour was open
    )

    answers = found.total.answers
    assert (answers.met, answers.breached, answers.open, answers.given) == (3, 1, 0, 4)
    assert (answers.compliance, answers.median, answers.p95) == (pytest.approx(0.75), HOUR, 4 * HOUR)


@pytest.mark.parametrize(("count", "median", "p95"), [(1, 1, 1), (2, 1, 2), (19, 10, 19), (20, 10, 19), (21, 11, 20)])
def test_the_median_and_the_95th_percentile_are_answers_that_were_given(
    given: Any, count: int, median: int, p95: int
) -> None:
    stories = [answered(given, number, number / 10) for number in range(1, count + 1)]
    random.Random(1).shuffle(stories)

    answers = figures(given, *stories).total.answers

    assert (answers.median, answers.p95) == (median * 6 * MINUTE, p95 * 6 * MINUTE)


def test_where_nothing_happened_there_is_nothing_to_say(given: Any) -> None:
    total = figures(given).total

    assert (total.answers.compliance, total.answers.median, total.left) == (None, None, 0)


def test_an_answer_is_timed_in_the_month_in_which_it_was_given_and_counted_when_it_became_late(given: Any) -> None:
    late = story(given.event("opened", "08-28T10:00"), given.event("answered", "09-01T11:00"))

    august, september = (figures(given, late, period=given.period(month)) for month in ("2026-08", "2026-09"))

    assert (august.total.answers.breached, august.total.answers.given, august.total.answers.median) == (1, 0, None)
    assert (september.total.answers.breached, september.total.answers.given) == (0, 1)
    assert september.total.answers.median == (8 + 8 + 1) * HOUR


def test_first_answers_are_those_upon_the_clocks_with_which_tickets_began(given: Any) -> None:
    found = figures(
        given,
        story(
            given.event("opened", f"{THURSDAY}T10:00"),
            given.event("answered", f"{THURSDAY}T11:00"),
            given.event("reached", f"{THURSDAY}T12:00", "second"),
            given.event("answered", f"{THURSDAY}T15:00", "second"),
            given.event("resolved", f"{THURSDAY}T16:00"),
            given.event("reopened", f"{FRIDAY}T10:00"),
            given.event("answered", f"{FRIDAY}T15:00"),
        ),
    )

    first, every = found.total.first, found.total.answers
    assert (first.met, first.breached, first.median) == (1, 0, HOUR)
    assert (every.met, every.breached, every.median) == (2, 1, 3 * HOUR)


def test_what_happened_to_tickets_is_counted_in_the_period_alone(given: Any) -> None:
    turning = story(
        given.event("opened", "08-31T10:00"),
        given.event("resolved", "08-31T11:00"),
        given.event("reopened", "09-02T10:00"),
        given.event("resolved", "09-02T11:00"),
        given.event("resolved", "09-02T12:00"),
        given.event("opened", "09-03T10:00"),
        given.event("resolved", "10-01T10:00"),
    )

    total = figures(given, turning, answered(given, 2, 1)).total

    assert (total.opened, total.resolved, total.reopened) == (1, 2, 2)


def test_the_backlog_is_told_by_age_and_by_whose_turn_it_is(given: Any) -> None:
    now = "09-17T12:00"
    stories = [
        story(given.event("opened", "09-17T11:00", ticket="new")),
        story(given.event("opened", "09-16T12:00", ticket="late since yesterday")),
        story(
            given.event("opened", "09-14T12:00", ticket="asked back"),
            given.event("waiting", "09-14T13:00", ticket="asked back"),
        ),
        story(
            given.event("opened", "09-14T11:59", ticket="answered"),
            given.event("answered", "09-14T13:00", ticket="answered"),
        ),
        story(given.event("opened", "09-01T10:00", ticket="forgotten")),
        answered(given, 1, 1),
    ]

    found = figures(given, *stories, now=now).total

    assert found.backlog == (
        AgeClass(0, DAY, owed=1, waiting=0, answered=0, late=0),
        AgeClass(DAY, 3 * DAY, owed=1, waiting=0, answered=0, late=1),
        AgeClass(3 * DAY, 7 * DAY, owed=0, waiting=1, answered=1, late=0),
        AgeClass(7 * DAY, None, owed=1, waiting=0, answered=0, late=1),
    )
    assert (found.left, found.late) == (5, 2)


def test_what_happens_after_the_end_is_not_known_and_resolved_tickets_of_before_change_nothing(given: Any) -> None:
    old = story(
        given.event("opened", "08-03T10:00", ticket="T-9"), given.event("resolved", "08-03T11:00", ticket="T-9")
    )
    events = [given.event("opened", "09-30T10:00"), given.event("answered", "09-30T11:00")]
    later = [given.event("resolved", "10-01T10:00"), given.event("reopened", "10-02T10:00")]

    assert figures(given, story(*events, *later), old) == figures(given, story(*events))


def test_figures_are_told_of_each_level_team_customer_and_topic(given: Any) -> None:
    handed_on = [
        given.event("opened", f"{THURSDAY}T10:00", ticket="T-2", customer="acme"),
        given.event("answered", f"{THURSDAY}T11:00", ticket="T-2", customer="acme"),
        given.event("reached", f"{THURSDAY}T12:00", "second", ticket="T-2", customer="acme"),
    ]

    found = figures(given, answered(given, 1, 3), story(*handed_on, customer="acme", topic="deliverability"))

    levels, customers = named(found.levels), named(found.customers)
    assert [(name, one.answers.met, one.answers.breached) for name, one in levels.items()] == [
        ("first", 1, 1),
        ("second", 0, 1),
    ]
    assert (levels["first"].opened, levels["first"].left, levels["second"].opened, levels["second"].left) == (
        2,
        0,
        0,
        1,
    )
    assert [(name, one.answers.breached) for name, one in named(found.teams).items()] == [("network", 1), (None, 1)]
    assert [(name, one.opened, one.answers.met) for name, one in customers.items()] == [("acme", 1, 1), (None, 1, 0)]
    assert [(name, one.late) for name, one in named(found.topics).items()] == [("deliverability", 1), (None, 0)]


def test_where_nobody_promised_anything_tickets_are_counted_and_no_clocks(given: Any) -> None:
    found = support_figures([answered(given, 1, 1)], lambda *_: None, lambda *_: None, given.period(), given.end)

    assert (found.total.opened, found.total.answers.given, found.total.answers.met) == (1, 0, 0)


def test_order_and_repetition_of_events_do_not_matter(given: Any) -> None:
    stories = [answered(given, number, number) for number in range(1, 9)]
    turned = [story(*reversed(one.events), *one.events) for one in reversed(stories)]

    assert figures(given, *turned) == figures(given, *stories)


HOLDERS: tuple[str | None, ...] = (None, "acme", "umbrella")
AMENDED_AT = "09-10T00:00"


def contract_of(given: Any, holder: str | None, at: Instant) -> Contract:
    """ACME is promised an hour at any time, from the 10th on half of it; Umbrella has a contract from the 6th on."""
    if holder != "acme":
        return promised(given, since=date(2026, 9, 6) if holder else None)
    within = "30m" if at >= given.at(AMENDED_AT) else "1h"
    objectives = ResponseObjective("first", parse_within(within)), ResponseObjective("second", parse_within("4h"))
    return given.contract(response=objectives, calendars={"always": ALWAYS})  # type: ignore[no-any-return]


@st.composite
def tickets(draw: Any) -> list[TicketStory]:
    acts = st.tuples(
        st.integers(0, 60 * 24), st.sampled_from(list(TicketAct)), st.sampled_from(["first", "second", None])
    )
    start = 1_787_529_600_000_000  # 24 August 2026, so that some tickets are older than the month
    stories = []
    for number in range(draw(st.integers(1, 8))):
        customer, name = draw(st.sampled_from(HOLDERS)), f"T-{number}"
        opened = TicketEvent(name, TicketAct.OPENED, start + draw(st.integers(0, 900)) * HOUR, "first", customer)
        later = [
            TicketEvent(name, act, opened.at + hours * HOUR // 4, level, customer)
            for hours, act, level in draw(st.lists(acts, max_size=7))
        ]
        stories.append(story(opened, *later, customer=customer, topic=draw(st.sampled_from([None, "deliverability"]))))
    return stories


@settings(max_examples=150, deadline=None)
@drawn(stories=tickets())
def test_their_sums_are_those_of_the_response_verdicts(given: Any, stories: list[TicketStory]) -> None:
    period = given.period()

    found = support_figures(
        stories, lambda customer, at: contract_of(given, customer, at), lambda *of: TEAMS.get(of), period, period.end
    )

    verdicts = [
        one
        for holder in HOLDERS
        for one in evaluate(
            contract_of(given, holder, period.start),
            history_of((), tickets=[event for one in stories if one.customer == holder for event in one.events]),
            period,
            period.end,
            terms_at=lambda at, holder=holder: contract_of(given, holder, at),
        ).response
    ]
    for level, one in named(found.levels).items():
        judged = [verdict for verdict in verdicts if verdict.objective.level == level]
        assert (one.answers.met, one.answers.breached, one.answers.open) == (
            sum(verdict.met for verdict in judged),
            sum(verdict.breached for verdict in judged),
            sum(verdict.open for verdict in judged),
        )
    for groups in (found.levels, found.teams, found.customers, found.topics):
        parts = [group.figures for group in groups]
        assert found.total.answers.met == sum(part.answers.met for part in parts)
        assert found.total.answers.breached == sum(part.answers.breached for part in parts)
        assert found.total.opened == sum(part.opened for part in parts)
        assert found.total.resolved == sum(part.resolved for part in parts)
        assert (found.total.left, found.total.late) == (
            sum(part.left for part in parts),
            sum(part.late for part in parts),
        )
