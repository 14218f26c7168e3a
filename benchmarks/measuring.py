"""How the benchmarks measure: CPU time, both sides in one run, the median of several rounds, and the ratio."""

import statistics
import time
from collections.abc import Callable

ROUNDS = 5


def cpu_seconds(work: Callable[[], object]) -> float:
    """The median CPU time of some rounds of a piece of work."""
    times = []
    for _ in range(ROUNDS):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return statistics.median(times)


def compare(title: str, units: int, sides: dict[str, Callable[[], object]]) -> None:
    """Print what a unit of work costs each side, and how many times the first."""
    print(title)
    first = 0.0
    for name, work in sides.items():
        cost = cpu_seconds(work) / units * 1e6
        first = first or cost
        print(f"  {name:42s} {cost:10.2f} us each   {cost / first:6.2f} x")
