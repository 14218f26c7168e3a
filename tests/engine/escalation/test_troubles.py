"""Who is told of the engine's own trouble, in minutes."""

from collections.abc import Callable, Sequence

import pytest

from sla_engine.engine.alerts import TROUBLES
from sla_engine.engine.escalation.troubles import tell_troubles
from sla_engine.policy import PolicySet
from sla_engine.store import Event
from sla_engine.store.outbox import Notice
from tests.engine.escalation.alarm import minute

Policies = Callable[..., PolicySet]

OURS = """
[escalation.ours]
on = { engine = true }
step = [{ notify = ["mail"] }, { after = "10m", notify = ["sms"] }]
"""


def said(events: Sequence[tuple[float, str]], policies: PolicySet, until: int = 30) -> list[str]:
    """What is told by somebody who looks every minute."""
    told: list[Notice] = []
    for at in range(until):
        known = [Event(minute(when), kind, f"detail of {kind}") for when, kind in events if when <= at]
        told += tell_troubles(known, told, minute(at) + 1, policies).notices
    return [
        f"{(one.due_at - minute(0)) // 60_000_000} {one.notifier} {one.about} {one.facts['trouble']}" for one in told
    ]


@pytest.mark.parametrize(("begins", "ends"), TROUBLES.items())
def test_each_trouble_is_told_when_it_begins_and_when_it_is_over(begins: str, ends: str, policies: Policies) -> None:
    assert said([(3, begins), (8, ends)], policies(OURS)) == [
        f"3 mail engine detail of {begins}",
        f"8 mail engine-over detail of {begins}",
    ]


def test_later_steps_are_told_while_it_lasts(policies: Policies) -> None:
    assert said([(3, "cut-off")], policies(OURS)) == [
        "3 mail engine detail of cut-off",
        "13 sms engine detail of cut-off",
    ]


def test_what_comes_back_is_told_again(policies: Policies) -> None:
    events = [(3, "overload"), (5, "overload-over"), (9, "overload"), (11, "overload-over")]

    assert [one.split()[:3] for one in said(events, policies(OURS))] == [
        ["3", "mail", "engine"], ["5", "mail", "engine-over"], ["9", "mail", "engine"], ["11", "mail", "engine-over"]
    ]  # fmt: skip


def test_troubles_do_not_end_each_other(policies: Policies) -> None:
    assert [one.split()[:3] for one in said([(3, "overload"), (5, "back"), (6, "no-descriptors")], policies(OURS))] == [
        ["3", "mail", "engine"], ["6", "mail", "engine"], ["13", "sms", "engine"], ["16", "sms", "engine"]
    ]  # fmt: skip


def test_an_engine_that_starts_anew_has_no_trouble_until_it_finds_it_again(policies: Policies) -> None:
    assert [one.split()[:3] for one in said([(3, "cut-off"), (6, "started")], policies(OURS))] == [
        ["3", "mail", "engine"], ["6", "mail", "engine-over"]
    ]  # fmt: skip


def test_other_events_are_told_to_nobody(policies: Policies) -> None:
    assert said([(1, "started"), (2, "policies-loaded"), (3, "stopped")], policies(OURS)) == []


def test_the_facts_are_the_engines_own(policies: Policies) -> None:
    events = [Event(minute(3), "cut-off", "no control answers")]

    [notice] = tell_troubles(events, (), minute(4), policies(OURS)).notices

    assert (notice.thread, notice.severity) == ("engine/cut-off/ours", "critical")
    assert notice.facts == {
        "trouble": "no control answers",
        "began_at": minute(3),
        "ended_at": None,
        "escalation": "ours",
        "step": 1,
        "customers": [],
    }
