"""A month of 1,000 services with percentiles, beside numpy, polars and DuckDB: CPU time and memory.

The targets: at most 1 s, and at most 150 MB. Each side works in a process of its own, so that its peak of memory is
told apart. Ours reads packed days and run-lengths from a store in SQLite and judges availability and latency, one
agreement upon fifty services after the other; the agreements are there before. The others are asked for the 50th, 90th,
95th and 99th percentile alone, by the same nearest rank: "days" reads them from SQLite too, a day of a service a row
of bare numbers, which is the least that anybody could do; the rest have every result in memory already. All must agree.
Of the services twenty are different, and the others are copies of these. polars and DuckDB are left out where they are
not installed (``pip install polars duckdb``).
"""

import json
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import sqlalchemy as sa
from judgement import UTC, contract_on, service_named
from measuring import hold

from sla_engine.calendars.periods import period_named
from sla_engine.evaluation import History, evaluate
from sla_engine.evaluation.percentiles import USUAL, nearest_rank
from sla_engine.model.contract import Contract, LatencyObjective
from sla_engine.model.duration import Duration
from sla_engine.model.instant import DAY, MILLISECOND, MINUTE
from sla_engine.model.percent import Percent
from sla_engine.model.period import CalendarPeriod
from sla_engine.model.result import Result, State
from sla_engine.store import Store, open_store
from sla_engine.store.tables import packed_days, runs, sources

SERVICES, DISTINCT, TOGETHER = 1000, 20, 50
FAILED = 2**32 - 1
MONTH = period_named("2026-10", CalendarPeriod("month"), UTC)
MINUTES = (MONTH.end - MONTH.start) // MINUTE

Found = list[list[int]]
"""Of each service the latency at each usual percentile, in microseconds."""


def latencies() -> Any:
    """Of the different services, a row each: most answer in a tenth of a second, one in a thousand not at all."""
    chance = np.random.default_rng(7)
    drawn = (chance.lognormal(0, 0.8, (DISTINCT, MINUTES)) * 100 * MILLISECOND).astype(np.uint32)
    drawn[chance.random(drawn.shape) < 0.001] = FAILED
    return drawn


def fill(store: Store, drawn: Any) -> None:
    """Store what the different services answered, and copy it for all the others."""
    writer = store.start_writer()
    for number, row in enumerate(drawn.tolist()):
        for minute, latency in enumerate(row):
            writer.put(_result(f"s{number}/health", MONTH.start + minute * MINUTE, latency))
        writer.flush()
    store.pack(MONTH.end + DAY)


def copy(path: Path) -> None:
    """Give every further service what one of the different ones has."""
    with sa.create_engine(f"sqlite:///{path}").begin() as connection:
        numbers = dict(connection.execute(sa.select(sources.c.check_id, sources.c.id)).all())
        for number in range(DISTINCT, SERVICES):
            like, own = numbers[f"s{number % DISTINCT}/health"], 100_000 + number
            connection.execute(sources.insert().values(id=own, check_id=f"s{number}/health", location=""))
            for table in (runs, packed_days):
                others = [column for column in table.c if column.name != "source"]
                rows = sa.select(sa.literal(own), *others).where(table.c.source == like)
                connection.execute(table.insert().from_select(["source", *(one.name for one in others)], rows))


def _result(check: str, at: int, latency: int) -> Result:
    if latency == FAILED:
        return Result(check, at, State.DOWN, MINUTE, reason="status 503")
    return Result(check, at, State.UP, MINUTE, latency=latency)


def ours(folder: Path) -> Callable[[], Found]:
    store = open_store(f"sqlite:///{folder / 'sla.db'}").__enter__()
    agreements = [_agreement(first) for first in range(0, SERVICES, TOGETHER)]

    def judged(contract: Contract) -> Found:
        checks = [check.id for service in contract.services.values() for check in service.checks]
        start, end = MONTH.start, MONTH.end
        history = History(runs=store.runs(start, end, checks), samples=store.samples(checks, start, end))
        verdict = evaluate(contract, history, MONTH, MONTH.end)
        assert all(one.measured is not None for one in verdict.availability)
        return [
            [FAILED if one.latency is None else one.latency for one in told.percentiles] for told in verdict.latency
        ]

    return lambda: [found for contract in agreements for found in judged(contract)]


def _agreement(first: int) -> Contract:
    """Upon some services, from one on."""
    services = [service_named(f"s{number}") for number in range(first, first + TOGETHER)]
    bounds = [LatencyObjective(one.id, Percent(Fraction(95, 100)), Duration(800 * MILLISECOND)) for one in services]
    return attrs.evolve(contract_on(services, "always"), latency=tuple(bounds))


