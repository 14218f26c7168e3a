"""The same history gives the same verdict, byte for byte, however it arrived and lies in the database."""

import json
import random
from collections.abc import Iterator, Sequence
from itertools import islice

import attrs

from sla_engine.evaluation import History, evaluate
from sla_engine.model.instant import Instant
from sla_engine.model.result import Result
from sla_engine.reports.verdict_json import verdict_json
from sla_engine.store import Store
from tests.evaluation.drawing import Case, short_case


def test_order_repetition_batches_and_packing_never_matter(store: Store) -> None:
    for number, case in enumerate(cases(2)):
        chance = random.Random(number)
        arriving = [renamed(one, number) for one in case.results * 2]
        chance.shuffle(arriving)

        deliver(store, arriving, case.period.end, chance)

        assert told(case, kept(store, case, number)) == told(case, None)


def cases(count: int) -> Iterator[Case]:
    """Cases of some dozen results from several checks or places."""
    found = (case for seed in range(1000) if 30 < len((case := short_case(seed)).results) < 70)
    return islice((case for case in found if len({(one.check, one.location) for one in case.results}) > 1), count)


def deliver(store: Store, results: Sequence[Result], end: Instant, chance: random.Random) -> None:
    """Put results in batches of any size, and pack days in between, which late results open again."""
    waiting = list(results)
    while waiting:
        size = chance.choice([1, 5, 40])
        for result in waiting[:size]:
            store.writer.put(result)
        assert store.writer.flush(20)
        if chance.random() < 0.5:
            store.pack(end)
        del waiting[:size]


def kept(store: Store, case: Case, number: int) -> History:
    """What the store tells of a case."""
    start, end = case.period.start, max(case.period.end, case.now)
    checks = [f"{number}-{check.id}" for check in case.contract.services["api"].checks]
    runs = [attrs.evolve(run, check=run.check.partition("-")[2]) for run in store.runs(start, end, checks)]
    results = [
        attrs.evolve(one, check=one.check.partition("-")[2])
        for check in checks
        for one in store.results(check, start, end)
    ]
    return History(runs, results, maintenance=case.maintenance, exclusions=case.exclusions)


def renamed(result: Result, number: int) -> Result:
    """The result under a name of its own, as all cases share the store."""
    return attrs.evolve(result, check=f"{number}-{result.check}", phases={})


def told(case: Case, history: History | None) -> str:
    verdict = case.whole() if history is None else evaluate(case.contract, history, case.period, case.now)
    return json.dumps(verdict_json(verdict))
