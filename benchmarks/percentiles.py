"""How much time a year of latencies takes: from packed days in SQLite to a verdict with its percentiles.

The target: one service, a year of one-minute checks, in at most 20 ms. Beside it numpy on arrays that lie in memory
already, and a plain loop that sorts; all three must agree. CPU time, the best of several rounds.
"""

import random
import sys
import tempfile
from fractions import Fraction

import attrs
from judgement import UTC, best, contract_on, report, service_named

from sla_engine.calendars.periods import Period, period_named
from sla_engine.evaluation import History, evaluate
from sla_engine.model.contract import LatencyObjective
from sla_engine.model.duration import Duration
from sla_engine.model.instant import DAY, MILLISECOND, MINUTE
from sla_engine.model.percent import Percent
from sla_engine.model.period import CalendarPeriod
from sla_engine.model.result import Result, State
from sla_engine.model.verdict import Percentile
from sla_engine.store import Store, open_store


def year_of_results(check: str, year: Period) -> list[Result]:
    """A check a minute: most answer in a tenth of a second, some slowly, one in a thousand not at all."""
    chance = random.Random(3)
    return [
        Result(check, at, State.DOWN, MINUTE, reason="status 503")
        if chance.random() < 0.001
        else Result(check, at, State.UP, MINUTE, latency=round(chance.lognormvariate(0, 0.8) * 100 * MILLISECOND))
        for at in range(year.start, year.end, MINUTE)
    ]


def by_sorting(results: list[Result]) -> list[int | None]:
    """What a straightforward program does."""
    ordered = sorted(float("inf") if one.state is State.DOWN else float(one.latency or 0) for one in results)
    found = [ordered[-(-percent * len(ordered) // 100) - 1] for percent in (50, 90, 95, 99)]
    return [None if value == float("inf") else int(value) for value in found]


def values(percentiles: tuple[Percentile, ...]) -> list[int | None]:
    return [percentile.latency for percentile in percentiles]


def fill(store: Store, results: list[Result], year: Period) -> None:
    writer = store.start_writer()
    for number, result in enumerate(results):
        writer.put(result)
        if number % 10_000 == 0:
            writer.flush()
    writer.flush()
    store.pack(year.end + DAY)


def main() -> bool:
    service, year = service_named("api"), period_named("2026", CalendarPeriod("year"), UTC)
    check = service.checks[0].id
    results = year_of_results(check, year)
    objective = LatencyObjective("api", Percent(Fraction(95, 100)), Duration(800 * MILLISECOND))
    contract = attrs.evolve(contract_on([service], "always"), availability=(), latency=(objective,))
    print(f"one service, a year, {len(results):,} results")
    with tempfile.TemporaryDirectory() as folder, open_store(f"sqlite:///{folder}/sla.db") as store:
        fill(store, results, year)

        def judged() -> list[int | None]:
            history = History(samples=store.samples([check], year.start, year.end))
            return values(evaluate(contract, history, year, year.end).latency[0].percentiles)

        if judged() != by_sorting(results):
            sys.exit("the two do not agree")
        sorting = best(lambda: by_sorting(results), 3)
        report("  plain loop and sort over the results in memory", sorting, None)
        report(
            "  read single results from the store", best(lambda: store.results(check, year.start, year.end), 1), None
        )
        report("  read samples from the store", best(lambda: store.samples([check], year.start, year.end), 20), None)
        history = History(samples=store.samples([check], year.start, year.end))
        report("  judge samples", best(lambda: evaluate(contract, history, year, year.end), 20), None)
        return report("  from packed days to verdict and percentiles", best(judged, 20), 0.020, sorting)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
