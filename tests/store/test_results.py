"""Results: each once, in whatever order they come, and the run-lengths that follow from them."""

import random
from collections.abc import Callable, Sequence

import pytest
import sqlalchemy as sa
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from sla_engine.model.instant import DAY, MINUTE
from sla_engine.model.result import Result, State, run_lengths
from sla_engine.store import Store, closing, open_store
from sla_engine.store.closing import handfuls

Make = Callable[..., Result]
BASE = 20_000 * DAY
FOREVER = (0, BASE + 100 * DAY)


def put(store: Store, results: Sequence[Result]) -> None:
    for result in results:
        store.writer.put(result)
    assert store.writer.flush(20)
    assert store.writer.trouble is None


def kept(store: Store, check: str = "web/home") -> list[Result]:
    return store.results(check, *FOREVER)


def test_what_was_put_is_kept(store: Store, result: Make) -> None:
    wanted = [result(0), result(1, State.DOWN), result(2, State.DEGRADED), result(3, State.ERROR, latency=None)]

    put(store, wanted)

    assert kept(store) == wanted


def test_of_two_results_for_one_instant_the_first_written_stays(store: Store, result: Make) -> None:
    put(store, [result(0)])
    put(store, [result(0, State.DOWN), result(1)])

    assert [one.state for one in kept(store)] == [State.UP, State.UP]
    assert store.writer.written == 2


def test_runs_are_broken_by_a_change_of_state_and_by_a_missing_slot(store: Store, result: Make) -> None:
    put(store, [result(0), result(1), result(2, State.DOWN), result(3, State.DOWN), result(5, State.DOWN)])

    assert [(run.state, run.count, run.first_at, run.last_at) for run in store.runs(*FOREVER)] == [
        (State.UP, 2, BASE, BASE + MINUTE),
        (State.DOWN, 2, BASE + 2 * MINUTE, BASE + 3 * MINUTE),
        (State.DOWN, 1, BASE + 5 * MINUTE, BASE + 5 * MINUTE),
    ]


states = st.sampled_from(State)
offsets = st.lists(st.tuples(st.integers(0, 60), states), min_size=1, max_size=60)


@settings(deadline=None, max_examples=60)
@given(offsets, st.randoms(use_true_random=False), st.integers(0, 60))
def test_the_runs_that_are_kept_are_those_of_the_results_whatever_the_order(
    tmp_path_factory: pytest.TempPathFactory, offsets: list[tuple[int, State]], rng: random.Random, packed: int
) -> None:
    first = dict(reversed(offsets))
    results = [
        Result("web/home", BASE + 23 * 60 * MINUTE + minute * 2 * MINUTE, state, 2 * MINUTE, reason=None)
        for minute, state in first.items()
    ]
    order = results * 2
    rng.shuffle(order)

    with open_store(f"sqlite:///{tmp_path_factory.mktemp('store') / 'sla.db'}") as store:
        store.start_writer()
        put(store, order[:packed])
        store.pack(BASE + 10 * DAY)
        put(store, order[packed:])

        assert kept(store) == sorted(results, key=lambda one: one.at)
        assert store.runs(*FOREVER) == run_lengths(results)


def test_a_closed_day_is_packed_and_reads_the_same(store: Store, result: Make) -> None:
    rng = random.Random(1)
    day = [
        result(minute, rng.choices(list(State), [97, 1, 1, 1])[0], latency=rng.randrange(1_000, 300_000))
        for minute in range(24 * 60)
    ]
    put(store, day)
    before = kept(store), store.runs(*FOREVER)

    store.pack(BASE + DAY)

    assert (kept(store), store.runs(*FOREVER)) == before
    assert rows(store, "results") == 0
    assert rows(store, "packed_days") == 1


def test_a_late_result_opens_its_packed_day_again(store: Store, result: Make) -> None:
    put(store, [result(minute) for minute in range(10)])
    store.pack(BASE + DAY)
    put(store, [result(4.5, State.DOWN), result(3)])

    assert [one.state for one in kept(store)].count(State.DOWN) == 1
    assert len(kept(store)) == 11
    assert [run.state for run in store.runs(*FOREVER)] == [State.UP, State.DOWN, State.UP]

    store.pack(BASE + DAY)
    assert len(kept(store)) == 11


