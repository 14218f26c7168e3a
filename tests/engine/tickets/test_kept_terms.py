"""A response clock keeps the terms under which it started, whatever the files say later."""

from typing import Any

import pytest
from attrs import evolve

from sla_engine import load_policies
from sla_engine.engine.engine import Engine
from sla_engine.engine.freezing import freeze, judge_from
from sla_engine.engine.in_force import to_judge, with_past
from sla_engine.engine.tickets.changing import read_case
from sla_engine.engine.tickets.figures import desk_figures
from sla_engine.engine.verifying import verify
from sla_engine.model.instant import HOUR, Instant, parse_instant
from sla_engine.policy import PolicySet, take_snapshot
from sla_engine.registry.host import PluginHost
from sla_engine.reports.document import as_document
from sla_engine.store import LoadedPolicies

FEBRUARY = parse_instant("2026-02-01T00:00:00Z")


@pytest.fixture(autouse=True)
def an_engine_writes(office: Any) -> None:
    office.store.start_writer()


def take_up(office: Any, old: str = "", new: str = "") -> None:
    """The files are edited and an engine takes them up."""
    file = office.folder / "all.toml"
    file.write_text(file.read_text().replace(old, new))
    policies = load_policies(office.folder, environ={})
    office.store.writer.keep_policies(LoadedPolicies(office.now, policies.hash, take_snapshot(policies)))
    assert office.store.writer.flush(20)
    office.policies = with_past(policies, office.store)


def clocks(office: Any, now: Instant, customer: str | None = "acme") -> list[tuple[str, str, bool | None]]:
    """The verdict's clocks of the month, with what was promised to each."""
    sla = None if customer else "standard"
    judged = to_judge(office.policies, office.store, "2026-01", now, sla=sla, customer=customer)
    verdict = judge_from(judged, office.store, now).verdict
    return [(one.ticket, str(one.within), one.met) for level in verdict.response for one in level.clocks]


@pytest.fixture
def edited(office: Any) -> Any:
    """A promise of two hours is made one of thirty minutes, with tickets from before and after, answered in an hour."""
    take_up(office)
    office.later("1m").open("Before")
    office.later("1h").desk.answer("T-1", "Done.")
    office.open("Across")
    take_up(office.later("30m"), 'first = { within = "2h"', 'first = { within = "30m"')
    office.later("1m").open("After")
    office.later("29m").desk.answer("T-2", "Done.")
    office.later("30m").desk.answer("T-3", "Done.")
    return office


@pytest.mark.parametrize("now", [None, FEBRUARY], ids=["while the month runs", "when it has ended"])
def test_an_edited_promise_holds_for_clocks_that_start_from_then_on(edited: Any, now: Instant | None) -> None:
    found = clocks(edited, now or edited.later("1h").now)

    assert found == [("T-1", "2h", True), ("T-2", "2h", True), ("T-3", "30m", False)]


def test_the_desk_goes_by_the_same_terms_as_the_report(edited: Any) -> None:
    shown = [str(one.clock.within) for number in ("T-1", "T-2", "T-3") for one in edited.read(number).clocks]
    judged = to_judge(edited.policies, edited.store, "2026-01", edited.now, sla="standard", customer=None)
    answers = desk_figures(judged, edited.store, edited.now).total.answers

    assert shown == ["2h", "2h", "30m"]
    assert (answers.met, answers.breached) == (2, 1)


def test_files_that_no_engine_took_up_change_no_clock_that_runs(edited: Any) -> None:
    file = edited.folder / "all.toml"
    file.write_text(file.read_text().replace('"30m", during = "office"', '"1m", during = "office"'))
    edited.policies = load_policies(edited.folder, environ={})

    assert [within for _, within, _ in clocks(edited, edited.now)] == ["2h", "2h", "30m"]


def test_an_edited_calendar_leaves_what_was_due_where_it_was(office: Any) -> None:
    take_up(office)
    office.later("2h").open("At seventeen", customer=None, sender="somebody@elsewhere.example")
    before = office.read().clocks[0].clock.due_at

    take_up(office.later("1m"), '"10:00-18:00"', '"10:00-24:00"')

    assert office.read().clocks[0].clock.due_at == before == parse_instant("2026-01-09T13:00:00Z")


def test_a_customer_who_came_later_is_answered_by_the_terms_that_they_came_with(office: Any) -> None:
    file = office.folder / "all.toml"
    whole = file.read_text()
    file.write_text(whole.partition("[customer.acme]")[0] + "[support" + whole.partition("[support")[2])
    take_up(office)
    office.later("1m")
    office.open("Before", customer="acme")
    file.write_text(whole)

    take_up(office.later("1m"))

    assert [str(one.clock.within) for one in office.read().clocks] == ["2h"]


def test_a_frozen_month_with_an_edited_promise_agrees_with_its_verification(edited: Any) -> None:
    now = FEBRUARY + HOUR
    judged = to_judge(edited.policies, edited.store, "2026-01", now, sla=None, customer="acme")
    report = freeze(judged, edited.store, as_document, who="ana", now=now)

    edited.now = now
    take_up(edited, 'first = { within = "30m"', 'first = { within = "5m"')

    assert verify(judged, edited.store, as_document, now + HOUR).differences == ()
    assert b'"within":"2h"' in report.verdict
    assert b'"within":"30m"' in report.verdict


def test_what_an_engine_takes_up_at_an_instant_holds_from_then_on(office: Any) -> None:
    first: PolicySet = office.policies
    office.policies = with_past(first, office.store, since=office.now)

    assert office.policies.in_force_at is not None
    assert office.policies.in_force_at(office.now) is None
    assert office.policies == evolve(first)


def test_an_engine_goes_by_what_was_in_force_before_it_begins_to_probe(edited: Any) -> None:
    engine = Engine(load_policies(edited.folder, environ={}), PluginHost(), edited.store, {})

    case = read_case(engine.policies, edited.store, "T-1", edited.now)

    assert [str(one.clock.within) for one in case.clocks] == ["2h"]


def test_a_ticket_is_taken_where_support_will_never_be_open_for_so_long(office: Any) -> None:
    file = office.folder / "all.toml"
    file.write_text(
        file.read_text().replace('hours.mon-fri = "10:00-18:00"', 'open = { "2026-01-05" = "10:00-18:00" }')
    )
    take_up(office)

    case = office.open()

    assert [(one.clock.due_at, one.clock.met, one.warned) for one in case.clocks] == [(None, None, ())]
    assert case.owed is None
