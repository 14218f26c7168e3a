"""Frozen reports: the same facts give the same bytes, which never change, and a correction stands beside them."""

import json
import multiprocessing
import os
import random
import signal
import threading
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from sla_engine.engine.exclusions import exclude
from sla_engine.engine.freezing import FreezingError, correct, freeze
from sla_engine.engine.in_force import Judged
from sla_engine.model.instant import DAY, HOUR
from sla_engine.model.interval import Interval
from sla_engine.model.result import State
from sla_engine.policy import compile_snapshot
from sla_engine.reports.document import as_document
from sla_engine.store import FrozenReport, Store, open_store


def frozen(june: Any, now: int | None = None, **holder: Any) -> FrozenReport:
    return freeze(june.judged(**holder), june.store, as_document, who="ana", now=now or june.later)


def corrected(june: Any, newest: FrozenReport, reason: str = "late results") -> FrozenReport:
    return correct(newest, june.store, as_document, who="bo", reason=reason, now=june.later + DAY)


def test_it_holds_the_verdict_the_policies_and_a_digest_of_the_inputs(june: Any) -> None:
    report = frozen(june)

    verdict = json.loads(report.verdict)
    assert (report.holder, report.label, report.revision, report.who) == ("sla/standard", "2025-06", 1, "ana")
    assert verdict["availability"][0]["measured"] == "99.722222"
    assert "99.722222%" in report.text
    assert len(report.digest) == 64
    content = june.store.policy_text(report.policy_hash)
    assert compile_snapshot(content).policies.hash == report.policy_hash == verdict["policy_hash"]


@pytest.mark.every_database
def test_freezing_again_gives_what_is_frozen_whatever_has_come_since(june: Any) -> None:
    first = frozen(june)
    june.put([june.hour(100.5, State.DOWN)])
    june.load("[service.api]\ncheck.a = { probe = 'http', url = 'http://a.example' }\n[sla.standard]\n", june.later)

    assert frozen(june, june.later + 30 * DAY) == first
    assert june.store.frozen("sla/standard", "2025-06") == [first]


def test_a_period_that_runs_on_is_not_frozen(june: Any) -> None:
    with pytest.raises(FreezingError, match="2025-06 runs until 2025-07-01T00:00:00Z"):
        freeze(june.judged(now=june.end - 1), june.store, as_document, who="ana", now=june.end - 1)


@pytest.mark.parametrize("seed", range(4))
def test_the_bytes_do_not_depend_on_the_order_of_arrival_or_on_when_they_are_frozen(
    tmp_path: Path, june: Any, seed: int
) -> None:
    june.put([june.hour(100.5, State.DOWN)])
    first = frozen(june)

    rng = random.Random(seed)
    results = [june.hour(100.5, State.DOWN), *june.month()]
    late = rng.sample(results, 40)
    with open_store(f"sqlite:///{tmp_path / 'other.db'}") as store:
        store.start_writer()
        other = type(june)(june.folder, store)
        other.put(result for result in results if result not in late)
        other.put(late[:10])
        other.pack()
        other.put([*late[10:], *rng.sample(results, 20)])
        report = frozen(other, june.end + HOUR + seed * DAY)

    assert (report.verdict, report.digest, report.text) == (first.verdict, first.digest, first.text)


def test_a_late_result_or_an_exclusion_makes_a_further_revision_beside_the_first(june: Any) -> None:
    first = frozen(june)
    june.put([june.hour(100.5, State.DOWN)])
    second = corrected(june, first)
    window = Interval(june.start + 50 * HOUR, june.start + 52 * HOUR)
    flood = {"reason": "flood", "who": "ana", "now": june.later, "is_correction": True}
    exclude(june.policies, june.store, "api", window, **flood)
    third = corrected(june, second, "flood")

    assert june.store.frozen("sla/standard", "2025-06") == [first, second, third]
    assert [(one.revision, one.who, one.reason) for one in (second, third)] == [
        (2, "bo", "late results"),
        (3, "bo", "flood"),
    ]
    assert [json.loads(one.verdict)["availability"][0]["seconds"]["down"] for one in (first, second, third)] == [
        7200,
        9000,
        1800,
    ]
    assert len({first.digest, second.digest, third.digest}) == 3


