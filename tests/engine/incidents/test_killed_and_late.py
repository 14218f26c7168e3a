"""Whenever the engine is killed, and in whatever order results come, the record is sound and nobody is told twice."""

import random
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from sla_engine.engine.incidents.reconciling import GONE
from sla_engine.store import StoreError
from tests.databases import is_full

LENGTH = 40


def weather(seed: int) -> str:
    """Forty minutes of a service with outages."""
    chance = random.Random(seed)
    states = ""
    while len(states) < LENGTH:
        states += chance.choice("UUD?d") * chance.randint(1, 6)
    return states[:LENGTH]


@pytest.mark.parametrize("seed", range(4))
def test_an_engine_that_is_killed_now_and_then_keeps_the_same_record(
    watch: Any, another_watch: Callable[[], Any], seed: int
) -> None:
    """What is on record is the same as if it had looked after every result without a break."""
    states, chance, steady = weather(seed), random.Random(-seed), another_watch()
    steady.see(states)

    for state in states:
        watch.put(state)
        watch.clock.pass_by(60)
        act = chance.choice(["look", "look", "miss", "kill"])
        if act == "look":
            watch.attend()
        elif act == "kill":
            watch.restart()
    watch.attend()

    assert watch.incidents() == steady.incidents()
    recovered = [one for one in watch.notices() if "recovered" in one]
    assert set(recovered) <= {one for one in steady.notices() if "recovered" in one}


@pytest.mark.parametrize("seed", range(4))
def test_whatever_comes_late_there_is_one_incident_at_a_time_and_each_is_told_once(watch: Any, seed: int) -> None:
    states, chance = weather(seed), random.Random(-seed)
    arrivals = [(minute, state) for minute, state in enumerate(states) for _ in range(chance.choice([1, 1, 2]))]
    chance.shuffle(arrivals)
    watch.clock.pass_by(LENGTH * 60)

    for minute, state in arrivals:
        watch.put(state, at=minute)
        if chance.random() < 0.4:
            watch.attend()
    watch.attend()

    records = watch.records()
    for earlier, later in pairwise(sorted(records, key=lambda record: record.began_at)):
        assert earlier.closed_at is not None
        assert earlier.closed_at <= later.began_at
    for record in records:
        kinds = [event.kind for event in record.events]
        assert kinds.count("opened") == (record.opened_at is not None)
        assert kinds.count("closed") == (record.closed_at is not None)
    for record in records:
        own = [one for one in watch.notice_keys() if one.startswith(f"incident/{record.number}/")]
        ends = [one for one in own if "/recovered/" in one]
        assert len(own) - len(ends) <= len(ends) + 1  # told of again only after having been told that it was over


@pytest.mark.every_database
@pytest.mark.parametrize("table", ["notices", "incident_events"])
def test_what_is_broken_off_leaves_nothing_and_is_done_whole_by_the_next_look(watch: Any, table: str) -> None:
    """An incident, what happened to it and its notices are one transaction."""
    watch.put("UDD", at=0)
    watch.clock.pass_by(180)

    with is_full(watch.store, table):
        with pytest.raises(StoreError, match="full"):
            watch.attend()
        assert (watch.incidents(), watch.notices()) == ([], [])

    watch.attend()
    [incident] = watch.incidents()
    assert incident.endswith(" api 1 2 - -")  # PostgreSQL gives a number that was undone to nobody else
    assert watch.notices() == ["2 mail opened"]


def test_what_was_entered_is_told_to_whoever_wants_to_know(watch: Any) -> None:
    watch.see("UDDUU")

    assert [(one.number, one.events[-1].kind) for one in watch.told] == [(1, "opened"), (1, "closed")]


def test_a_service_that_is_taken_out_of_the_policies_ends_its_incident(watch: Any) -> None:
    watch.see("UDD")

    watch.load(services='[service.web]\nevery = "1m"\ncheck.home = { probe = "http", url = "http://web.example" }\n')
    watch.pass_by(1)

    [record] = watch.records()
    assert record.closed_at is not None
    assert record.events[-1].detail == {"why": GONE}
    assert watch.notices() == ["2 mail opened", "4 mail recovered"]
    assert watch.endings() == ["unwatched"]
