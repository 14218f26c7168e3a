"""Parts are started wave by wave, and stopped the other way round, whatever goes wrong at any of them."""

import asyncio
from collections.abc import Callable

import pytest

from sla_engine.app.parts import InThreads, OnLoop, at_work
from sla_engine.engine.health import Measure


class House:
    """Parts that say when they begin and end."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def part(self, name: str) -> InThreads:
        return InThreads(lambda: self.said.append(f"{name} begins"), lambda: self.said.append(f"{name} ends"))

    def broken(self, name: str) -> InThreads:
        return InThreads(_raising(f"{name} cannot begin"), lambda: self.said.append(f"{name} ends"))


class Turning:
    """Runs on the loop until it is told to end, or breaks."""

    def __init__(self, breaks: bool = False) -> None:
        self.over = asyncio.Event()
        self.breaks = breaks

    async def run(self) -> None:
        if self.breaks:
            raise OSError("no room")
        await self.over.wait()


def _raising(what: str) -> Callable[[], None]:
    def fail() -> None:
        raise OSError(what)

    return fail


async def test_what_others_need_begins_before_them_and_ends_after_them() -> None:
    house = House()

    async with at_work([[house.part("plugins")], [house.part("incidents")], [house.part("messages")]]):
        house.said.append("all at work")

    begins = ["plugins begins", "incidents begins", "messages begins"]
    assert house.said == [*begins, "all at work", "messages ends", "incidents ends", "plugins ends"]


async def test_where_one_cannot_begin_those_that_did_are_ended_and_no_others() -> None:
    house = House()

    with pytest.raises(OSError, match="incidents cannot begin"):
        async with at_work([[house.part("plugins")], [house.part("mails"), house.broken("incidents")]]):
            raise AssertionError("it is never at work")

    assert house.said == ["plugins begins", "mails begins", "mails ends", "plugins ends"]


async def test_what_breaks_keeps_nobody_from_ending_and_is_raised() -> None:
    house = House()
    turning = Turning(breaks=True)

    with pytest.raises(OSError, match="no room"):
        async with at_work([[house.part("plugins")], [OnLoop("turning", turning.run, turning.over.set)]]):
            await asyncio.sleep(0)

    assert house.said == ["plugins begins", "plugins ends"]


async def test_a_part_on_the_loop_that_ends_by_itself_is_said() -> None:
    turning = Turning()
    part = OnLoop("following help desks", turning.run, turning.over.set, lambda: ["one cannot be read", None])
    part.start()
    assert part.troubles == ["one cannot be read"]

    turning.over.set()
    await part.task

    assert part.troubles == ["following help desks has ended; start the engine anew", "one cannot be read"]
    await part.stop()
    assert part.troubles == ["one cannot be read"]


async def test_what_may_be_broken_off_is() -> None:
    part = OnLoop("asking for a ping", Turning().run)
    part.start()

    await part.stop()

    assert part.task.cancelled()


def test_a_part_has_the_figures_and_troubles_of_what_it_is_made_of() -> None:
    figure = Measure("sla_mails_taken", "Mails.", "counter", 1.0)
    part = InThreads(lambda: None, lambda: None, lambda: [None, "the mailbox is full"], lambda: [figure])

    assert (part.troubles, part.measures) == (["the mailbox is full"], [figure])
