import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack

import pytest

from sla_engine.model.duration import Duration
from sla_engine.model.service import Check
from sla_engine.plugin import Outcome, Probe
from sla_engine.registry.clock import SystemClock
from sla_engine.registry.host import load_plugins
from sla_engine.registry.runs import make_equipment, make_guards, run_try
from tests.peers.conversations import Answer

Serve = Callable[[Answer, str, ssl.SSLContext | None], Awaitable[int]]
Attempt = Callable[[str, Probe, float], Awaitable[Outcome]]
PASSWORDS = {"pass": "pass", "wrong": "wrong"}


@pytest.fixture
async def attempt() -> AsyncIterator[Attempt]:
    """Try one of our probes as a running engine does; twice where this machine was too busy to say anything."""
    equipment = make_equipment(load_plugins(), make_guards((), ()), SystemClock(), PASSWORDS, isolate=False)

    async def try_it(name: str, probe: Probe, seconds: float) -> Outcome:
        check = Check("peers", name, "tested", probe, Duration(round(seconds * 1_000_000)))
        outcome = await run_try(check, equipment)
        return await run_try(check, equipment) if outcome.state == "error" else outcome

    yield try_it
    await equipment.aclose()


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """What is entered here ends with the test."""
    with ExitStack() as stack:
        yield stack
