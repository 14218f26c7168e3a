"""Our own probes run in the engine's task: each must end when it is cut off, wherever it hangs."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from sla_engine.model.duration import Duration
from sla_engine.model.service import Check
from sla_engine.registry.clock import SystemClock
from sla_engine.registry.deadlines import in_this_task
from sla_engine.registry.host import PluginHost, load_plugins
from sla_engine.registry.runs import make_equipment, make_guards, run_try

SETTINGS: dict[str, Callable[[int], dict[str, object]]] = {
    "http": lambda port: {"url": f"http://127.0.0.1:{port}/"},
    "api": lambda port: {"url": f"http://127.0.0.1:{port}/health"},
    "smtp": lambda port: {"host": "127.0.0.1", "port": port},
    "sms": lambda port: {"host": "127.0.0.1", "port": port},
    "dns": lambda port: {"name": "example.com", "server": f"127.0.0.1:{port}", "transport": "tcp"},
}


@pytest.fixture(scope="module")
def host() -> PluginHost:
    return load_plugins()


@pytest.fixture
async def silent() -> AsyncIterator[int]:
    """The port of a server that takes connections and says nothing."""
    server = await asyncio.start_server(lambda *_: asyncio.Event().wait(), "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()


def test_no_probe_of_ours_is_left_out_here(host: PluginHost) -> None:
    assert {name for name, owner in host.owners.items() if owner.is_built_in} == set(SETTINGS)


@pytest.mark.parametrize("probe", SETTINGS)
async def test_a_probe_that_would_hang_is_ended(host: PluginHost, silent: int, probe: str) -> None:
    settings = host.probes[probe](**SETTINGS[probe](silent))
    check = Check("service", "check", probe, settings, Duration(60_000_000))
    equipment = make_equipment(host, make_guards((), ()), SystemClock(), {})
    try:
        async with asyncio.timeout(10):
            with pytest.raises(TimeoutError):
                await in_this_task(run_try(check, equipment), 0.1)
    finally:
        await equipment.aclose()
