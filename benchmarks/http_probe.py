"""An HTTP probe beside those of others: CPU time a probe, twenty in flight, a fresh connection and handshake each.

Ours is measured twice: from check to outcome, and over the whole path of the engine's parts, from what is due to what
is stored. All ask the same nginx, whose own CPU time is not counted. What a check costs in an engine that is not busy
all the time is measured by ``engine_paced.py``.
"""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import pycurl
from measuring import cpu_of, cpu_of_children, hold, race, spent
from others import BLACKBOX, Blackbox, Web, blackbox, nginx

from sla_engine.engine.clock_watch import ClockWatch
from sla_engine.engine.equipment import make_prober
from sla_engine.engine.schedule import Moment, Schedule, Slot, make_schedule
from sla_engine.model.duration import parse_duration
from sla_engine.model.instant import MILLISECOND
from sla_engine.model.result import State
from sla_engine.model.service import Check
from sla_engine.policy import Plugins, PolicySet, compile_policies
from sla_engine.registry.clock import SystemClock
from sla_engine.registry.host import PluginHost, load_plugins
from sla_engine.registry.runs import make_equipment, make_guards, run_try
from sla_engine.store import Store, open_store
from sla_http.probe import HttpProbe

PROBES, PROCESSES, AT_ONCE = 1_000, 200, 20
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
        if box is not None and scheme == "http":
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
    """A policy of as many checks, each due once a second."""
    trust = f'ca_file = "{web.ca_file}"\n' if scheme == "https" else ""
    check = f'probe = "http"\nurl = "{web.urls[scheme]}"\n{trust}'
    checks = "".join(f"[service.web.check.c{number}]\n{check}" for number in range(PROBES))
    (folder / scheme).mkdir()
    (folder / scheme / "services.toml").write_text(f'[service.web]\nevery = "1s"\n{checks}')
    compilation = compile_policies(
        [folder / scheme], plugins=Plugins(host.probes, host.notifiers, host.ticket_sources), environ={}
    )
    assert compilation.policies is not None, compilation.text
    return compilation.policies


def whole_path(policies: PolicySet, host: PluginHost) -> float:
    """Microseconds of CPU time that a check costs, once the store has seen each."""
    with tempfile.TemporaryDirectory() as folder, open_store(f"sqlite:///{folder}/sla.db") as store:
        store.start_writer()
        return asyncio.run(scheduled(policies, host, store))


async def scheduled(policies: PolicySet, host: PluginHost, store: Store) -> float:
    """Take what is due, probe it, and store what was found, second after second."""
    clock = SystemClock()
    watch = ClockWatch(clock)
    prober = make_prober(policies, host, clock, {})
    slots = due(make_schedule(policies.services.values(), {}, watch.moment()), watch.moment())

    async def once() -> None:
        result = await prober.result(next(slots), watch)
        assert result.state is State.UP, result.reason
        store.writer.put(result)

    async def measured() -> float:
        began = time.process_time()
        await in_flight(PROBES, once)
        await asyncio.to_thread(store.writer.flush)
        return (time.process_time() - began) / PROBES * 1e6

    await measured()
    cost = await measured()
    await prober.aclose()
    return cost


def due(schedule: Schedule, now: Moment) -> Iterator[Slot]:
    """What is due from now on, as fast as it is taken."""
    while True:
        yield from schedule.pop_due(now)
        now = Moment(now.wall + MILLISECOND, now.steady + MILLISECOND)


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
