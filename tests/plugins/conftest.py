import asyncio
from collections.abc import Awaitable, Callable, Mapping

import pytest

from sla_engine.model.duration import Duration
from sla_engine.model.service import Check
from sla_engine.plugin import Outcome, Probe
from sla_engine.registry.clock import SystemClock
from sla_engine.registry.host import load_plugins
from sla_engine.registry.runs import make_equipment, make_guards, run_try

Try = Callable[..., Awaitable[Outcome]]
Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture
def attempt() -> Try:
    """Try a probe once, with everything that a running engine gives it."""

    async def try_once(
        probe: Probe, *, seconds: float = 5.0, trusted: bool = True, environ: Mapping[str, str] | None = None
    ) -> Outcome:
        check = Check("service", "check", "tested", probe, Duration(round(seconds * 1_000_000)), trusted=trusted)
        equipment = make_equipment(load_plugins(), make_guards((), ()), SystemClock(), environ or {}, isolate=False)
        try:
            return await run_try(check, equipment)
        finally:
            await equipment.aclose()

    return try_once


@pytest.fixture
def fault_table() -> Callable[[Mapping[str, Outcome]], str]:
    """What each fault comes to, a line each: what the target does, the state, the stage and what was seen."""

    def lay_out(outcomes: Mapping[str, Outcome]) -> str:
        width = max(len(name) for name in outcomes)
        rows = [
            f"{name:{width}}  {outcome.state:8}  {outcome.doubt or '-':8}  {outcome.reason or ''}"
            for name, outcome in outcomes.items()
        ]
        return "\n".join(row.rstrip() for row in rows) + "\n"

    return lay_out
