import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

import pytest
from attrs import evolve

from sla_engine.model.duration import Duration
from sla_engine.model.service import Check
from sla_engine.plugin import Delivery, Message, Notifier, Outcome, Probe
from sla_engine.registry.clock import SystemClock
from sla_engine.registry.host import load_plugins
from sla_engine.registry.notifying import Errand
from sla_engine.registry.notifying import deliver as deliver_once
from sla_engine.registry.runs import make_equipment, make_guards, run_try
from sla_engine.registry.secrets import SecretSource

Deliver = Callable[..., Awaitable[Delivery]]
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


MESSAGE = Message(
    key="m-17-1",
    subject="API is down",
    text="API is down since 23:00.\nstatus 503, expected 200",
    short="API down",
    about="opened",
    thread="incident/17/infrastructure",
    severity="critical",
    at=1_793_487_600_000_000,
    names={"title": "API", "service": "api", "incident": "17", "reason": "status 503, expected 200"},
)


@pytest.fixture
def message() -> Message:
    """That a service is down."""
    return MESSAGE


@pytest.fixture
async def deliver() -> AsyncIterator[Deliver]:
    """Try a notifier once, with everything that a running engine gives it."""
    equipment = make_equipment(load_plugins(), make_guards((), ()), SystemClock(), {}, isolate=False)

    async def try_once(
        notifier: Notifier,
        message: Message = MESSAGE,
        *,
        seconds: float = 5.0,
        deny: tuple[str, ...] = (),
        secrets: Mapping[str, str] | None = None,
    ) -> Delivery:
        guard, within = make_guards((), deny).operators, Duration(round(seconds * 1_000_000))
        given = evolve(equipment, secrets=SecretSource(secrets or {}, lambda _: None))
        return await deliver_once(Errand("tested", "tested", notifier, message, guard, within=within), given)

    yield try_once
    await equipment.aclose()
