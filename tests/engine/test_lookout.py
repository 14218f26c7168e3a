"""Looking after a matter again and again."""

import threading
from collections.abc import Iterator

import pytest

from sla_engine.engine.lookout import Lookout


class Matter:
    """Fails as often as it is told to, and lets tests wait for its looks."""

    def __init__(self, *, fails: int = 0) -> None:
        self.fails = fails
        self.looks = threading.Semaphore(0)

    def look(self) -> None:
        self.looks.release()
        if self.fails:
            self.fails -= 1
            raise OSError("no route")

    def wait_for(self, looks: int) -> None:
        for _ in range(looks):
            assert self.looks.acquire(timeout=10)


@pytest.fixture
def started() -> Iterator[list[Lookout]]:
    lookouts: list[Lookout] = []
    yield lookouts
    for lookout in lookouts:
        lookout.stop()


def test_it_looks_until_it_is_stopped(started: list[Lookout]) -> None:
    matter = Matter()
    lookout = Lookout("counting sheep", 0.001, matter.look)
    started.append(lookout)
    lookout.start()

    matter.wait_for(3)
    lookout.stop()

    assert lookout.is_over.is_set()
    assert lookout.trouble is None


def test_what_goes_wrong_is_said_and_tried_again_until_it_is_well(started: list[Lookout]) -> None:
    matter = Matter(fails=2)
    lookout = Lookout("counting sheep", 60.0, matter.look)
    started.append(lookout)
    lookout.start()
    matter.wait_for(1)
    lookout.stop()

    assert lookout.trouble == "counting sheep fails, and is tried again: OSError: no route"


def test_one_that_was_never_started_can_be_stopped() -> None:
    Lookout("counting sheep", 60.0, Matter().look).stop()