def test_a_result_that_comes_while_its_day_is_packed_is_kept_beside_it_and_packed_the_next_time(
    store: Store, result: Make
) -> None:
    put(store, [result(minute) for minute in range(10)])
    with store.reading() as connection:
        read = list(handfuls(connection, BASE + DAY))

    put(store, [result(4.5, State.DOWN)])
    for handful in read:
        store.writer.close_days(handful)

    assert (rows(store, "packed_days"), rows(store, "results"), len(kept(store))) == (1, 1, 11)
    store.pack(BASE + DAY)
    store.pack(BASE + DAY)
    assert (rows(store, "packed_days"), rows(store, "results"), len(kept(store))) == (1, 0, 11)


def test_many_checks_are_packed_by_the_handful_and_results_are_written_between(
    store: Store, result: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closing, "_HANDFUL", 30)
    put(store, [evolve(result(minute), check=f"s{number}/home") for minute in range(10) for number in range(9)])
    before = store.runs(*FOREVER)
    written = [len(store.latest())]

    def look() -> bool:
        written.append(rows(store, "packed_days"))
        put(store, [result(2000 + len(written))])
        return len(written) == 4

    assert store.pack(BASE + DAY, look) == 6
    assert written == [9, 0, 3, 6]
    assert store.pack(BASE + DAY) == 3
    assert [run for run in store.runs(*FOREVER) if run.check != "web/home"] == before


@pytest.mark.parametrize(
    "count",
    [
        lambda store: len(store.results("web/home", *FOREVER)),
        lambda store: sum(len(one.at) for one in store.samples(["web/home"], BASE, BASE + DAY)),
        lambda store: sum(run.count for run in store.raw_runs("web/home", BASE, BASE + DAY)),
    ],
    ids=["results", "samples", "runs"],
)
def test_a_day_that_is_packed_while_it_is_read_is_read_once_and_whole(
    count: Callable[[Store], int], store: Store, result: Make
) -> None:
    put(store, [result(minute) for minute in range(10)])
    packed: list[int] = []

    def pack(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "packed_days.content" in statement and not packed:
            packed.append(0)
            packed.append(store.pack(BASE + DAY))

    sa.event.listen(store._engine, "after_cursor_execute", pack)
    assert count(store) == 10
    assert packed == [0, 1]
    assert count(store) == 10


def test_a_year_is_judged_without_its_results(store: Store, result: Make) -> None:
    put(store, [result(minute) for minute in range(3000)])
    store.pack(BASE + 10 * DAY)
    with store._asking() as connection:
        connection.exec_driver_sql("DROP TABLE results")
        connection.exec_driver_sql("DROP TABLE packed_days")
        connection.commit()

    [run] = store.runs(*FOREVER)

    assert run.count == 3000


def test_the_run_before_a_time_is_given_too_because_it_may_still_speak(store: Store, result: Make) -> None:
    put(store, [result(0), result(10, State.DOWN), result(20)])

    found = store.runs(BASE + 15 * MINUTE, BASE + 18 * MINUTE)

    assert [run.state for run in found] == [State.DOWN]


def test_the_newest_result_of_each_check_and_place(store: Store, result: Make) -> None:
    put(store, [result(0), result(1, State.DOWN), result(2, State.DOWN), result(0, check="api/x", location="lisbon")])

    latest = store.latest()

    assert set(latest) == {("web/home", ""), ("api/x", "lisbon")}
    assert latest["web/home", ""].result == result(2, State.DOWN)
    assert latest["web/home", ""].since == BASE + MINUTE


def test_observers_are_told_of_what_was_new(store: Store, result: Make) -> None:
    told: list[Result] = []
    store.writer.observers.append(told.extend)

    put(store, [result(0), result(0), result(1)])

    assert told == [result(0), result(1)]


def test_what_happened_to_the_engine_is_kept(store: Store) -> None:
    store.writer.record_event(BASE, "started", "the engine was started")
    assert store.writer.flush(5)

    [event] = store.events(*FOREVER)
    assert (event.at, event.kind, event.detail) == (BASE, "started", "the engine was started")


def rows(store: Store, table: str) -> int:
    with store._asking() as connection:
        return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() or 0)
