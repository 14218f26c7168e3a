"""An engine at work in a process of its own, whose network or limits the script beside this file breaks."""

import asyncio
import json
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from attrs import frozen

from sla_engine.engine.engine import Engine
from sla_engine.model.result import State
from sla_engine.plugin import Outcome, Port, Probe, ProbeRun, StageFailed, Stages, in_stages
from sla_engine.policy import Plugins, compile_policies
from sla_engine.registry.host import PluginHost
from sla_engine.store import Store, open_store

PATIENCE = 120.0
GREETING = b"welcome\n"


@frozen
class Greeting(Probe):
    """Connects, and waits to be greeted."""

    host: str
    port: Port

    async def run(self, run: ProbeRun) -> Outcome:
        async def talk(stages: Stages) -> Outcome:
            async with stages.stage("connect"):
                reader, writer = await run.connect(self.host, self.port)
            try:
                async with stages.stage("greeting"):
                    if await reader.readline() != GREETING:
                        raise StageFailed("no greeting")
            finally:
                writer.close()
            return Outcome.up()

        return await in_stages(run, talk)


async def greeting_server(address: str, delay: Callable[[], float] = lambda: 0.0) -> int:
    """Greet whoever connects, after so many seconds; gives the port."""

    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(delay())
        writer.write(GREETING)
        writer.close()

    server = await asyncio.start_server(greet, address, 0)
    return int(server.sockets[0].getsockname()[1])


class Rig:
    """The engine, and what it has found so far."""

    def __init__(self, engine: Engine, store: Store) -> None:
        self.engine = engine
        self.found: dict[str, Any] = {}
        self._store = store
        self._began = engine.clock.now()

    async def until(self, phase: str, *, saying: str = "", told: str = "", **states: int) -> None:
        """Wait until so many checks were found in these states last, and keep what there is to say then.

        Args:
            saying: what the reason of each that is not up must hold.
            told: the kind that the newest event must have.
        """

        def holds() -> bool:
            reasons = [reason for reason in self._reasons() if reason]
            return (
                self._states() == states
                and all(saying in reason for reason in reasons)
                and (not told or self._events()[-1:] == [told])
            )

        deadline = time.monotonic() + PATIENCE
        while not await asyncio.to_thread(holds):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{phase}: {self._states()}, not {states}; {self._reasons()}; {self._events()}")
            await asyncio.sleep(0.1)
        await self.keep(phase)

    async def until_counted(self, count: Callable[[], int], least: int) -> None:
        """Wait until the engine has counted so many of something; the store is not asked."""
        deadline = time.monotonic() + PATIENCE
        while count() < least:
            if time.monotonic() > deadline:
                raise TimeoutError(f"counted {count()}, not {least}")
            await asyncio.sleep(0.1)

    async def keep(self, phase: str) -> None:
        """Keep what there is to say now."""
        self.found[phase] = {
            "downs": await asyncio.to_thread(self._downs),
            "events": await asyncio.to_thread(self._events),
            "reasons": await asyncio.to_thread(self._reasons),
            "troubles": list(self.engine.troubles()),
            "cut_off": next(one.value for one in self.engine.measures() if one.name == "sla_cut_off"),
        }

    def tell(self) -> None:
        """Hand what was found to the test."""
        print(json.dumps(self.found))

    def _states(self) -> dict[str, int]:
        return dict(Counter(latest.result.state.value for latest in self._store.latest().values()))

    def _reasons(self) -> list[str]:
        return sorted({latest.result.reason or "" for latest in self._store.latest().values()})

    def _downs(self) -> dict[str, int]:
        """How many results of each check said down, since the beginning."""
        counts = {}
        for check, _ in self._store.latest():
            results = self._store.results(check, self._began, self.engine.clock.now())
            counts[check] = sum(result.state is State.DOWN for result in results)
        return {check: count for check, count in counts.items() if count}

    def _events(self) -> list[str]:
        events = self._store.events(self._began, self.engine.clock.now() + 1)
        return [event.kind for event in events if event.kind not in {"started", "stalled"}]


@asynccontextmanager
async def rig(policy: str) -> AsyncIterator[Rig]:
    """An engine upon that policy, in which the only probe is ``greeting``."""
    probes = {"greeting": Greeting}
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "policy.toml").write_text(policy)
        compilation = compile_policies([Path(folder)], plugins=Plugins(probes, {}), environ={})
        assert compilation.policies is not None, compilation.text
        with open_store(f"sqlite:///{folder}/sla.db") as store:
            store.start_writer()
            engine = Engine(compilation.policies, PluginHost(probes=dict(probes)), store, {})
            work = asyncio.create_task(engine.run())
            try:
                yield Rig(engine, store)
            finally:
                engine.stop()
                await work


def services(addresses: dict[str, tuple[str, int]], *, every: str, timeout: str) -> str:
    """A service with one check for each address, by its name."""
    return "".join(
        f'[service.{name}]\nevery = "{every}"\n'
        f'check.greeting = {{ probe = "greeting", host = "{host}", port = {port}, timeout = "{timeout}" }}\n'
        for name, (host, port) in addresses.items()
    )
