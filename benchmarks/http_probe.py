"""An HTTP probe beside those of others: CPU time a probe, twenty in flight, a fresh connection and handshake each.

Ours is measured twice: from check to outcome, and over the whole path of a running engine, from what is due to what is
stored. The engine is not saturated but does a thousand checks a second (two hundred over TLS), each in its own instant,
which costs more, as there is more waking up. All ask the same nginx, whose own CPU time is not counted.
"""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import pycurl
from measuring import cpu_of, cpu_of_children, hold, race, spent
from others import BLACKBOX, Blackbox, Web, blackbox, nginx

from sla_engine.engine.engine import Engine
from sla_engine.model.duration import parse_duration
from sla_engine.model.result import State
from sla_engine.model.service import Check
from sla_engine.policy import Plugins, PolicySet, compile_policies
from sla_engine.registry.clock import SystemClock
from sla_engine.registry.host import PluginHost, load_plugins
from sla_engine.registry.runs import make_equipment, make_guards, run_try
from sla_engine.store import open_store
from sla_http.probe import HttpProbe

PROBES, PROCESSES, AT_ONCE = 1_000, 200, 20
CHECKS = {"http": 1_000, "https": 200}
"""Of the engine, each due once a second."""
LIMITS = {"http": 300.0, "https": 1_050.0}
"""Microseconds that the whole path may take."""
Side = Callable[[], float]
CHECK_HTTP = Path("/usr/lib/nagios/plugins/check_http")


