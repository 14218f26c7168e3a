"""The engine as in life: checks every ten seconds, evenly spread, results kept.

First a hundred checks a second beside blackbox_exporter asked as often, which keeps nothing: Prometheus, which would
keep its results, is not part of this. Then ten thousand checks a minute, while the status of all is looked at every
five seconds, for which all that is known is judged: how late do runs start? Meanwhile, in a process of its own, a bare
timer shows how late this machine wakes anybody. Give the seconds to measure as an argument.
"""

import asyncio
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from http.client import HTTPConnection
from multiprocessing import get_context
from pathlib import Path
from urllib.request import urlopen

from attrs import frozen
from measuring import cpu_of, hold
from others import BLACKBOX, Blackbox, Web, blackbox, nginx

from sla_engine.app.running import running
from sla_engine.model.result import Result, State
from sla_engine.policy import Plugins, PolicySet, compile_policies
from sla_engine.registry.host import PluginHost, load_plugins

SECONDS = int(sys.argv[1]) if len(sys.argv) > 1 else 60
A_HUNDRED_A_SECOND, TEN_THOUSAND_A_MINUTE = 1_000, 1_700
"""Checks every ten seconds that make as many runs."""
CHECKS_OF_A_SERVICE = 100
JUDGE_EVERY = 5.0


@frozen
class Seen:
    """What an engine did while it was watched.

    Attributes:
        cpu: seconds of CPU time that all of it took.
        results: what it stored.
        judgements: how often all was looked at, and the seconds that the longest look took.
    """

    cpu: float
    results: Sequence[Result]
    judgements: tuple[int, float]

    @property
    def lateness(self) -> list[int]:
        """Microseconds by which each run started late."""
        return [result.lateness for result in self.results]


def main() -> None:
    """Print what a check costs, and how late it comes."""
    host = load_plugins()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with nginx(folder) as web:
            print(f"100 checks a second for {SECONDS} s, results kept", flush=True)
            ours = asyncio.run(watched(policies_of(folder, host, web, A_HUNDRED_A_SECOND), host, is_judged=False))
            cost = tell("ours", ours)
            if BLACKBOX is None:
                print("  blackbox_exporter is not installed: apt-get install prometheus-blackbox-exporter")
            else:
                with blackbox(folder, web.ca_file) as box:
                    theirs = asked(box, web.urls["http"])
                print(f"  {'blackbox_exporter, nothing kept':42s} {theirs:10.0f} us each   {theirs / cost:6.2f} x")
            hold("the whole monitor", cost, 750.0, "us")
            print(f"10,000 checks a minute for {SECONDS} s, stored and judged", flush=True)
            policies = policies_of(folder, host, web, TEN_THOUSAND_A_MINUTE)
            with ProcessPoolExecutor(1, get_context("spawn")) as pool:
                alone = pool.submit(bare_timer, SECONDS)
                busy = asyncio.run(watched(policies, host, is_judged=True))
                print(f"  {'lateness of a bare timer':42s} {in_shares(alone.result())}")
            tell("ours", busy)
            hold("lateness, 99 %", within(busy.lateness, 0.99), 5.0, "ms")


def tell(name: str, seen: Seen) -> float:
    """Print what was seen; gives the microseconds of a check."""
    cost = seen.cpu / len(seen.results) * 1e6
    up = sum(result.state is State.UP for result in seen.results)
    count, longest = seen.judgements
    judged = f", judged {count} times in {longest * 1000:.0f} ms at most" if count else ""
    print(f"  {name:42s} {cost:10.0f} us each   {len(seen.results)} results, {up} up{judged}")
    print(f"  {'lateness':42s} {in_shares(seen.lateness)}", flush=True)
    return cost


def in_shares(lateness: Sequence[int]) -> str:
    """How late, for most and for the worst."""
    return ", ".join(f"{share:.1%} {within(lateness, share):.1f} ms" for share in (0.5, 0.99, 0.999))


