"""When checks run: on the monotonic clock, each instant once, whatever the clocks do (F13, F14, F16, F17, F55)."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from sla_engine.engine.clock_watch import ClockWatch
from sla_engine.engine.schedule import Schedule, Slot, make_schedule
from sla_engine.model.instant import MINUTE, SECOND, format_instant
from sla_engine.model.schedule import Cron
from sla_engine.model.service import Service
from sla_engine.model.zone import parse_zone

Make = Callable[..., Service]


class Driver:
    """Turns a schedule as the engine does, on clocks that go only when told to."""

    def __init__(self, clock: Any, *services: Service) -> None:
        self.clock = clock
        self.watch = ClockWatch(clock)
        self.schedule: Schedule = make_schedule(services, {}, self.watch.moment())
        self.slots: list[Slot] = []
        self.faults: list[str] = []

    def turn(self) -> list[Slot]:
        for jump in self.watch.look():
            self.faults.append(jump.fault)
            self.schedule.realign(self.watch.moment())
        due = self.schedule.pop_due(self.watch.moment())
        self.slots += due
        return due

    def go(self, seconds: float, step: float = 0.25) -> None:
        for _ in range(round(seconds / step)):
            self.clock.pass_by(step)
            self.turn()


def test_an_interval_check_runs_soon_and_then_at_its_interval(clock: Any, service: Make) -> None:
    driver = Driver(clock, service())

    driver.go(10)
    assert len(driver.slots) == 1
    driver.go(600)

    steps = [later.at - earlier.at for earlier, later in zip(driver.slots[1:], driver.slots[2:], strict=False)]
    assert set(steps) == {MINUTE}
    assert len(driver.slots) in {10, 11, 12}


def test_each_result_speaks_until_the_next(clock: Any, service: Make) -> None:
    driver = Driver(clock, service())

    driver.go(300)

    for earlier, later in zip(driver.slots, driver.slots[1:], strict=False):
        assert earlier.at + earlier.interval >= later.at


def test_checks_are_spread_over_their_interval_the_same_way_each_time(clock: Any, service: Make) -> None:
    services = [service(f"s{number}") for number in range(600)]
    driver = Driver(clock, *services)

    driver.go(180, step=0.1)

    settled = [slot for slot in driver.slots if slot.at > driver.slots[-1].at - MINUTE]
    seconds = Counter(slot.at // SECOND % 60 for slot in settled)
    assert len(seconds) == 60
    assert max(seconds.values()) < 30
    phases = {slot.check.id: slot.at % MINUTE for slot in settled}
    again = Driver(clock, *services)
    again.go(180, step=0.1)
    assert phases == {slot.check.id: slot.at % MINUTE for slot in again.slots if slot.at > again.slots[-1].at - MINUTE}


def test_f17_after_a_sleep_each_check_runs_once_and_the_gap_is_told(clock: Any, service: Make) -> None:
    driver = Driver(clock, service("a"), service("b"))
    driver.go(130)
    before = len(driver.slots)

    clock.suspend(8 * 3600)
    driver.go(30)

    assert driver.faults == ["suspended"]
    assert Counter(slot.check.id for slot in driver.slots[before:])["a/home"] == 1
    assert Counter(slot.check.id for slot in driver.slots[before:])["b/home"] == 1


def test_f13_a_clock_set_forward_leaves_a_gap_and_no_burst(clock: Any, service: Make) -> None:
    driver = Driver(clock, service())
    driver.go(130)
    before = len(driver.slots)

    clock.set_by(3600)
    driver.go(120)

    assert driver.faults == ["clock_step"]
    assert 2 <= len(driver.slots) - before <= 3


def test_f13_a_clock_set_back_books_no_instant_twice_and_probing_goes_on(clock: Any, service: Make) -> None:
    driver = Driver(clock, service())
    driver.go(130)
    before = len(driver.slots)

    clock.set_by(-3600)
    driver.go(300)

    assert driver.faults == ["clock_step"]
    assert len(driver.slots) - before >= 4
    instants = [slot.at for slot in driver.slots]
    assert len(set(instants)) == len(instants)
    assert instants == sorted(instants)


def test_f14_small_steps_and_slewing_are_nothing_to_see(clock: Any, service: Make) -> None:
    driver = Driver(clock, service())
    for _ in range(20):
        driver.go(60)
        clock.set_by(0.03)
    clock.set_by(2)
    driver.go(60)

    assert driver.faults == []
    assert len({slot.at for slot in driver.slots}) == len(driver.slots)
    assert len(driver.slots) in {21, 22, 23}


def test_a_stalled_engine_makes_up_with_one_run(clock: Any, service: Make) -> None:
    driver = Driver(clock, service())
    driver.go(130)
    before = len(driver.slots)

    clock.pass_by(600)
    driver.turn()
    driver.go(10)

    assert driver.faults == ["stalled"]
    assert len(driver.slots) - before == 1


def test_an_engine_that_stalls_again_and_again_still_probes(clock: Any, service: Make) -> None:
    driver = Driver(clock, service("a"), service("b"), service("c"))

    driver.go(600, step=5)

    assert len(driver.slots) >= 3 * 8


def test_f16_a_cron_instant_that_the_clock_shows_twice_runs_once(clock: Any, service: Make) -> None:
    from sla_engine.model.instant import parse_instant

    clock.wall = parse_instant("2026-10-25T00:20:00Z")
    driver = Driver(clock, service(schedule=Cron("30 2 * * *", parse_zone("Europe/Berlin"))))

    driver.go(2 * 3600)

    assert [format_instant(slot.at) for slot in driver.slots] == ["2026-10-25T00:30:00Z"]


def test_a_location_of_others_is_not_probed_from_here(clock: Any, service: Make) -> None:
    from attrs import evolve

    driver = Driver(clock, evolve(service(), locations=("lisbon",)))

    driver.go(120)

    assert driver.slots == []
