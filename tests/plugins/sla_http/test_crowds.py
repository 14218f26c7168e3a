"""Many bad servers at once: each probe ends in time, memory is bounded, and the probes of good servers are unharmed."""

import asyncio
import resource
import statistics
import sys
import time
from collections.abc import AsyncIterator, Iterator

import psutil
import pytest

from sla_engine.model.duration import Duration
from sla_engine.model.service import Check
from sla_engine.plugin import Outcome
from sla_engine.registry.clock import SystemClock
from sla_engine.registry.host import PluginHost
from sla_engine.registry.runs import Equipment, make_equipment, make_guards, run_try
from sla_http.expectations import Expect, ExpectBody
from sla_http.probe import HttpProbe

CROWD = 500
AT_ONCE = 100
SECONDS = 6.0
MEBIBYTE = 1024 * 1024

# The bad servers run in a process of their own, so that their work and memory are not ours.
SERVER = """
import asyncio, gzip, sys

BOMB = gzip.compress(bytes(64 * 1024 * 1024))


async def answer(reader, writer):
    path = (await reader.readuntil(b"\\r\\n\\r\\n")).split(b" ")[1]
    try:
        if path == b"/good":
            writer.write(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok")
        elif path == b"/bomb":
            writer.write(b"HTTP/1.1 200 OK\\r\\nContent-Encoding: gzip\\r\\n\\r\\n" + BOMB)
        elif path == b"/endless":
            writer.write(b"HTTP/1.1 200 OK\\r\\n\\r\\n")
            while True:
                writer.write(b"x" * 65536)
                await writer.drain()
        else:
            writer.write(b"HTTP/1.1 200 OK\\r\\n\\r\\n")
            while True:
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(1)
        await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


async def main():
    server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=2048)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
"""


@pytest.fixture
async def url() -> AsyncIterator[str]:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", SERVER, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    yield f"http://127.0.0.1:{int(await process.stdout.readline())}"
    process.kill()
    await process.wait()


@pytest.fixture
async def equipment() -> AsyncIterator[Equipment]:
    equipment = make_equipment(PluginHost(), make_guards((), ()), SystemClock(), {}, isolate=False)
    yield equipment
    await equipment.aclose()


@pytest.fixture
def descriptors() -> Iterator[None]:
    """As many as the operating system lets this process have."""
    usual, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (usual, most))


async def timed(equipment: Equipment, probe: HttpProbe) -> tuple[Outcome, float]:
    check = Check("service", "check", "http", probe, Duration(round(SECONDS * 1_000_000)))
    began = time.monotonic()
    return await run_try(check, equipment), time.monotonic() - began


async def lag() -> float:
    """The longest time that the event loop, or the whole machine, kept a timer waiting; by being cancelled it tells."""
    longest = 0.0
    try:
        while True:
            asked = time.monotonic()
            await asyncio.sleep(0.01)
            longest = max(longest, time.monotonic() - asked - 0.01)
    except asyncio.CancelledError:
        return longest


async def test_500_drips_end_in_time_and_do_no_harm_to_500_good_ones(
    descriptors: None, equipment: Equipment, url: str
) -> None:
    watch = asyncio.ensure_future(lag())
    bad = []
    for _ in range(CROWD):  # not all in one instant, as no schedule has it
        bad.append(asyncio.ensure_future(timed(equipment, HttpProbe(url=f"{url}/drips"))))
        await asyncio.sleep(0.002)

    good = [await timed(equipment, HttpProbe(url=f"{url}/good")) for _ in range(CROWD)]
    ended = await asyncio.gather(*bad)
    watch.cancel()
    late = await watch

    assert {outcome.state for outcome, _ in good} == {"up"}
    assert statistics.median(sum(outcome.phases.values()) for outcome, _ in good) < 0.05
    # On a busy machine the engine's own deadline may be a moment quicker than the probe's.
    assert [outcome.reason for outcome, _ in ended if "no answer before" not in (outcome.reason or "")] == []
    assert max(seconds for _, seconds in ended) <= SECONDS + 0.25 + late


@pytest.mark.parametrize(
    ("path", "expect"),
    [
        ("/bomb", Expect(body=ExpectBody(contains="x"))),
        ("/endless", Expect()),
    ],
)
async def test_100_bodies_without_end_take_little_memory(
    equipment: Equipment, url: str, path: str, expect: Expect
) -> None:
    process = psutil.Process()
    await timed(equipment, HttpProbe(url=f"{url}/good"))
    before = highest = process.memory_info().rss

    probes = asyncio.gather(*(timed(equipment, HttpProbe(url=url + path, expect=expect)) for _ in range(AT_ONCE)))
    while not probes.done():
        highest = max(highest, process.memory_info().rss)
        await asyncio.sleep(0.005)

    assert highest - before < 64 * MEBIBYTE
    state = {"/bomb": "down", "/endless": "up"}[path]
    assert {outcome.state for outcome, _ in await probes} == {state}
