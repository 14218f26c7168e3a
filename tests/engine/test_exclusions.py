"""Time that people take out: by an entry that stays, and back by a further entry."""

from typing import Any

import pytest

from sla_engine.engine.exclusions import ExclusionError, entries, exclude, exclusions_within, revoke
from sla_engine.engine.freezing import freeze, judge_from
from sla_engine.engine.standing import standing
from sla_engine.model.instant import DAY, HOUR
from sla_engine.model.interval import Interval
from sla_engine.model.maintenance import Exclusion
from sla_engine.reports.document import as_document


def outage(june: Any) -> Interval:
    return Interval(june.start + 50 * HOUR, june.start + 52 * HOUR)


def enter(june: Any, service: str = "api", window: Interval | None = None, **how: Any) -> Exclusion:
    how = {"reason": "flood", "who": "ana", "now": june.later, **how}
    return exclude(june.policies, june.store, service, window or outage(june), **how)


def test_what_was_excluded_counts_no_more_and_is_told_with_who_and_why(june: Any) -> None:
    before = judge_from(june.judged(), june.store, june.later).verdict
    exclusion = enter(june)
    after = judge_from(june.judged(), june.store, june.later).verdict

    assert exclusion == Exclusion("X-1", ("api",), outage(june), "flood", "ana")
    assert (before.availability[0].kinds.down, after.availability[0].kinds.down) == (2 * HOUR, 0)
    assert after.availability[0].kinds.excluded == 2 * HOUR
    assert after.exclusions == (exclusion,)


def test_what_stands_on_the_status_page_knows_it_too(june: Any) -> None:
    now = june.start + 10 * DAY
    before = standing(june.policies, june.store, now).agreements[0].objectives[0].measured
    enter(june)

    assert (before, standing(june.policies, june.store, now).agreements[0].objectives[0].measured) == (
        "99.166666",
        "100",
    )


def test_it_is_taken_back_by_a_further_entry_and_both_stay(june: Any) -> None:
    enter(june)
    revoke(june.store, "X-1", reason="wrong day", who="bo", now=june.later + 1)

    [entry] = entries(june.store)
    assert entry.revoked is not None
    assert (entry.act.who, entry.revoked.who, entry.revoked.reason) == ("ana", "bo", "wrong day")
    assert exclusions_within(june.store, june.start, june.end) == []
    assert len(june.store.acts()) == 2


def test_overlapping_entries_are_fine_and_count_once(june: Any) -> None:
    enter(june)
    enter(june, window=Interval(june.start + 51 * HOUR, june.start + 53 * HOUR))

    assert judge_from(june.judged(), june.store, june.later).verdict.availability[0].kinds.excluded == 3 * HOUR


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ({"reason": " "}, "give a reason"),
        ({"who": ""}, "say who"),
        ({"service": "apu"}, "there is no service 'apu'; there is api, web"),
        ({"window": Interval(DAY, DAY)}, "is not after 1970-01-02T00:00:00Z"),
    ],
)
def test_what_is_incomplete_or_makes_no_sense_is_refused_and_leaves_nothing(
    june: Any, how: dict[str, Any], told: str
) -> None:
    with pytest.raises(ExclusionError, match=told):
        enter(june, **how)

    assert june.store.acts() == []


def test_what_is_not_there_or_taken_back_already_cannot_be_taken_back(june: Any) -> None:
    enter(june)
    revoke(june.store, "X-1", reason="wrong day", who="bo", now=june.later)

    with pytest.raises(ExclusionError, match="taken back already, by bo on 2025-07-06T00:00:00Z: wrong day"):
        revoke(june.store, "X-1", reason="again", who="bo", now=june.later)
    with pytest.raises(ExclusionError, match="no exclusion 'X-9'; there is X-1"):
        revoke(june.store, "X-9", reason="again", who="bo", now=june.later)


def test_a_frozen_period_is_touched_only_by_a_correction(june: Any) -> None:
    enter(june)
    freeze(june.judged(), june.store, as_document, who="ana", now=june.later)

    with pytest.raises(ExclusionError, match="sla/standard 2025-06 is frozen"):
        enter(june)
    with pytest.raises(ExclusionError, match="sla/standard 2025-06 is frozen"):
        revoke(june.store, "X-1", reason="wrong day", who="bo", now=june.later)

    assert enter(june, is_correction=True).id == "X-2"
    assert enter(june, "web").id == "X-3"  # which the report promises nothing of
    assert enter(june, window=Interval(june.end, june.end + HOUR)).id == "X-4"
