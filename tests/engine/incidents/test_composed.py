"""The incident of a service whose parts are asked at different intervals: only the part that fails confirms it."""

from typing import Any

from sla_engine.model.instant import MINUTE
from sla_engine.model.result import Result, State

SERVICES = """
[service.web]
every = "1m"
check.home = { probe = "http", url = "http://web.example" }
[service.db]
every = "5m"
check.ping = { probe = "http", url = "http://db.example" }
[service.shop]
of = ["web", "db"]
"""
TWICE = """
[escalation.shop]
on = { services = ["shop"] }
confirm = 2
recover = 2
step = [{ notify = ["mail"] }]
"""


def play(watch: Any, db: str) -> None:
    """The web is well every minute, and the database says these every fifth."""
    watch.load(services=SERVICES, escalations=TWICE)
    for said in db:
        at, state = watch.clock.now(), State.UP if said == "U" else State.DOWN
        watch.store.writer.put(Result("db/ping", at, state, 5 * MINUTE, reason=None if said == "U" else "refused"))
        for _ in range(5):
            watch.see("U", "web/home")


def of_the_shop(watch: Any) -> list[str]:
    return [one.split(" ", 2)[2] for one in watch.incidents() if one.split()[1] == "shop"]


def test_a_part_that_is_asked_more_often_confirms_nothing_of_one_that_failed_once(watch: Any) -> None:
    play(watch, "UDUUU")

    assert of_the_shop(watch) == []
    assert watch.notices() == []


def test_it_opens_when_the_part_that_fails_says_so_again_and_is_over_when_it_says_so_twice(watch: Any) -> None:
    play(watch, "UDDUUU")

    assert of_the_shop(watch) == ["5 10 15 20"]
    assert watch.notices() == ["10 mail opened", "20 mail recovered"]
