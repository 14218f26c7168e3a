from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from sla_engine.model.duration import Duration
from sla_engine.model.service import Check
from sla_engine.plugin import Outcome, Probe
from sla_engine.registry.clock import SystemClock
from sla_engine.registry.host import load_plugins
from sla_engine.registry.runs import make_equipment, make_guards, run_try

Again = Callable[..., Awaitable[Outcome]]


@pytest.fixture
async def again() -> AsyncIterator[Again]:
    """Try a probe, each time as the next run of the same check, so that it finds what it remembered."""
    environ = {"SECRET": "s3cret-value", "PASSWORD": "open sesame"}
    equipment = make_equipment(load_plugins(), make_guards((), ()), SystemClock(), environ, isolate=False)

    async def try_once(probe: Probe, *, seconds: float = 10.0, trace: Callable[[str], None] | None = None) -> Outcome:
        check = Check("service", "check", "tested", probe, Duration(round(seconds * 1_000_000)))
        return await run_try(check, equipment, trace)

    yield try_once
    await equipment.aclose()
