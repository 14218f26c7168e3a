"""Latencies in columns: the same as of single results, from packed days and from rows, on both databases."""

import random
from collections.abc import Callable, Sequence

from sla_engine.evaluation.samples import Samples, samples_of
from sla_engine.model.instant import DAY, MINUTE
from sla_engine.model.result import Result, State
from sla_engine.store import Store

Make = Callable[..., Result]
BASE = 20_000 * DAY
WHOLE = (BASE - DAY, BASE + 10 * DAY)


def put(store: Store, results: Sequence[Result]) -> None:
    for result in results:
        store.writer.put(result)
    assert store.writer.flush(20)
    assert store.writer.trouble is None


def columns(samples: Sequence[Samples]) -> list[tuple[str, list[int], list[int]]]:
    return [(one.check, one.at.tolist(), one.latency.tolist()) for one in samples]


def some_days(result: Make) -> list[Result]:
    """Three days of a check every ten minutes with all states, some latencies missing, and an irregular day."""
    rng = random.Random(5)
    minutes = [*range(0, 2 * 1440, 10), *sorted(rng.sample(range(2 * 1440, 3 * 1440), 100))]
    return [
        result(
            minute,
            rng.choice([State.UP, State.UP, State.UP, State.DEGRADED, State.DOWN, State.ERROR]),
            latency=rng.choice([None, rng.randrange(10**6), rng.randrange(10**6)]),
            interval=10 * MINUTE,
        )
        for minute in minutes
    ]


def test_they_are_those_of_the_single_results_whatever_is_packed(store: Store, result: Make) -> None:
    results = some_days(result)
    put(store, results)
    expected = columns(samples_of(results))

    for packed_before in (BASE, BASE + DAY, BASE + 3 * DAY):
        store.pack(packed_before)

        assert columns(store.samples(["web/home"], *WHOLE)) == expected


def test_both_ends_are_cut(store: Store, result: Make) -> None:
    put(store, [result(minute, latency=minute) for minute in range(10)])
    store.pack(BASE + DAY)
    put(store, [result(1440 + minute, latency=minute) for minute in range(3)])

    [samples] = store.samples(["web/home"], BASE + 8 * MINUTE, BASE + DAY + MINUTE)

    assert samples.latency.tolist() == [8, 9, 0]


def test_a_packed_day_that_was_opened_for_a_late_result_is_in_its_place(store: Store, result: Make) -> None:
    results = some_days(result)
    late = result(15, latency=77)
    put(store, results)
    store.pack(BASE + 3 * DAY)
    put(store, [late])

    assert columns(store.samples(["web/home"], *WHOLE)) == columns(samples_of([*results, late]))


def test_each_location_has_its_own_and_an_unknown_check_none(store: Store, result: Make) -> None:
    put(store, [result(0, location="lisbon"), result(0, location="paris"), result(0, check="web/faq")])

    assert [one.latency.tolist() for one in store.samples(["web/home"], *WHOLE)] == [[12_345], [12_345]]
    assert store.samples(["web/nothing"], *WHOLE) == []
    assert [one.latency.tolist() for one in store.samples(["web/home"], BASE + DAY, BASE + 2 * DAY)] == [[], []]
