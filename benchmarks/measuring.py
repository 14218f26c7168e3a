"""How the benchmarks measure: CPU time, all sides in one run by turns, the median of several rounds, and the ratio."""

import os
import resource
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path

ROUNDS = 5


def spent(work: Callable[[], object], units: int, cpu: Callable[[], float] = time.process_time) -> float:
    """Do a round of work; gives the microseconds of CPU time that a unit of it cost.

    Args:
        cpu: the CPU seconds that were spent so far by whoever does the work.
    """
    began = cpu()
    work()
    return (cpu() - began) / units * 1e6


def cpu_of(pid: int) -> float:
    """User and system seconds of another process and its threads, to a hundredth (proc(5))."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def cpu_of_children() -> float:
    """User and system seconds of the processes that were started here and have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def compare(title: str, units: int, sides: Mapping[str, Callable[[], object]]) -> None:
    """Print what a unit of work costs each side, and how many times the first."""
    race(title, {name: lambda work=work: spent(work, units) for name, work in sides.items()})


def race(title: str, sides: Mapping[str, Callable[[], float]]) -> dict[str, float]:
    """The same, where each side does a round and gives what a unit cost by itself; gives the medians."""
    print(title, flush=True)
    rounds: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(ROUNDS):
        for name, side in sides.items():
            rounds[name].append(side())
    costs = {name: statistics.median(each) for name, each in rounds.items()}
    first = next(iter(costs.values()))
    for name, cost in costs.items():
        print(f"  {name:42s} {cost:10.2f} us each   {cost / first:6.2f} x", flush=True)
    return costs


def hold(what: str, seen: float, target: float, unit: str) -> None:
    """Print whether a target is met."""
    word = "met" if seen <= target else "MISSED"
    print(f"  {word:6s}  {what}: {seen:.2f} {unit}, target at most {target:.2f}", flush=True)
