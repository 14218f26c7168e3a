"""Availability beside polars, DuckDB and numpy: the same months of one-minute checks, judged in one run.

Each peer is asked twice. First for what is easily written, the share of good checks: how many of its figures differ
from the share of time, and how many verdicts it turns round at the target that half of the services meet. Then for the
rule itself, a result speaking until the next and for two minutes at most: then it must agree to the microsecond.
polars and DuckDB are left out where they are not installed (``pip install polars duckdb``). CPU time of all threads.
"""

import random
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from judgement import UTC, Change, changes_of, contract_on, runs_of, service_named
from measuring import compare

from sla_engine.calendars.periods import Period, period_named
from sla_engine.evaluation import History, evaluate
from sla_engine.model.instant import MINUTE
from sla_engine.model.period import CalendarPeriod
from sla_engine.model.result import State

SERVICES = 200

Shares = list[Fraction | None]


def columns_of(changes: Sequence[Sequence[Change]], month: Period) -> dict[str, Any]:
    """Results of all services by service and time: service, instant, whether it was down."""
    service, minute, is_down = [], [], []
    for number, own in enumerate(changes):
        for begin, end, state in own:
            if state is not None:
                service.append(np.full(end - begin, number))
                minute.append(np.arange(begin, end))
                is_down.append(np.full(end - begin, state is State.DOWN))
    instants = month.start + np.concatenate(minute) * MINUTE
    return {"service": np.concatenate(service), "since": instants, "is_down": np.concatenate(is_down)}


def by_numpy(columns: dict[str, Any], month: Period) -> tuple[Callable[[], Shares], Callable[[], Shares]]:
    service, since, is_down = columns.values()

    def shares(weights: Any) -> Shares:
        every, down = (
            np.bincount(service, amount, minlength=SERVICES) for amount in (weights, np.where(is_down, weights, 0))
        )
        return [1 - Fraction(int(bad), int(of)) if of else None for bad, of in zip(down, every, strict=True)]

    def timed() -> Shares:
        following = np.append(since[1:], month.end)
        following[np.append(service[1:] != service[:-1], True)] = month.end
        return shares(np.minimum(following, since + 2 * MINUTE) - since)

    return lambda: shares(np.ones(len(service))), timed


def by_polars(columns: dict[str, Any], month: Period) -> tuple[Callable[[], Shares], Callable[[], Shares]]:
    import polars as pl

    frame = pl.DataFrame(columns)
    following = pl.col("since").shift(-1).over("service").fill_null(month.end)
    length = pl.min_horizontal(following, pl.col("since") + 2 * MINUTE) - pl.col("since")

    def shares(weighted: pl.Expr) -> Shares:
        sums = (
            frame.lazy()
            .with_columns(weight=weighted)
            .group_by("service")
            .agg(every=pl.col("weight").sum(), down=pl.col("weight").filter(pl.col("is_down")).sum())
            .collect()
        )
        return in_order(sums.iter_rows())

    return lambda: shares(pl.lit(1).cast(pl.Int64)), lambda: shares(length)


def by_duckdb(columns: dict[str, Any], month: Period) -> tuple[Callable[[], Shares], Callable[[], Shares]]:
    import duckdb

    database = duckdb.connect()
    database.register("arriving", columns)
    database.execute("CREATE TABLE results AS SELECT * FROM arriving")

    def shares(weight: str) -> Shares:
        rows = database.execute(
            "SELECT service, sum(weight)::BIGINT, coalesce(sum(weight) FILTER (is_down), 0)::BIGINT"
            f" FROM (SELECT service, is_down, {weight} AS weight FROM results) GROUP BY service"
        )
        return in_order(rows.fetchall())

    following = f"lead(since, 1, {month.end}) OVER (PARTITION BY service ORDER BY since)"
    return lambda: shares("1"), lambda: shares(f"least({following}, since + {2 * MINUTE}) - since")


def in_order(rows: Any) -> Shares:
    """From service, sum and down sum to shares by service."""
    found: Shares = [None] * SERVICES
    for number, every, down in rows:
        found[number] = 1 - Fraction(down, every)
    return found


def main() -> None:
    """Print what each costs, and how often each is wrong."""
    chance, services = random.Random(5), [service_named(f"s{number}") for number in range(SERVICES)]
    month = period_named("2026-10", CalendarPeriod("month"), UTC)
    changes = [list(changes_of(chance, (month.end - month.start) // MINUTE)) for _ in services]
    columns = columns_of(changes, month)
    runs = [
        run for each, own in zip(services, changes, strict=True) for run in runs_of(each.checks[0].id, own, month.start)
    ]
    contract = contract_on(services, "always")

    def ours() -> Shares:
        return [verdict.measured for verdict in evaluate(contract, History(runs), month, month.end).availability]

    easily: dict[str, Callable[[], Shares]] = {"ours, from run-lengths": ours}
    rightly: dict[str, Callable[[], Shares]] = {"ours, from run-lengths": ours}
    for name, peer in {"numpy": by_numpy, "polars": by_polars, "DuckDB": by_duckdb}.items():
        try:
            easily[name], rightly[name] = peer(columns, month)
        except ImportError:
            print(f"{name} is not installed and left out")
    print(f"{SERVICES} services, a month, {len(columns['since']):,} results, {len(runs):,} runs")
    for title, sides in {"the share of good checks": easily, "the rule itself": rightly}.items():
        compare(f"{title}: microseconds a service", SERVICES, sides)
        for name, side in sides.items():
            wrong(name, side(), ours())


def wrong(name: str, found: Shares, expected: Shares) -> None:
    pairs = list(zip(found, expected, strict=True))
    figures = sum(one != right for one, right in pairs)
    target = sorted(right or 0 for right in expected)[len(expected) // 2]
    turned = sum(((one or 0) >= target) is not ((right or 0) >= target) for one, right in pairs)
    print(f"  {name:42s} {figures:4d} of {len(expected)} figures differ, {turned} verdicts are others")


if __name__ == "__main__":
    main()
