"""One run of a check: what is held against its target, and what against us."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from attrs import frozen

from sla_engine.engine.heartbeat import Heartbeat
from sla_engine.engine.probing import Prober
from sla_engine.engine.uplink import make_uplink
from sla_engine.model.controls import Controls
from sla_engine.model.duration import parse_duration
from sla_engine.model.result import State
from sla_engine.model.service import Check
from sla_engine.plugin import Outcome, Probe, ProbeRun, Stages, in_stages
from sla_engine.registry.clock import SystemClock
from sla_engine.registry.guard import NetworkGuard
from sla_engine.registry.host import PluginHost
from sla_engine.registry.runs import make_equipment, make_guards


@frozen
class Waiting(Probe):
    """Waits for an answer, which comes after so many seconds."""

    seconds: float

    async def run(self, run: ProbeRun) -> Outcome:
        async def talk(stages: Stages) -> Outcome:
            async with stages.stage("wait"):
                await asyncio.sleep(self.seconds)
            return Outcome.up()

        return await in_stages(run, talk)


def waiting(seconds: float, timeout: str) -> Check:
    return Check("service", "check", "waiting", Waiting(seconds), parse_duration(timeout))


def stand_still(seconds: float) -> None:
    """Block the event loop in a moment, as a busy machine does."""
    asyncio.get_running_loop().call_later(0.1, time.sleep, seconds)


@pytest.fixture
async def prober() -> AsyncIterator[Prober]:
    clock = SystemClock()
    uplink = make_uplink(Controls(), NetworkGuard(), clock)
    made = Prober(make_equipment(PluginHost(), make_guards((), ()), clock, {}), uplink, Heartbeat(clock), clock)
    yield made
    await made.aclose()


async def test_no_answer_is_held_against_us_where_we_stood_still_for_most_of_the_try(prober: Prober) -> None:
    stand_still(0.7)

    tried = await prober.run(waiting(60, timeout="1s"))

    assert tried.outcome.state is State.ERROR
    assert tried.outcome.reason.startswith("overload: the engine stood still for ")
    assert tried.outcome.reason.endswith(" of a try of 1s; wait: no answer before the deadline")
    assert tried.outcome.doubt is None


async def test_no_answer_is_held_against_the_target_where_we_stood_still_for_a_moment(prober: Prober) -> None:
    stand_still(0.3)

    tried = await prober.run(waiting(60, timeout="2s"))

    assert (tried.outcome.state, tried.outcome.reason) == (State.DOWN, "wait: no answer before the deadline")


async def test_an_answer_that_came_all_the_same_counts(prober: Prober) -> None:
    stand_still(0.4)

    assert (await prober.run(waiting(0.05, timeout="600ms"))).outcome.state is State.UP


async def test_the_heartbeat_counts_for_how_long_the_loop_stood_still() -> None:
    heartbeat = Heartbeat(SystemClock())
    before = heartbeat.stood_still()
    await asyncio.sleep(0.05)

    time.sleep(0.5)
    at_once = heartbeat.stood_still() - before
    await asyncio.sleep(0.05)

    assert 0.4 <= at_once <= heartbeat.stood_still() - before
    await heartbeat.aclose()
