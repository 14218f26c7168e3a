"""The pytest plugin: ``run_probe``, ``run_notifier`` and ``run_ticket_source`` try a plugin as an engine would.

Each takes the TOML that a policy would hold.

With it pytest collects the policies' own scenarios, ``*.scenario.toml``.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

if TYPE_CHECKING:
    from sla_engine.plugin import Delivery, Message, Outcome, SourceNews, WebhookCall
    from sla_engine.policy import PolicySet
    from sla_engine.registry.runs import Equipment
    from sla_engine.testing.clock import FakeClock


class RunProbe(Protocol):
    """Tries a check once."""

    def __call__(self, toml: str, environ: Mapping[str, str] | None = None) -> "Outcome":
        """The outcome of a check, whose table is given as TOML.

        Args:
            toml: as in ``probe = "tcp"``, a newline, ``host = "127.0.0.1"``.
            environ: what ``${NAME}`` and secrets are read from.

        Raises:
            ValueError: the table has faults; the message holds the diagnostics.
        """
        ...


class RunNotifier(Protocol):
    """Tries once to deliver a message."""

    def __call__(
        self,
        toml: str,
        message: "Message | None" = None,
        *,
        environ: Mapping[str, str] | None = None,
        seconds: float = 10.0,
    ) -> "Delivery":
        """What became of a message that was given to a notifier, whose table is given as TOML.

        Args:
            toml: as in ``via = "email"``, a newline, ``server = "smtp://127.0.0.1:25"``.
            message: default: one that says that it is a test.
            environ: what ``${NAME}`` and secrets are read from.
            seconds: until the try is cut off.

        Raises:
            ValueError: the table has faults; the message holds the diagnostics.
        """
        ...


class RunTicketSource(Protocol):
    """Asks a ticket source once."""

    def __call__(
        self,
        toml: str,
        position: str | None = None,
        call: "WebhookCall | None" = None,
        *,
        environ: Mapping[str, str] | None = None,
        seconds: float = 60.0,
    ) -> "SourceNews":
        """What a ticket source tells, whose table is given as TOML.

        Args:
            toml: as in ``via = "zammad"``, a newline, ``url = "http://127.0.0.1:3000"``.
            position: how far it was read before.
            call: what is posted; default: it is asked.
            environ: what ``${NAME}`` and secrets are read from.
            seconds: until it is cut off.

        Raises:
            ValueError: the table has faults; the message holds the diagnostics.
            sla_engine.plugin.SourceError: it could not be read, or told nonsense.
            sla_engine.plugin.CallRefused: what was posted is not believed.
        """
        ...


@pytest.fixture
def run_probe() -> RunProbe:
    """Try a check of an installed probe, in this process and behind the operators' network guard."""
    return _run_probe


@pytest.fixture
def run_notifier() -> RunNotifier:
    """Give a message to an installed notifier, in this process and behind the operators' network guard."""
    return _run_notifier


@pytest.fixture
def run_ticket_source() -> RunTicketSource:
    """Ask an installed ticket source, in this process and behind the operators' network guard."""
    return _run_ticket_source


@pytest.fixture
def fake_clock() -> "FakeClock":
    """Clocks that go only when they are told to."""
    from sla_engine.testing.clock import FakeClock

    return FakeClock()


def _run_probe(toml: str, environ: Mapping[str, str] | None = None) -> "Outcome":
    with ThreadPoolExecutor(1) as thread:  # so that it works in a test that is a coroutine, too
        return thread.submit(asyncio.run, _try(toml, environ or {})).result()


def _run_notifier(
    toml: str,
    message: "Message | None" = None,
    *,
    environ: Mapping[str, str] | None = None,
    seconds: float = 10.0,
) -> "Delivery":
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, _tell(toml, message, environ or {}, seconds)).result()


def _run_ticket_source(
    toml: str,
    position: str | None = None,
    call: "WebhookCall | None" = None,
    *,
    environ: Mapping[str, str] | None = None,
    seconds: float = 60.0,
) -> "SourceNews":
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, _ask(toml, position, call, environ or {}, seconds)).result()


async def _try(toml: str, environ: Mapping[str, str]) -> "Outcome":
    from sla_engine.registry.runs import run_try

    text = f'[service.tested]\nevery = "1h"\n[service.tested.check.check]\n{toml}'
    async with _equipped(text, environ) as (policies, equipment):
        [check] = policies.services["tested"].checks
        return await run_try(check, equipment)


async def _tell(toml: str, message: "Message | None", environ: Mapping[str, str], seconds: float) -> "Delivery":
    from sla_engine.plugin import Duration, Message
    from sla_engine.registry.notifying import Errand, deliver

    told = message or Message("test", "A test", "This is a test.\n", at=1_790_000_000_000_000)
    async with _equipped(f"[notifier.tested]\n{toml}", environ) as (policies, equipment):
        notifier, within = policies.notifiers["tested"], Duration(round(seconds * 1_000_000))
        guard = equipment.guards.operators
        errand = Errand(notifier.id, notifier.via, notifier.settings, told, guard, within=within)
        return await deliver(errand, equipment)


async def _ask(
    toml: str, position: str | None, call: "WebhookCall | None", environ: Mapping[str, str], seconds: float
) -> "SourceNews":
    from sla_engine.plugin import Duration
    from sla_engine.registry.sourcing import Inquiry, inquire

    async with _equipped(f"[ticket-source.tested]\n{toml}", environ) as (policies, equipment):
        source, within = policies.ticket_sources["tested"], Duration(round(seconds * 1_000_000))
        guard = equipment.guards.operators
        inquiry = Inquiry(source.id, source.via, source.settings, guard, position, call, within=within)
        return await inquire(inquiry, equipment)


@asynccontextmanager
async def _equipped(toml: str, environ: Mapping[str, str]) -> "AsyncIterator[tuple[PolicySet, Equipment]]":
    """A policy with all installed plugins, and what an engine would hand to them."""
    from sla_engine.policy import Plugins, compile_policies
    from sla_engine.registry.clock import SystemClock
    from sla_engine.registry.host import load_plugins
    from sla_engine.registry.runs import make_equipment, make_guards

    host = load_plugins()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tested.toml"
        path.write_text(toml, encoding="utf-8")
        compilation = compile_policies(
            [path], plugins=Plugins(host.probes, host.notifiers, host.ticket_sources), environ=environ
        )
    if compilation.policies is None:
        raise ValueError(compilation.text)
    equipment = make_equipment(host, make_guards((), ()), SystemClock(), environ, isolate=False)
    try:
        yield compilation.policies, equipment
    finally:
        await equipment.aclose()
