"""Runs made anew of the results: as the run-lengths say, as far as a period can see."""

import random
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sla_engine.engine.inputs import said
from sla_engine.model.instant import DAY, MINUTE
from sla_engine.model.result import Result, State
from sla_engine.store import Store, open_store

Make = Callable[..., Result]
BASE = 20_000 * DAY
START, END = BASE + 10 * MINUTE, BASE + 20 * MINUTE


def put(store: Store, results: Sequence[Result]) -> None:
    for result in results:
        store.writer.put(result)
    assert store.writer.flush(20)


def test_an_outage_is_followed_back_to_its_beginning_through_packed_days(store: Store, result: Make) -> None:
    put(store, [result(minute, State.UP if minute < -4000 else State.DOWN) for minute in range(-4100, 30)])
    store.pack(BASE)

    [run] = store.raw_runs("web/home", START, END)

    assert (run.state, run.first_at, run.last_at) == (State.DOWN, BASE - 4000 * MINUTE, END - MINUTE)
    assert store.runs_before(START, END, ["web/home"]) == [run]


def test_of_what_is_up_one_result_before_is_enough(store: Store, result: Make) -> None:
    put(store, [result(minute) for minute in range(30)])

    [run] = store.raw_runs("web/home", START, END)

    assert (run.first_at, run.last_at) == (START - MINUTE, END - MINUTE)


def test_every_location_is_read(store: Store, result: Make) -> None:
    put(store, [result(minute, location=place) for minute in range(30) for place in ("lisbon", "")])

    assert [run.location for run in store.raw_runs("web/home", START, END)] == ["", "lisbon"]


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.tuples(st.integers(-2000, 2000), st.sampled_from(State)), max_size=60),
    st.randoms(use_true_random=False),
    st.integers(-1500, 1000),
    st.integers(1, 1000),
)
def test_they_say_in_any_period_what_the_run_lengths_say(
    tmp_path_factory: pytest.TempPathFactory,
    drawn: list[tuple[int, State]],
    rng: random.Random,
    begins: int,
    length: int,
) -> None:
    results = [
        Result("web/home", BASE + minute * 30 * MINUTE, state, rng.choice([30, 60]) * MINUTE, reason=state)
        for minute, state in dict(drawn).items()
    ]
    rng.shuffle(results)
    start, end = BASE + begins * 30 * MINUTE, BASE + (begins + length) * 30 * MINUTE

    with open_store(f"sqlite:///{tmp_path_factory.mktemp('store') / 'sla.db'}") as store:
        store.start_writer()
        put(store, results[: len(results) // 2])
        store.pack(BASE + 5 * DAY)
        put(store, results[len(results) // 2 :])

        raw, kept = store.raw_runs("web/home", start, end), store.runs_before(start, end, ["web/home"])

    assert said(raw, start) == said(kept, start)
    assert [run for run in raw if run.state is State.DOWN] == [run for run in kept if run.state is State.DOWN]
