"""What holds of every incident, whoever looks at it and whenever: laws, tried on drawn stories."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from attrs import evolve, frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from sla_engine.engine.escalation.composing import compose
from sla_engine.engine.escalation.foretelling import foretell
from sla_engine.engine.escalation.record import Person
from sla_engine.engine.incidents.rules import Rule
from sla_engine.model.incident import IncidentEvent
from sla_engine.model.instant import MINUTE
from sla_engine.model.interval import merge
from sla_engine.policy import PolicySet, compile_policies
from sla_engine.store.outbox import Notice
from tests.engine.escalation.alarm import NOTIFIERS, PLUGINS, SERVICES, Alarm, minute

POLICIES = """
[calendar.hours]
timezone = "UTC"
hours.all = ["00:20-01:00", "01:30-02:10"]
[rotation.oncall]
of = ["phone", "sms"]
every = "1h"
from = 2026-01-05T00:30:00
[escalation.first]
on = {}
repeat = "7m"
step = [{ notify = ["mail"] }, { after = "5m", notify = ["oncall"] }, { after = "15m", notify = ["sms", "mail"] }]
[escalation.second]
on = { services = ["api"] }
step = [{ after = "3m", notify = ["oncall", "phone"] }]
"""
LAST = 150


@pytest.fixture(scope="module")
def policies() -> Iterator[PolicySet]:
    with TemporaryDirectory() as folder:
        notifiers = NOTIFIERS.replace('sms = { via = "bell"', 'sms = { via = "bell", during = "hours"')
        (Path(folder) / "policy.toml").write_text(SERVICES + notifiers + POLICIES)
        found = compile_policies([Path(folder)], plugins=PLUGINS, environ={}).policies
        assert found is not None
        yield found


@frozen
class Story:
    """What happens to an incident, in minutes."""

    opened: int
    closed: int | None
    held: Sequence[tuple[int, int]]
    acts: Sequence[tuple[int, bool]]
    flapped: Sequence[int]

    def alarm(self, policies: PolicySet) -> Alarm:
        alarm = Alarm(policies, opened=self.opened, closed=self.closed, held=self.held, flapped=self.flapped)
        alarm.events = [
            IncidentEvent(minute(at), "acknowledged" if taken else "unacknowledged", "anna") for at, taken in self.acts
        ]
        return alarm


MINUTES = st.integers(0, LAST)


@st.composite
def stories(draw: st.DrawFn) -> Story:
    opened = draw(st.integers(0, 60))
    lasts = draw(st.integers(1, 100) | st.none())
    held = draw(st.lists(st.tuples(MINUTES, st.integers(1, 60)), max_size=2))
    acts = draw(st.lists(st.tuples(MINUTES, st.booleans()), max_size=3))
    flapped = draw(st.lists(st.integers(opened, LAST), max_size=2, unique=True))
    return Story(
        opened,
        None if lasts is None else opened + lasts,
        [(start, start + length) for start, length in held],
        sorted(acts),
        sorted(flapped),
    )


LOOKS = st.lists(MINUTES, min_size=1, max_size=12, unique=True).map(sorted)


def person(notice: Notice) -> Person:
    return Person(notice.notifier, notice.recipient)


@given(stories(), LOOKS)
def test_nothing_is_told_twice_and_everything_in_its_time(policies: PolicySet, story: Story, looks: list[int]) -> None:
    alarm = story.alarm(policies)

    for at in looks:
        for notice in alarm.look(at):  # which holds that no key comes twice
            assert notice.at == minute(at) + 1
            if notice.about != "recovered":
                assert minute(story.opened) <= notice.due_at <= minute(at)
                assert story.closed is None or at < story.closed


@given(stories(), LOOKS)
def test_nobody_is_told_of_the_end_who_was_not_told_of_it_and_nobody_twice(
    policies: PolicySet, story: Story, looks: list[int]
) -> None:
    alarm = story.alarm(policies)
    knows: set[tuple[str, Person]] = set()

    for at in looks:
        for notice in alarm.look(at):
            whose = notice.thread, person(notice)
            if notice.about in {"opened", "repeated"}:
                knows.add(whose)
            else:
                assert whose in knows
            if notice.about == "recovered":
                knows.discard(whose)

    if story.closed is not None:
        alarm.look(LAST * 2)
        ends = {(one.thread, person(one)) for one in alarm.told.values() if one.about == "recovered"}
        told = {(one.thread, person(one)) for one in alarm.told.values() if one.about != "recovered"}
        assert ends == told


@given(stories(), LOOKS)
def test_composed_again_from_the_same_record_it_is_the_same(
    policies: PolicySet, story: Story, looks: list[int]
) -> None:
    alarm = story.alarm(policies)

    for at in looks:
        first = compose(alarm.case(at), policies, minute(at) + 1)
        again = compose(alarm.case(at), policies, minute(at) + 1)
        later = compose(alarm.case(at), policies, minute(at) + 1 + MINUTE // 2)

        assert first == again
        assert {one.key for one in first.notices} <= {one.key for one in later.notices}
        json.dumps([one.facts for one in first.notices])
        alarm.look(at)


@settings(max_examples=40, deadline=None)
@given(stories(), LOOKS)
def test_who_is_killed_and_comes_back_says_nothing_that_another_would_not_have_said(
    policies: PolicySet, story: Story, looks: list[int]
) -> None:
    steady, interrupted = story.alarm(policies), story.alarm(policies)
    steady.every_minute(LAST + 1)

    for at in looks:
        interrupted.look(at)

    assert interrupted.told.keys() <= steady.told.keys()


@settings(max_examples=40, deadline=None)
@given(stories())
def test_who_looks_when_there_is_more_to_tell_tells_all_that_one_does_who_looks_all_the_time(
    policies: PolicySet, story: Story
) -> None:
    story = evolve(story, acts=[], flapped=[], held=[])
    seldom, always = story.alarm(policies), story.alarm(policies)
    always.every_minute(LAST)

    at: float = story.opened
    while at < LAST:
        next_at = compose(seldom.case(at), policies, minute(at) + 1).next_at
        seldom.look(at)
        moments = [] if next_at is None else [(next_at - 1 - minute(0)) / MINUTE]
        moments += [story.closed] if story.closed is not None and story.closed > at else []
        at = min(moments, default=LAST)

    assert seldom.told.keys() == always.told.keys()


@settings(max_examples=40, deadline=None)
@given(stories())
def test_a_scenario_foretells_what_the_engine_tells(policies: PolicySet, story: Story) -> None:
    story = evolve(story, acts=[], flapped=[])
    alarm = story.alarm(policies)
    alarm.every_minute(LAST)
    incident = alarm.case(LAST).parts[0].incident
    held = tuple(merge((minute(start), minute(end)) for start, end in story.held))

    foretold = foretell(incident, Rule("down", 1, 1), alarm.case(LAST).service, held, minute(LAST), policies)

    told = {(one.due_at, one.notifier, one.about, one.facts["escalation"]) for one in alarm.told.values()}
    assert {(one.at, one.notifier, one.about, one.escalation) for one in foretold} == {
        one for one in told if one[0] < minute(LAST)
    }
