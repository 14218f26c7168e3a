import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from sla_engine.model.duration import Duration
from sla_engine.model.service import Check
from sla_engine.plugin import Outcome, Probe
from sla_engine.registry.clock import SystemClock
from sla_engine.registry.host import load_plugins
from sla_engine.registry.runs import make_equipment, make_guards, run_try
from sla_engine.testing.servers.certificates import LocalAuthority

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
async def serve() -> Any:
    """Serve a conversation on a loopback port, given as a coroutine; gives the port."""
    servers: list[asyncio.Server] = []

    async def begin(answer: Answer, **options: Any) -> int:
        async def quietly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await answer(reader, writer)
            except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                pass
            finally:
                writer.close()

        server = await asyncio.start_server(quietly, "127.0.0.1", 0, **options)
        servers.append(server)
        return int(server.sockets[0].getsockname()[1])

    yield begin
    for server in servers:
        server.close()


@pytest.fixture(scope="session")
def authority() -> LocalAuthority:
    return LocalAuthority()


@pytest.fixture(scope="session")
def ca_file(authority: LocalAuthority, tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(authority.write(Path(tmp_path_factory.mktemp("authority")) / "ca.pem"))


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
