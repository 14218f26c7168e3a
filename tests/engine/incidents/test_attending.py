"""What an engine makes of what it sees: incidents on record, what happened to them, and who is told, each once."""

from typing import Any

import pytest


def test_an_incident_opens_when_it_is_confirmed_and_closes_when_it_is_over(watch: Any) -> None:
    watch.see("UDDDUU")

    assert watch.incidents() == ["1 api 1 2 4 5"]
    assert watch.events() == ["2 opened", "5 closed"]
    assert watch.notices() == ["2 mail opened", "5 mail recovered"]


def test_of_what_is_unchanged_nobody_is_told_again(watch: Any) -> None:
    watch.see("UDDD")

    for _ in range(5):
        watch.attend()

    assert watch.notices() == ["2 mail opened"]
    assert watch.events() == ["2 opened"]


def test_steps_fall_due_without_any_result(watch: Any) -> None:
    watch.see("UDD")

    watch.pass_by(20)

    assert watch.notices() == ["2 mail opened", "17 phone opened"]


def test_somebody_who_has_it_in_hand_stops_the_steps_and_is_told_of_its_end(watch: Any) -> None:
    watch.see("UDD")
    watch.act(1, "acknowledged")

    watch.see("D" * 20 + "UU")

    assert "phone" not in "".join(watch.notices())
    assert watch.notices()[-1] == "24 mail recovered"
    assert watch.events() == ["2 opened", "3 acknowledged", "24 closed"]


def test_f46_an_engine_that_comes_back_to_what_it_left_says_nothing(watch: Any) -> None:
    watch.see("UDD")

    watch.restart(minutes_later=5)
    watch.see("D")

    assert watch.incidents() == ["1 api 1 2 - -"]
    assert watch.notices() == ["2 mail opened"]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("UU", "DD", ["8 mail opened"]),
        ("UDD", "UU", ["2 mail opened", "9 mail recovered"]),
    ],
)
def test_f46_what_changed_while_the_engine_was_off_is_told(
    watch: Any, before: str, after: str, told: list[str]
) -> None:
    watch.see(before)

    watch.restart(minutes_later=5)
    watch.see(after)

    assert watch.notices() == told


def test_results_that_were_stored_and_not_attended_to_are_caught_up_with_at_the_start(watch: Any) -> None:
    """Killed between the commit of a result and what follows from it."""
    watch.put("UDD", at=0)

    watch.restart(minutes_later=3)

    assert watch.incidents() == ["1 api 1 2 - -"]
    assert watch.notices() == ["2 mail opened"]


def test_while_a_parent_is_down_the_incident_of_a_child_is_recorded_and_nobody_is_told(watch: Any) -> None:
    watch.see("U")
    for minute in range(1, 4):
        watch.put("D", "api/health", at=minute)
        watch.put("D", "web/home", at=minute)
        watch.pass_by(1)
    assert watch.incidents() == ["1 api 1 2 - -", "2 web 1 2 - -"]
    assert watch.notices() == ["2 mail opened"]

    for minute in range(4, 7):
        watch.put("U", "api/health", at=minute)
        watch.put("D", "web/home", at=minute)
        watch.pass_by(1)

    assert watch.notices() == ["2 mail opened", "4 mail opened", "5 mail recovered"]


MAINTAINED = """
[maintenance.upgrade]
services = ["api"]
starts = 2026-10-01T12:01:00Z
lasts = "4m"
"""


@pytest.mark.parametrize(
    ("seen", "incident", "events"),
    [
        ("UDDDDDDUU", "1 api 1 5 7 8", ["1 maintenance", "5 opened", "8 closed"]),
        ("UDDUUUUUU", "1 api 1 - 3 4", ["1 maintenance", "4 closed"]),
    ],
)
def test_in_maintenance_an_incident_is_marked_and_opens_only_if_it_outlasts_it(
    watch: Any, seen: str, incident: str, events: list[str]
) -> None:
    watch.load(MAINTAINED)

    watch.see(seen)

    assert watch.incidents() == [incident]
    assert watch.events() == events
    assert watch.notices() == (["5 mail opened", "8 mail recovered"] if "5 opened" in events else [])