def by_days(folder: Path) -> Callable[[], Found]:
    path, ranks = folder / "days.db", _ranks()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE days (service INT, day INT, content BLOB, PRIMARY KEY (service, day))")
        for service, row in enumerate(_table(folder)):
            rows = [(service, day, part.tobytes()) for day, part in enumerate(np.split(row, MINUTES // 1440))]
            connection.executemany("INSERT INTO days VALUES (?, ?, ?)", rows)

    def found() -> Found:
        asked = "SELECT content FROM days WHERE service = ? ORDER BY day"
        with sqlite3.connect(path) as connection:
            months = (
                b"".join(content for (content,) in connection.execute(asked, (service,))) for service in range(SERVICES)
            )
            return [np.partition(np.frombuffer(month, np.uint32), ranks)[ranks].tolist() for month in months]

    return found


def by_numpy(folder: Path) -> Callable[[], Found]:
    table, ranks = _table(folder), _ranks()
    return lambda: [np.partition(row, ranks)[ranks].tolist() for row in table]


def by_polars(folder: Path) -> Callable[[], Found]:
    import polars as pl

    table = _table(folder)
    services = np.repeat(np.arange(SERVICES, dtype=np.uint16), MINUTES)
    frame = pl.DataFrame({"service": services, "latency": table.reshape(-1)})
    ranked = [pl.col("latency").sort().get(rank).alias(str(rank)) for rank in _ranks()]

    def found() -> Found:
        return [list(row[1:]) for row in frame.lazy().group_by("service").agg(ranked).sort("service").collect().rows()]

    return found


def by_duckdb(folder: Path) -> Callable[[], Found]:
    import duckdb

    arriving = {
        "service": np.repeat(np.arange(SERVICES, dtype=np.uint16), MINUTES),
        "latency": _table(folder).reshape(-1),
    }
    database = duckdb.connect()
    database.register("arriving", arriving)
    database.execute("CREATE TABLE results AS SELECT * FROM arriving")
    shares = [float(one.ratio) for one in USUAL]

    def found() -> Found:
        rows = database.execute(
            f"SELECT service, quantile_disc(latency, {shares}) FROM results GROUP BY service ORDER BY service"
        )
        return [list(values) for _, values in rows.fetchall()]

    return found


SIDES = {"ours": ours, "days": by_days, "numpy": by_numpy, "polars": by_polars, "duckdb": by_duckdb}


def _table(folder: Path) -> Any:
    """Every result of every service, in memory."""
    return np.tile(np.load(folder / "latencies.npy"), (SERVICES // DISTINCT, 1))


def _ranks() -> list[int]:
    return [nearest_rank(share, MINUTES) - 1 for share in USUAL]


def one_side(name: str, folder: Path) -> None:
    """Do one side's work twice, and print what the quicker time cost: CPU seconds, megabytes, and what was found."""
    work = SIDES[name](folder)
    costs = []
    for _ in range(2):
        began = time.process_time()
        found = work()
        costs.append(time.process_time() - began)
    # The peak of getrusage(2) would be that of the process by which this one was started, where that is higher.
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:"))
    print(json.dumps({"seconds": min(costs), "megabytes": int(peak.split()[1]) / 1024, "found": found}))


def main() -> None:
    """Print what each side costs, and whether they agree."""
    with tempfile.TemporaryDirectory() as name:
        folder, drawn = Path(name), latencies()
        np.save(folder / "latencies.npy", drawn)
        with open_store(f"sqlite:///{folder / 'sla.db'}") as store:
            fill(store, drawn)
        copy(folder / "sla.db")
        print(f"{SERVICES:,} services, a month, {MINUTES * SERVICES:,} results")
        first: dict[str, Any] = {}
        for side in SIDES:
            done = subprocess.run(
                [sys.executable, __file__, side, str(folder)], capture_output=True, text=True, check=False
            )
            if done.returncode:
                print(f"  {side:8s} left out: {done.stderr.strip().splitlines()[-1]}")
                continue
            told = json.loads(done.stdout.splitlines()[-1])
            first = first or told
            agrees = "agrees" if told["found"] == first["found"] else "IS ANOTHER ANSWER"
            print(f"  {side:8s} {told['seconds']:6.2f} s  {told['megabytes']:6.0f} MB  {agrees}", flush=True)
        hold("a month of 1,000 services with percentiles", first["seconds"], 1.0, "s")
        hold("its memory", first["megabytes"], 150, "MB")


if __name__ == "__main__":
    if len(sys.argv) == 3:
        one_side(sys.argv[1], Path(sys.argv[2]))
    else:
        main()