def main() -> None:
    """Print what a probe costs each."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with nginx(folder) as web:
            if BLACKBOX is None:
                print("blackbox_exporter is not installed: apt-get install prometheus-blackbox-exporter")
                measure(folder, web, None)
                return
            with blackbox(folder, web.ca_file) as box:
                measure(folder, web, box)


def measure(folder: Path, web: Web, box: Blackbox | None) -> None:
    """Both schemes, and what they should cost."""
    for scheme, limit in LIMITS.items():
        sides = ours(folder, web, scheme) | clients(web, scheme) | monitors(web, scheme, box)
        costs = race(f"probes over {scheme}", sides)
        hold("the whole path", costs["ours, schedule to store"], limit, "us")
        if box is not None:
            half = costs["blackbox_exporter"] / 2
            hold("the probe, half of blackbox_exporter's", costs["ours, check to outcome"], half, "us")


def ours(folder: Path, web: Web, scheme: str) -> dict[str, Side]:
    """The floor in Python, our probe, and our engine."""
    host, url = load_plugins(), web.urls[scheme]
    policies = many_checks(folder, host, web, scheme)
    return {
        "pycurl, bare and blocking": lambda: spent(lambda: bare(url, web.ca_file), PROBES),
        "ours, check to outcome": lambda: spent(lambda: asyncio.run(tries(host, url, web.ca_file)), PROBES),
        "ours, schedule to store": lambda: whole_path(policies, host),
    }


def clients(web: Web, scheme: str) -> dict[str, Side]:
    """The usual clients of Python, without anything of a monitor."""
    known = {"aiohttp": by_aiohttp, "httpx": by_httpx}
    missing = [name for name in known if find_spec(name) is None]
    if missing:
        print(f"not installed: pip install {' '.join(missing)}")
    return {
        name: lambda ask=ask: spent(lambda: asyncio.run(ask(web.urls[scheme], web)), PROBES)
        for name, ask in known.items()
        if name not in missing
    }


def monitors(web: Web, scheme: str, box: Blackbox | None) -> dict[str, Side]:
    """The probes of others, in processes of their own."""
    sides: dict[str, Side] = {}
    url = web.urls[scheme]
    if box is not None:
        sides["blackbox_exporter"] = lambda: spent(
            lambda: box.probe([url] * PROBES, AT_ONCE), PROBES, lambda: cpu_of(box.pid)
        )
    if CHECK_HTTP.exists():
        sides["check_http"] = lambda: spent(lambda: asyncio.run(by_check_http(url)), PROCESSES, cpu_of_children)
    else:
        print("check_http is not installed: apt-get install monitoring-plugins-basic")
    return sides


async def in_flight(count: int, once: Callable[[], Awaitable[None]]) -> None:
    """Do it so often, by twenty workers."""

    async def work() -> None:
        for _ in range(count // AT_ONCE):
            await once()

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))


def bare(url: str, ca_file: str) -> None:
    """What libcurl alone takes."""
    for _ in range(PROBES):
        curl = pycurl.Curl()
        curl.setopt(pycurl.URL, url)
        curl.setopt(pycurl.CAINFO, ca_file)
        curl.setopt(pycurl.WRITEFUNCTION, lambda _: None)
        curl.perform()
        curl.close()


async def tries(host: PluginHost, url: str, ca_file: str) -> None:
    """Guard, transfer, phases, expectations, outcome."""
    probe = HttpProbe(url=url, ca_file=ca_file if url.startswith("https:") else None)
    check = Check("web", "home", "http", probe, parse_duration("5s"))
    equipment = make_equipment(host, make_guards((), ()), SystemClock(), {})

    async def once() -> None:
        outcome = await run_try(check, equipment)
        assert outcome.state == "up", outcome.reason

    await in_flight(PROBES, once)
    await equipment.aclose()


def many_checks(folder: Path, host: PluginHost, web: Web, scheme: str) -> PolicySet:
    """A policy of many checks, each due once a second."""
    trust = f'ca_file = "{web.ca_file}"\n' if scheme == "https" else ""
    check = f'probe = "http"\nurl = "{web.urls[scheme]}"\n{trust}'
    checks = "".join(f"[service.web.check.c{number}]\n{check}" for number in range(CHECKS[scheme]))
    (folder / scheme).mkdir()
    (folder / scheme / "services.toml").write_text(f'[service.web]\nevery = "1s"\n{checks}')
    compilation = compile_policies([folder / scheme], plugins=Plugins(host.probes, host.notifiers), environ={})
    assert compilation.policies is not None, compilation.text
    return compilation.policies


def whole_path(policies: PolicySet, host: PluginHost) -> float:
    """An engine for some seconds; gives the microseconds of CPU time a result, once each check has had one."""
    with tempfile.TemporaryDirectory() as folder, open_store(f"sqlite:///{folder}/sla.db") as store:
        store.start_writer()
        return asyncio.run(in_steady_state(Engine(policies, host, store, {})))


async def in_steady_state(engine: Engine) -> float:
    """Run the engine until it has stored so many results that were up."""
    work = asyncio.create_task(engine.run())
    await until_stored(engine, len(engine.policies.services["web"].checks) + PROBES)
    began, before, up_before = time.process_time(), engine.store.writer.written, engine.health.results[State.UP]
    await until_stored(engine, before + PROBES)
    used = time.process_time() - began
    stored, up = engine.store.writer.written - before, engine.health.results[State.UP] - up_before
    engine.stop()
    await work
    assert up > 0.9 * stored, f"only {up} of {stored} results were up"
    return used / stored * 1e6


async def until_stored(engine: Engine, count: int) -> None:
    """Wait until the engine has stored so many results."""
    while engine.store.writer.written < count:
        await asyncio.sleep(0.05)


async def by_aiohttp(url: str, web: Web) -> None:
    """One session, no connection used twice."""
    import aiohttp

    connector = aiohttp.TCPConnector(force_close=True, ssl=web.context())
    async with aiohttp.ClientSession(connector=connector) as session:

        async def once() -> None:
            async with session.get(url) as answer:
                assert answer.status == 200
                await answer.read()

        await in_flight(PROBES, once)


async def by_httpx(url: str, web: Web) -> None:
    """One client, no connection used twice."""
    import httpx

    limits = httpx.Limits(max_keepalive_connections=0)
    async with httpx.AsyncClient(limits=limits, verify=web.context()) as client:

        async def once() -> None:
            assert (await client.get(url)).status_code == 200

        await in_flight(PROBES, once)


async def by_check_http(url: str) -> None:
    """A process a probe; it verifies no certificate. What starting it costs the starter is not counted."""
    parts = urlsplit(url)
    command = [str(CHECK_HTTP), "-H", str(parts.hostname), "-p", str(parts.port)]
    command += ["-S"] if parts.scheme == "https" else []

    async def once() -> None:
        process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.DEVNULL)
        assert await process.wait() == 0

    await in_flight(PROCESSES, once)


if __name__ == "__main__":
    main()