def test_where_nothing_has_changed_there_is_nothing_to_correct(june: Any) -> None:
    first = frozen(june)
    june.put([june.hour(30 * 24 + 3), june.hour(-50, State.DOWN), june.hour(5, check="web/home")])

    with pytest.raises(FreezingError, match="nothing has changed that revision 1 was made of"):
        corrected(june, first)
    with pytest.raises(FreezingError, match="and why"):
        corrected(june, first, " ")


def test_what_comes_after_the_end_changes_nothing_however_it_continues(june: Any) -> None:
    june.put([june.hour(30 * 24 + 0.25, State.DOWN)])
    first = frozen(june)
    june.put([june.hour(30 * 24 + 0.5 + number, State.DOWN) for number in range(9)])

    with pytest.raises(FreezingError, match="nothing has changed"):
        corrected(june, first)


def test_a_late_latency_is_a_change_too(june: Any) -> None:
    first = frozen(june)
    june.put([june.hour(100.5)])

    assert json.loads(corrected(june, first).verdict)["latency"][0]["valid"] == 721


def test_a_correction_is_judged_by_the_policies_of_the_first_revision(june: Any) -> None:
    first = frozen(june, customer="acme")
    june.load((june.folder / "policy.toml").read_text().replace("99.9%", "50%"), june.later)
    june.put([june.hour(100.5, State.DOWN)])

    assert json.loads(corrected(june, first).verdict)["availability"][0]["target"] == "99.9"


def test_an_outage_across_the_end_is_followed_until_late_results_are_waited_for(june: Any) -> None:
    june.put([june.hour(30 * 24 - 0.5, State.DOWN), june.hour(30 * 24 + 0.5, State.DOWN)])

    outage = json.loads(frozen(june).verdict)["availability"][0]["outages"][-1]

    assert (outage["start"], outage["end"], outage["counted"]) == ("2025-06-30T23:30:00Z", "2025-07-01T00:00:00Z", 1800)


def test_it_is_frozen_while_results_come_in_faster_than_it_is_judged(june: Any) -> None:
    is_over = threading.Event()

    def probe() -> None:
        number = 30 * 24 + 3
        while not is_over.is_set():
            june.put([june.hour(number)])
            number += 1

    probing = threading.Thread(target=probe)
    probing.start()
    try:
        report = frozen(june)
    finally:
        is_over.set()
        probing.join()

    assert json.loads(report.verdict)["availability"][0]["measured"] == "99.722222"


def freeze_and_die(address: str, judged: Judged, now: int, after: int) -> None:
    """Freeze, in a process that is killed after so many statements."""
    seen = 0

    def count(*_: Any) -> None:
        nonlocal seen
        seen += 1
        if seen > after:
            os.kill(os.getpid(), signal.SIGKILL)

    sa.event.listen(sa.Engine, "before_cursor_execute", count)
    sa.event.listen(sa.Engine, "commit", count)
    store: Store
    with open_store(address) as store:
        freeze(judged, store, as_document, who="ana", now=now)


def test_killed_anywhere_there_is_no_report_or_a_whole_one(store_url: str, june: Any) -> None:
    address, judged = store_url, june.judged()
    june.store.close()
    fork = multiprocessing.get_context("fork")
    found = []
    after = 0
    while not found or not found[-1]:
        process = fork.Process(target=freeze_and_die, args=(address, judged, june.later, after))
        process.start()
        process.join(30)
        with open_store(address) as store:
            found.append(store.frozen("sla/standard", "2025-06"))
        after += 1

    [whole] = found[-1]
    assert after > 5
    with open_store(store_url) as store:
        assert freeze(judged, store, as_document, who="bo", now=june.later + DAY) == whole
