"""The full table of docs/incidents.md, played row by row."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest
from attrs import evolve

from sla_engine.engine.incidents import Observation, Phase, trace
from sla_engine.engine.incidents.reconciling import reconcile
from sla_engine.engine.incidents.rules import Rule
from sla_engine.engine.incidents.tracks import Track
from sla_engine.engine.incidents.union import union
from sla_engine.evaluation.timeline import Timeline
from sla_engine.model.incident import IncidentRecord
from sla_engine.model.instant import MINUTE
from sla_engine.model.interval import Interval

GUIDE = (Path(__file__).parents[3] / "docs" / "incidents.md").read_text()
WORDS = {"D": "down", "U": "up", "?": "unknown"}
PHASES = ("well", "suspected", "open", "recovering", "flapping", "marked")


class Row(NamedTuple):
    state: str
    seen: str
    then: str
    event: str
    before: str
    sight: str

    def __str__(self) -> str:
        return f"{self.state}, {self.seen}"

    @property
    def rule(self) -> Rule:
        counts = {"confirm": 2, "recover": 2} | {key: int(n) for key, n in re.findall(r"(\w+) = (\d+)", self.seen)}
        return Rule("down", counts["confirm"], counts["recover"])


def table() -> list[Row]:
    cells = r"\| (\w+) \| (.+?) \| (\w+) \| (.*?) ?\| `(\S+) \+ (\S+)` \|"
    return [Row(*found) for found in re.findall(cells, GUIDE)]


class Played(NamedTuple):
    phase: Phase
    records: tuple[IncidentRecord, ...]
    events: tuple[str, ...]


def play(sights: str, rule: Rule, records: tuple[IncidentRecord, ...] = ()) -> Played:
    """Where sights lead, and what is entered on top of what is on record."""
    minute, seen, begins, windows = 0, list[Observation](), None, list[Interval]()
    for mark in sights:
        if mark == "[":
            begins = minute * MINUTE
        elif mark == "]":
            assert begins is not None
            windows.append(Interval(begins, minute * MINUTE))
            begins = None
        else:
            seen.append(Observation(minute * MINUTE, WORDS[mark]))  # type: ignore[arg-type]
            minute += 1
    if begins is not None:
        windows.append(Interval(begins, (minute + 60) * MINUTE))
    now = minute * MINUTE + 1
    course = trace("api", seen, confirm=rule.confirm, recover=rule.recover, until=now, maintenance=windows)
    changes = reconcile(records, union([Track(rule, course, Timeline([]))], windows), now)
    entered = tuple(evolve(one.record, number=1, events=(*one.record.events, *one.happened)) for one in changes)
    return Played(course.phase, entered, tuple(event.kind for one in changes for event in one.happened))


@pytest.mark.parametrize("row", table(), ids=str)
def test_every_row_of_the_table_is_true(row: Row) -> None:
    before = play(row.before, row.rule)
    assert before.phase == row.state

    after = play(row.before + row.sight, row.rule, before.records)

    assert after.phase == row.then
    assert ", ".join(after.events) == row.event


def test_the_table_has_every_sight_in_every_state() -> None:
    told = {(row.state, row.sight) for row in table()}

    assert {(state, sight) for state in PHASES for sight in "UD?"} <= told
    assert {row.then for row in table()} == set(PHASES)
