"""A period judged again from the results themselves."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from sla_engine.engine.exclusions import exclude
from sla_engine.engine.freezing import Document, freeze
from sla_engine.engine.pruning import prune
from sla_engine.engine.verifying import verify
from sla_engine.model.instant import DAY, HOUR
from sla_engine.model.interval import Interval
from sla_engine.model.result import State
from sla_engine.model.verdict import Verdict
from sla_engine.plugin import Message
from sla_engine.reports.document import as_document
from sla_engine.store import FrozenReport, open_store
from sla_engine.store.outbox import Lane, Outgoing, add_message


def frozen(june: Any) -> FrozenReport:
    return freeze(june.judged(), june.store, as_document, who="ana", now=june.later)


def differences(june: Any) -> Sequence[str]:
    return verify(june.judged(), june.store, as_document, june.later).differences


def counted(text: str) -> set[str]:
    """What is said of results that are counted singly, or of their latencies."""
    return {f"api/health: {text.format(what)}" for what in ("single results", "latencies")}


def by_hand(june: Any, statement: str) -> None:
    with june.store._asking() as connection, connection.begin():
        connection.execute(sa.text(statement))


@pytest.mark.parametrize("is_packed", [False, True])
@pytest.mark.parametrize("is_frozen", [False, True])
def test_what_is_sound_agrees(june: Any, is_packed: bool, is_frozen: bool) -> None:
    if is_packed:
        june.pack()
    report = frozen(june) if is_frozen else None
    june.put([june.hour(number) for number in range(30 * 24 + 3, 30 * 24 + 20)])

    found = verify(june.judged(), june.store, as_document, june.later)

    assert (found.frozen, found.differences) == (report, ())


def test_run_lengths_that_are_not_those_of_the_results_are_found_also_without_a_frozen_report(june: Any) -> None:
    by_hand(june, f"UPDATE runs SET last_at = last_at + {HOUR} WHERE state = 2")

    assert list(differences(june)) == [
        "api/health: down from 2025-06-03T02:00:00Z to 2025-06-03T04:00:00Z (2 results, status 503), "
        "in the run-lengths and not by the results",
        "api/health: down from 2025-06-03T02:00:00Z to 2025-06-03T03:00:00Z (2 results, status 503), "
        "by the results and not in the run-lengths",
    ]


def test_results_that_are_gone_are_missed(june: Any) -> None:
    frozen(june)
    by_hand(june, "DELETE FROM results")

    told = differences(june)

    assert any("in the run-lengths and not by the results" in one for one in told)
    assert 'availability[api].verdict: "met" then, "no_data" now' in told


def test_a_late_result_is_told_and_what_it_does_to_the_verdict(june: Any) -> None:
    frozen(june)
    june.put([june.hour(100.5, State.DOWN)])

    told = differences(june)

    late = "2025-06-05T04:30:00Z"
    assert f"api/health: down from {late} to {late} (1 results, status 503), now and not when it was frozen" in told
    assert counted("720 {} when it was frozen, 721 now") & set(told)
    assert 'availability[api].measured: "99.722222" then, "99.652777" now' in told


def test_an_exclusion_is_told(june: Any) -> None:
    frozen(june)
    window = Interval(june.start + 50 * HOUR, june.start + 52 * HOUR)
    flood = {"reason": "flood", "who": "ana", "now": june.later, "is_correction": True}
    exclude(june.policies, june.store, "api", window, **flood)

    assert (
        "exclusions: X-1 2025-06-03T02:00:00Z 2025-06-03T04:00:00Z api ana flood, now and not when it was frozen"
    ) in differences(june)


def test_a_result_that_was_changed_by_hand_is_found(june: Any) -> None:
    frozen(june)
    by_hand(june, f"UPDATE results SET state = 0, reason = NULL WHERE at = {june.start + 50 * HOUR}")

    assert any("by the results and not in the run-lengths" in one for one in differences(june))


def test_a_latency_that_was_changed_by_hand_is_found(june: Any) -> None:
    frozen(june)
    by_hand(june, f"UPDATE results SET latency = 900 WHERE at = {june.start + 5 * HOUR}")

    [told] = differences(june)
    assert told in counted("of its 720 {} some are others now than when it was frozen")


@pytest.mark.sqlite
def test_a_report_that_was_changed_in_spite_of_the_triggers_is_found(june: Any) -> None:
    frozen(june)
    by_hand(june, "DROP TRIGGER frozen_reports_unchanged")
    by_hand(june, "UPDATE frozen_reports SET inputs = x'00', verdict = replace(verdict, '99.722222', '98.722222')")

    told = differences(june)

    assert told[0].startswith("the inputs that are kept with it are not those of its digest")
    assert 'availability[api].measured: "98.722222" then, "99.722222" now' in told


def test_what_only_a_later_program_says_is_no_difference(june: Any) -> None:
    frozen(june)

    def later_program(verdict: Verdict) -> Document:
        told = json.loads(as_document(verdict).json)
        told["availability"][0]["median"] = 1
        return Document(json.dumps({**told, "advice": "none"}).encode(), "")

    assert verify(june.judged(), june.store, later_program, june.later).differences == ()


@pytest.mark.sqlite
def test_a_copy_of_the_store_can_be_verified_elsewhere(tmp_path: Path, june: Any) -> None:
    report = frozen(june)
    june.store.backup(tmp_path / "copy.db")
    with open_store(f"sqlite:///{tmp_path / 'copy.db'}") as copy:
        assert verify(june.judged(), copy, as_document, june.later).frozen == report


def test_what_was_pruned_is_missed_by_no_frozen_period(june: Any) -> None:
    frozen(june)
    june.pack()
    old = june.later - DAY
    with june.store.changing() as connection:
        text = Message("key", "[down] api", "api is down.\n")
        add_message(connection, Outgoing(Lane("mail", "", "en"), text, old, old, "sent", ended_at=old))

    [went] = prune(june.policies, june.store, june.later + 3_650 * DAY)

    assert went.messages == 1
    assert differences(june) == ()