def within(lateness: Sequence[int], share: float) -> float:
    """Milliseconds within which that share of the microseconds lies."""
    ordered = sorted(lateness)
    return ordered[int(share * (len(ordered) - 1))] / 1000


def bare_timer(seconds: int) -> list[int]:
    """Wake up as often as the engine does, and do nothing; gives by how many microseconds it was late each time."""
    late = []
    due = time.monotonic()
    for _ in range(seconds * TEN_THOUSAND_A_MINUTE // 10):
        due += 10 / TEN_THOUSAND_A_MINUTE
        time.sleep(max(0.0, due - time.monotonic()))
        late.append(int((time.monotonic() - due) * 1e6))
    return late


def policies_of(folder: Path, host: PluginHost, web: Web, count: int) -> PolicySet:
    """So many checks, with an availability to hold for each service of a hundred."""
    services = [f"s{number}" for number in range(count // CHECKS_OF_A_SERVICE)]
    check = f'probe = "http"\nurl = "{web.urls["http"]}"\n'
    lines = ['[sla.standard]\ntitle = "Standard"\ntimezone = "UTC"\n[sla.standard.availability]\n']
    lines += [f'{name} = "99.9%"\n' for name in services]
    for name in services:
        lines.append(f'[service.{name}]\nevery = "10s"\n')
        lines += [f"[service.{name}.check.c{number}]\n{check}" for number in range(CHECKS_OF_A_SERVICE)]
    path = folder / f"{count}.toml"
    path.write_text("".join(lines))
    compilation = compile_policies(
        [path], plugins=Plugins(host.probes, host.notifiers, host.ticket_sources), environ={}
    )
    assert compilation.policies is not None, compilation.text
    return compilation.policies


async def watched(policies: PolicySet, host: PluginHost, *, is_judged: bool) -> Seen:
    """Run an engine until each check has had two results, and keeps its time; then watch it for a while."""
    results: list[Result] = []
    with tempfile.TemporaryDirectory() as folder:
        store = f"sqlite:///{folder}/sla.db"
        async with running(policies, host, environ={}, store_url=store, listen="127.0.0.1:0") as up:
            up.store.writer.observers.append(results.extend)
            while not is_steady(results, policies):
                await asyncio.sleep(1.0)
            results.clear()
            began = time.process_time()
            looks = await judging(up.address) if is_judged else await asyncio.sleep(SECONDS, [])
            await asyncio.to_thread(up.store.writer.flush)
            return Seen(time.process_time() - began, list(results), (len(looks), max(looks, default=0.0)))


def is_steady(results: Sequence[Result], policies: PolicySet) -> bool:
    """Whether each check has had two results."""
    counts = Counter(result.check for result in results)
    return all(counts[check.id] >= 2 for service in policies.services.values() for check in service.checks)


async def judging(address: str) -> list[float]:
    """Look at the status of everything again and again; gives the seconds that each look took."""
    took: list[float] = []
    end = time.monotonic() + SECONDS
    while (began := time.monotonic()) < end:
        await asyncio.to_thread(look, f"{address}api/v1/status")
        took.append(time.monotonic() - began)
        await asyncio.sleep(min(JUDGE_EVERY, max(0.0, end - time.monotonic())))
    return took


def look(url: str) -> None:
    """Ask for a page, and do nothing with it."""
    with urlopen(url) as answer:
        answer.read()


def asked(box: Blackbox, url: str) -> float:
    """Have blackbox_exporter probe a hundred times a second; gives the microseconds of CPU time a probe."""
    connection = HTTPConnection("127.0.0.1", box.port)
    box.ask(connection, url)
    before, began = cpu_of(box.pid), time.monotonic()
    for number in range(SECONDS * 100):
        time.sleep(max(0.0, began + number / 100 - time.monotonic()))
        box.ask(connection, url)
    connection.close()
    return (cpu_of(box.pid) - before) / (SECONDS * 100) * 1e6


if __name__ == "__main__":
    main()
