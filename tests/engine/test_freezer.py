"""What is frozen without anybody's asking, and when."""

from typing import Any

import pytest

from sla_engine.engine.freezer import AUTHOR, Freezer, due
from sla_engine.model.instant import DAY, HOUR, SECOND
from sla_engine.model.verdict import Verdict
from sla_engine.reports.document import as_document
from sla_engine.testing.clock import FakeClock


@pytest.fixture
def freezer(june: Any, clock: FakeClock) -> Freezer:
    """One that has been at work for long enough to trust the clock; it is the 1st of July, half past midnight."""
    clock.wall = june.end + HOUR // 2 - 700 * SECOND
    made = Freezer(lambda: june.policies, june.store, clock, as_document)
    made.look()
    clock.pass_by(700)
    return made


def names(june: Any) -> list[str]:
    return sorted(f"{holder} {label}" for holder, label in june.store.frozen_names())


def test_every_agreements_month_is_frozen_once_late_results_have_been_waited_for(
    june: Any, freezer: Freezer, clock: FakeClock
) -> None:
    freezer.look()
    early = names(june)
    clock.pass_by(30 * 60)
    freezer.look()

    # The policies came into force on the last day of May.
    assert early == ["customer/acme 2025-05", "sla/standard 2025-05"]
    assert names(june) == [
        "customer/acme 2025-05",
        "customer/acme 2025-06",
        "sla/standard 2025-05",
        "sla/standard 2025-06",
    ]
    [report] = june.store.frozen("sla/standard", "2025-06")
    assert (report.who, report.frozen_at, report.known_until) == (AUTHOR, june.end + HOUR, june.end + HOUR // 2)
    assert june.store.writer.flush(5)
    kinds = [event.detail for event in june.store.events(0, june.later) if event.kind == "report-frozen"]
    assert len(kinds) == 4


def test_each_verdict_is_told_once_when_its_report_is_frozen(june: Any, freezer: Freezer, clock: FakeClock) -> None:
    told: list[Verdict] = []
    freezer.tell = told.append

    clock.pass_by(30 * 60)
    freezer.look()
    freezer.look()

    assert [(one.agreement, one.customer, one.end == june.end) for one in told] == [
        ("standard", None, True),
        ("standard", None, False),
        ("standard", "acme", True),
        ("standard", "acme", False),
    ]


def test_the_month_that_runs_and_those_before_the_first_policies_are_left(june: Any) -> None:
    found = {(judged.holder, judged.period.label) for judged in due(june.policies, june.store, june.later)}

    assert found == {
        ("sla/standard", "2025-05"),
        ("sla/standard", "2025-06"),
        ("customer/acme", "2025-05"),
        ("customer/acme", "2025-06"),
    }


def test_after_a_long_stop_every_month_that_ended_meanwhile_is_frozen(june: Any) -> None:
    found = [judged.period.label for judged in due(june.policies, june.store, june.end + 65 * DAY)]

    assert found == ["2025-08", "2025-07", "2025-06", "2025-05"] * 2


def test_of_what_is_not_in_force_nothing_is_frozen(june: Any) -> None:
    text = (june.folder / "policy.toml").read_text()
    june.load(text.replace("[customer.acme]", "[customer.acme]\nuntil = 2025-06-01"), june.start + DAY)
    ended = {(judged.holder, judged.period.label) for judged in due(june.policies, june.store, june.later)}
    june.load(text + "[customer.new]\nsla = 'standard'\n", june.end + DAY)
    new = {(judged.holder, judged.period.label) for judged in due(june.policies, june.store, june.later)}

    assert ("customer/acme", "2025-06") not in ended
    assert "customer/new" not in {holder for holder, _ in new}


def test_a_customer_who_left_after_the_month_is_frozen_too(june: Any) -> None:
    text = (june.folder / "policy.toml").read_text()
    june.load(text[: text.index("[customer.acme]")], june.end + HOUR // 2)

    found = {(judged.holder, judged.period.label) for judged in due(june.policies, june.store, june.end + HOUR)}

    assert ("customer/acme", "2025-06") in found


def test_a_clock_that_is_wrong_for_a_moment_freezes_nothing(june: Any, freezer: Freezer, clock: FakeClock) -> None:
    clock.set_by(400 * 86_400)
    freezer.look()
    clock.pass_by(300)
    freezer.look()
    clock.set_by(-400 * 86_400)
    freezer.look()

    assert names(june) == []


def test_a_start_waits_until_the_clock_has_shown_to_be_right(june: Any, clock: FakeClock) -> None:
    clock.wall = june.later
    freezer = Freezer(lambda: june.policies, june.store, clock, as_document)

    freezer.look()
    clock.pass_by(599)
    freezer.look()
    early = names(june)
    clock.pass_by(1)
    freezer.look()

    assert early == []
    assert len(names(june)) == 4


def test_the_wait_is_a_key_of_the_policies(june: Any, freezer: Freezer, clock: FakeClock) -> None:
    june.load((june.folder / "policy.toml").read_text() + "[engine]\nfreeze_after = '2h'\n", june.start)
    clock.pass_by(89 * 60)
    freezer.look()
    early = [name for name in names(june) if "06" in name]
    clock.pass_by(60)
    freezer.look()

    assert early == []
    assert [name for name in names(june) if "06" in name] == ["customer/acme 2025-06", "sla/standard 2025-06"]


def test_with_nothing_due_it_asks_the_store_for_nothing_for_an_hour(
    june: Any, freezer: Freezer, clock: FakeClock
) -> None:
    clock.pass_by(3600)
    freezer.look()
    june.store.close()

    clock.pass_by(3500)
    freezer.look()
