"""What is on record stays and is added to, whatever the results show later."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.engine.incidents import Incident
from sla_engine.engine.incidents.reconciling import NEVER_WAS, Change, given_up, reconcile
from sla_engine.engine.incidents.rules import Rule
from sla_engine.engine.incidents.union import Found, Part
from sla_engine.model.incident import IncidentRecord
from sla_engine.model.instant import Instant
from sla_engine.model.interval import Interval, merge

ONCE = Rule("down", 1, 1)
NOW = 100


def shown(began: int, closed: int | None = None, opened: int | None = None, flapped: tuple[int, ...] = ()) -> Found:
    opened_at = began if opened is None else opened
    return Found("api", (Part(ONCE, Incident("api", began, opened_at, closed, closed, False, flapped)),))


class Book:
    """The record, brought up to date by whatever the results show."""

    def __init__(self) -> None:
        self.records: list[IncidentRecord] = []

    def enter(self, *found: Found, now: Instant = NOW) -> list[str]:
        """Enter changes as the store does; gives what happened."""
        happened = []
        for change in reconcile(self.records, found, now):
            record = self._enter(change)
            happened += [f"{record.number} {event.kind} {event.at}" for event in change.happened]
        return happened

    def _enter(self, change: Change) -> IncidentRecord:
        events = (*change.record.events, *change.happened)
        record = evolve(change.record, number=change.record.number or len(self.records) + 1, events=events)
        self.records = [*(one for one in self.records if one.number != record.number), record]
        assert len([one for one in self.records if one.closed_at is None]) <= 1, "there is room for one at a time"
        return record

    def spans(self) -> list[tuple[int, int | None]]:
        ordered = sorted(self.records, key=lambda record: record.began_at)
        return [(record.began_at, record.closed_at) for record in ordered]


@pytest.fixture
def book() -> Book:
    return Book()


def test_what_is_new_is_entered_and_what_is_known_is_not_entered_again(book: Book) -> None:
    assert book.enter(shown(1)) == ["1 opened 1"]
    assert book.enter(shown(1)) == []
    assert book.enter(shown(1, closed=5)) == ["1 closed 5"]
    assert book.enter(shown(1, closed=5)) == []
    assert book.enter(shown(1, closed=5), shown(8)) == ["2 opened 8"]


def test_what_was_over_before_anybody_looked_is_entered_whole(book: Book) -> None:
    assert book.enter(shown(1, closed=5), shown(7)) == ["1 opened 1", "1 closed 5", "2 opened 7"]


def test_an_incident_that_began_earlier_by_later_results_is_the_same(book: Book) -> None:
    book.enter(shown(5))

    assert book.enter(shown(3)) == []
    assert book.spans() == [(5, None)]


def test_an_incident_that_is_two_by_later_results_is_over_and_another_opens(book: Book) -> None:
    book.enter(shown(1))

    assert book.enter(shown(1, closed=4), shown(6)) == ["1 closed 4", "2 opened 6"]


def test_an_incident_that_there_never_was_is_closed_and_that_is_said(book: Book) -> None:
    book.enter(shown(1))

    assert book.enter(now=50) == ["1 closed 49"]
    [record] = book.records
    assert record.events[-1].detail == {"why": NEVER_WAS}
    assert record.ended_at is None


def test_what_goes_on_although_it_is_on_record_as_over_is_a_further_incident(book: Book) -> None:
    book.enter(shown(1, closed=5))

    assert book.enter(shown(1)) == ["2 opened 5"]
    assert book.spans() == [(1, 5), (5, None)]
    assert book.enter(shown(1)) == []


def test_what_is_on_record_as_over_is_not_opened_again_for_having_lasted_longer(book: Book) -> None:
    book.enter(shown(1, closed=5))

    assert book.enter(shown(1, closed=9)) == []


def test_what_was_not_known_of_the_past_is_entered_beside_what_lasts(book: Book) -> None:
    book.enter(shown(10))

    assert book.enter(shown(1, closed=4), shown(10)) == ["2 opened 1", "2 closed 4"]
    assert book.spans() == [(1, 4), (10, None)]


def test_flapping_and_steadiness_are_told_in_turn_and_each_once(book: Book) -> None:
    assert book.enter(shown(1, flapped=(4,))) == ["1 opened 1", "1 flapping 4"]
    assert book.enter(shown(1, flapped=(4,))) == []
    assert book.enter(shown(1, flapped=(4, 7))) == ["1 steady 7"]
    assert book.enter(shown(1, flapped=(4, 7, 9))) == ["1 flapping 9"]
    assert book.records[0].is_flapping


def test_a_service_that_is_no_more_ends_its_incident(book: Book) -> None:
    book.enter(shown(1))

    change = given_up(book.records[0], 9, "it is no more")

    assert (change.record.closed_at, change.happened[0].detail) == (8, {"why": "it is no more"})  # known by then


spans = st.lists(st.tuples(st.integers(0, 50), st.integers(1, 10)), max_size=5)


def incidents(lengths: Sequence[tuple[int, int]], *, lasts: bool) -> list[Found]:
    merged: list[Interval] = merge((start, start + length) for start, length in lengths)
    return [
        shown(start, closed=None if lasts and index + 1 == len(merged) else end)
        for index, (start, end) in enumerate(merged)
    ]


@given(st.lists(st.tuples(spans, st.booleans()), min_size=1, max_size=6))
def test_whatever_comes_late_there_is_one_incident_at_a_time_and_nothing_is_done_twice(
    looks: list[tuple[list[tuple[int, int]], bool]],
) -> None:
    book = Book()
    for number, (lengths, lasts) in enumerate(looks):
        found = incidents(lengths, lasts=lasts)

        book.enter(*found, now=NOW + number)

        assert book.enter(*found, now=NOW + number) == []
        assert any(one.closed_at is None for one in book.records) == any(one.closed_at is None for one in found)
        for earlier, later in pairwise(book.spans()):
            assert earlier[1] is not None
            assert earlier[1] <= later[0]
        for record in book.records:
            kinds = [event.kind for event in record.events]
            assert kinds.count("opened") == 1
            assert kinds.count("closed") == (record.closed_at is not None)
