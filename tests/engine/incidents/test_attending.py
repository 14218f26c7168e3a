"""What an engine makes of what it sees: incidents on record, what happened to them, and who is told, each once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from sla_engine.engine.incidents.acting import IncidentError, acknowledge
from tests.databases import is_full
from tests.waiting import wait


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

    for minute in range(4, 8):
        watch.put("U", "api/health", at=minute)
        watch.put("D", "web/home", at=minute)
        watch.pass_by(1)

    assert watch.notices() == ["2 mail opened", "5 mail recovered", "6 mail opened"]


def test_a_child_that_comes_back_with_its_parent_is_told_to_nobody(watch: Any) -> None:
    watch.see("U")
    for minute, (parent, child) in enumerate(zip("DDUUU", "DDUUU", strict=True), start=1):
        watch.put(parent, "api/health", at=minute)
        watch.pass_by(0.5)
        watch.put(child, "web/home", at=minute + 0.5)  # it is seen only after its parent is up again
        watch.pass_by(0.5)

    assert [record.service for record in watch.records() if record.closed_at is not None] == ["api", "web"]
    assert watch.notices() == ["2 mail opened", "4 mail recovered"]


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


AT_ONCE = """
[escalation.quick]
on = { services = "all" }
step = [ { notify = ["mail"] } ]
"""


def test_f49_flapping_is_said_once_and_keeps_the_incident_open(watch: Any) -> None:
    watch.load(escalations=AT_ONCE)

    watch.see("UD" * 10)

    assert watch.incidents() == ["1 api 1 1 2 2", "2 api 3 3 4 4", "3 api 5 5 - -"]
    assert watch.events(3) == ["5 opened", "6 flapping"]
    assert [one for one in watch.notices() if "flapping" in one] == ["6 mail flapping"]

    watch.see("U" * 20)

    assert watch.incidents()[-1] == "3 api 5 5 20 35"
    assert watch.events(3) == ["5 opened", "6 flapping", "35 steady", "35 closed"]
    assert watch.notices()[-1] == "35 mail recovered"


WORSE = """
[escalation.slow]
on = { services = "all", state = "degraded" }
confirm = 3
step = [ { notify = ["phone"] } ]
"""


def test_each_escalation_counts_from_its_own_confirmation_within_one_incident(watch: Any) -> None:
    watch.load(escalations=AT_ONCE + WORSE)

    watch.see("UDdddDU")

    assert watch.incidents() == ["1 api 1 1 6 6"]
    assert watch.events() == ["1 opened", "2 degraded", "5 down", "6 closed"]
    assert watch.notices()[:3] == ["1 mail opened", "2 mail recovered", "3 phone opened"]
    assert sorted(watch.notices()[-2:]) == ["6 mail recovered", "6 phone recovered"]


def test_a_service_that_nobody_follows_has_incidents_too(watch: Any) -> None:
    watch.load(escalations='[escalation.web]\non.services = ["web"]\nstep = [ { notify = ["mail"] } ]\n')

    watch.see("UDU")

    assert watch.incidents() == ["1 api 1 1 2 2"]
    assert watch.notices() == []


def test_taken_back_the_steps_go_on(watch: Any) -> None:
    watch.see("UDD")
    watch.act(1, "acknowledged")
    watch.see("D" * 20)
    watch.act(1, "unacknowledged")

    watch.pass_by(1)

    assert watch.notices()[-1].endswith("phone opened")


def test_a_location_that_is_heard_late_opens_what_others_did_not_see(watch: Any) -> None:
    """Two hours of results that were held up somewhere."""
    watch.put("U" * 120, at=0)
    watch.clock.pass_by(120 * 60)
    watch.attend()
    watch.put("U" * 100 + "D" * 20, "web/home", at=0)

    watch.attend()

    assert watch.incidents() == ["1 web 100 101 - -"]
    assert watch.notices() == ["101 mail opened", "116 phone opened"]


def test_policies_that_change_are_attended_by_at_once(watch: Any) -> None:
    watch.see("UD")
    assert watch.incidents() == []

    watch.load(escalations=AT_ONCE)
    watch.pass_by(1)

    assert watch.incidents() == ["1 api 1 1 - -"]


def test_a_store_that_fails_is_told_of_and_tried_again_until_it_works(watch: Any) -> None:
    """In its own thread, by the real clock."""
    watch.put("UDD", at=0)
    watch.clock.pass_by(180)

    with is_full(watch.store, "incidents"):
        watch.attending.start()
        wait(lambda: "full" in (watch.attending.trouble or ""), "it is said")
        assert watch.incidents() == []
    wait(lambda: watch.attending.trouble is None, "it works again")
    watch.attending.stop()

    [incident] = watch.incidents()
    assert incident.endswith(" api 1 2 - -")  # PostgreSQL gives a number that was undone to nobody else


def test_of_two_who_take_an_incident_on_at_once_one_is_told_that_the_other_has_it(watch: Any) -> None:
    watch.see("UDD")

    def take(who: str) -> str:
        try:
            acknowledge(watch.store, 1, who=who, now=watch.clock.now())
        except IncidentError as error:
            return str(error)
        return "taken"

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(take, ("anna", "bruno")))

    assert answers[1] == "taken"
    assert answers[0].endswith("has incident 1 in hand already: add a comment, or --undo first")
    assert [event.split()[1] for event in watch.events()] == ["opened", "acknowledged"]


def test_a_clock_that_is_wrong_for_a_moment_tells_nobody_of_steps_to_come(watch: Any) -> None:
    watch.see("UDD")

    watch.clock.set_by(3_600)
    watch.attend()
    watch.clock.set_by(-3_600)
    watch.attend()
    watch.clock.pass_by(61)
    watch.attend()

    assert watch.notices() == ["2 mail opened"]


def test_where_the_clock_stays_as_it_was_set_steps_go_on_a_minute_later(watch: Any) -> None:
    watch.see("UDD")

    watch.clock.set_by(3_600)
    watch.attend()
    assert watch.notices() == ["2 mail opened"]

    watch.clock.pass_by(61)
    watch.attend()
    assert watch.notices() == ["2 mail opened", "17 phone opened"]
