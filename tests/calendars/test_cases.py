"""The field's own cases, with known answers: tests/cases/calendar.json."""

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sla_engine.calendars import Calendar, CalendarRule, compile_calendar, compose, parse_window
from sla_engine.calendars.wall import read_moment, wall_to_instant
from sla_engine.model.duration import Duration
from sla_engine.model.instant import SECOND, Instant
from sla_engine.model.zone import Zone, parse_zone

CASES = json.loads((Path(__file__).parents[1] / "cases" / "calendar.json").read_text())["pairs"]
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def zone_of(name: str) -> Zone:
    """A case's zone; the language refuses Etc/GMT±N, so these are made by hand."""
    return Zone(name, ZoneInfo(name)) if name.startswith("Etc/") else parse_zone(name)


def calendar_of(case: Mapping[str, Any]) -> Calendar:
    zone = zone_of(case["timezone"])
    hours = tuple(
        tuple(parse_window(f"{start}-{end}") for start, end in case["weekly"].get(day, ())) for day in WEEKDAYS
    )
    rule = CalendarRule(zone, hours, closed=frozenset(date.fromisoformat(day) for day in case.get("holidays", ())))
    if "breaks" in case:
        rule = compose(any_of=[rule], except_=[one_break(zone, *span) for span in case["breaks"]])
    return compile_calendar("case", rule)


def one_break(zone: Zone, start: str, end: str) -> CalendarRule:
    """A break on one date, as a calendar that is open only then."""
    return CalendarRule(zone, open=((date.fromisoformat(start[:10]), (parse_window(f"{start[11:]}-{end[11:]}"),)),))


class Answers:
    """What the calendar of a case says to each kind of question."""

    def __init__(self, case: Mapping[str, Any]) -> None:
        self.given = case["input"]
        self.calendar = calendar_of(case["calendar"])

    def at(self, text: str) -> Instant:
        return read_moment(datetime.fromisoformat(text), self.calendar.zone)

    def add(self) -> dict[str, Any]:
        return {"at": self.calendar.add_open(self.at(self.given["start"]), self.given["seconds"] * SECOND)}

    def between(self) -> dict[str, Any]:
        start, end = self.at(self.given["start"]), self.at(self.given["end"])
        return {"seconds": self.calendar.open_between(start, end) / SECOND, "wall_seconds": (end - start) / SECOND}

    def open_intervals(self) -> dict[str, Any]:
        found = self.calendar.open_intervals(self.at(self.given["start"]), self.at(self.given["end"]))
        return {"intervals": [list(interval) for interval in found]}

    def wall_to_utc(self) -> dict[str, Any]:
        return {"utc": wall_to_instant(datetime.fromisoformat(self.given["wall"]), self.calendar.zone)}

    def clock(self) -> dict[str, Any]:
        start, target = self.at(self.given["start"]), self.given["target_seconds"] * SECOND
        pauses = [(self.at(begin), self.at(end)) for begin, end in self.given.get("pauses", ())]
        paused = sum(self.calendar.open_between(*pause) for pause in pauses)
        paused += self.given.get("paused_business_seconds", 0) * SECOND
        found: dict[str, Any] = {
            "due": self.calendar.due(start, Duration(target + paused)),
            "paused_business_seconds": paused / SECOND,
        }
        if "stop" in self.given:
            elapsed = self.calendar.open_between(start, self.at(self.given["stop"])) - paused
            found |= {"elapsed_seconds": elapsed / SECOND, "met": elapsed <= target}
            found["late_business_seconds"] = max(0, elapsed - target) / SECOND
        return found

    def escalation(self) -> dict[str, Any]:
        due = self.calendar.add_open(self.at(self.given["start"]), self.given["target_seconds"] * SECOND)
        before = -self.given["level_offset_seconds"] * SECOND
        return {"due": due, "level_at": self.calendar.sub_open(due, before)}


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_the_answer_is_the_known_one(case: Mapping[str, Any]) -> None:
    answers = Answers(case)
    found: dict[str, Any] = getattr(answers, case["op"])()

    for name, expected in case["expected"].items():
        if name.startswith("pct_"):
            continue  # shares of the same seconds, in the source's own rounding
        assert found[name] == known(answers.at, expected), name


def known(at: Callable[[str], Instant], expected: Any) -> Any:
    if isinstance(expected, str):
        return at(expected)
    if isinstance(expected, list):
        return [known(at, entry) for entry in expected]
    return expected


def test_every_case_is_run() -> None:
    assert {case["op"] for case in CASES} <= {name for name in vars(Answers) if not name.startswith("_")}
    assert len(CASES) == 23
