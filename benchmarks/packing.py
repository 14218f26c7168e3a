"""A day of many checks packed: the cost of a result must not grow with their number; others are written meanwhile."""

import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sla_engine.model.instant import DAY, MINUTE
from sla_engine.model.result import Result, State
from sla_engine.store import Store, open_store
from sla_engine.store.tables import results, sources

BASE = 20_000 * DAY
MINUTES = DAY // MINUTE
CHECKS = (100, 1_000)


def main() -> None:
    """Print what packing costs, and how long results had to wait for it."""
    for checks in CHECKS:
        with tempfile.TemporaryDirectory() as folder, open_store(f"sqlite:///{folder}/sla.db") as store:
            store.start_writer()
            fill(store, checks)
            with results_coming(store) as waits:
                began = time.process_time()
                assert store.pack(BASE + DAY) == checks
                took = time.process_time() - began
        each = took / (checks * MINUTES) * 1e6
        print(f"{checks:5} checks: {each:.1f} us CPU a result, {took:.1f} s in all; others waited {max(waits):.2f} s")


def fill(store: Store, checks: int) -> None:
    """A day of results, as they lie there at its end."""
    with store.changing() as connection:
        connection.execute(
            sources.insert(), [{"id": n, "check_id": f"s{n}/home", "location": ""} for n in range(checks)]
        )
        for minute in range(MINUTES):
            at = BASE + minute * MINUTE
            connection.execute(
                results.insert(),
                [
                    {"at": at, "source": n, "state": 0, "interval": MINUTE, "latency": at * n % 90_000, "lateness": 0}
                    for n in range(checks)
                ],
            )


@contextmanager
def results_coming(store: Store) -> Iterator[list[float]]:
    """While the block lasts, a result comes every now and then; gives how long each waited until it was durable."""
    waits: list[float] = []
    is_over = threading.Event()

    def come() -> None:
        while not is_over.wait(0.05):
            began = time.monotonic()
            store.writer.put(Result("late/home", BASE + 2 * DAY + len(waits) * MINUTE, State.UP, MINUTE))
            store.writer.flush()
            waits.append(time.monotonic() - began)

    thread = threading.Thread(target=come)
    thread.start()
    yield waits
    is_over.set()
    thread.join()


if __name__ == "__main__":
    main()
