"""The pytest plugin: ``run_probe`` tries a check as an engine would, from the TOML that a policy would hold.

With it pytest collects the policies' own scenarios, ``*.scenario.toml``.
"""

import asyncio
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

if TYPE_CHECKING:
    from sla_engine.plugin import Outcome
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


@pytest.fixture
def run_probe() -> RunProbe:
    """Try a check of an installed probe, in this process and behind the operators' network guard."""
    return _run_probe


@pytest.fixture
def fake_clock() -> "FakeClock":
    """Clocks that go only when they are told to."""
    from sla_engine.testing.clock import FakeClock

    return FakeClock()


def _run_probe(toml: str, environ: Mapping[str, str] | None = None) -> "Outcome":
    with ThreadPoolExecutor(1) as thread:  # so that it works in a test that is a coroutine, too
        return thread.submit(asyncio.run, _try(toml, environ or {})).result()


async def _try(toml: str, environ: Mapping[str, str]) -> "Outcome":
    from sla_engine.policy import Plugins, compile_policies
    from sla_engine.registry.clock import SystemClock
    from sla_engine.registry.host import load_plugins
    from sla_engine.registry.runs import make_equipment, make_guards, run_try

    host = load_plugins()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "check.toml"
        path.write_text(f'[service.tested]\nevery = "1h"\n[service.tested.check.check]\n{toml}', encoding="utf-8")
        compilation = compile_policies([path], plugins=Plugins(host.probes, host.notifiers), environ=environ)
    if compilation.policies is None:
        raise ValueError(compilation.text)
    equipment = make_equipment(host, make_guards((), ()), SystemClock(), environ, isolate=False)
    try:
        [check] = compilation.policies.services["tested"].checks
        return await run_try(check, equipment)
    finally:
        await equipment.aclose()
