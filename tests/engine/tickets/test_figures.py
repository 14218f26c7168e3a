"""Figures of support from the store: of a contract's tickets and of the desk, of a past that stays as it is."""

from typing import Any

import pytest

from sla_engine.engine.freezing import freeze, judge_from
from sla_engine.engine.in_force import Judged, to_judge
from sla_engine.engine.tickets.figures import contract_figures, desk_figures
from sla_engine.model.instant import HOUR, parse_instant
from sla_engine.reports.document import as_document
from sla_engine.reports.support_json import support_json


def month(office: Any, name: str = "2026-01", **whose: str) -> Judged:
    sla = None if "customer" in whose else whose.get("sla", "standard")
    return to_judge(office.policies, office.store, name, office.now, sla=sla, customer=whose.get("customer"))


@pytest.fixture
def busy(office: Any) -> Any:
    """Two tickets of ACME's, answered after an hour and after three, and one of nobody's that waits for an answer."""
    office.open("First")
    office.open("Second", topic="deliverability")
    office.open("Third", customer=None, sender="somebody@elsewhere.example")
    office.later("1h").desk.resolve("T-1", "Done.")
    office.later("18h").desk.answer("T-2", "Done.")
    office.later("1h")
    return office


def test_the_desk_s_figures_are_of_all_tickets_each_by_its_customer_s_contract(busy: Any) -> None:
    found = desk_figures(month(busy), busy.store, busy.now)

    answers = found.total.answers
    assert (answers.met, answers.breached, answers.open, answers.median) == (1, 1, 1, HOUR)
    assert [(one.name, one.figures.answers.met, one.figures.left) for one in found.customers] == [
        ("acme", 1, 1),
        (None, 0, 1),
    ]
    assert [(one.name, one.figures.opened) for one in found.topics] == [("deliverability", 1), (None, 2)]


@pytest.mark.parametrize("whose", [{"customer": "acme"}, {"sla": "standard"}])
def test_a_contract_s_figures_sum_up_to_its_verdicts(busy: Any, whose: dict[str, str]) -> None:
    judged = month(busy, **whose)

    levels = {one.name: one.figures.answers for one in contract_figures(judged, busy.store, busy.now).levels}

    for verdict in judge_from(judged, busy.store, busy.now).verdict.response:
        told = levels.get(verdict.objective.level)
        counts = (0, 0, 0) if told is None else (told.met, told.breached, told.open)
        assert counts == (verdict.met, verdict.breached, verdict.open)


def test_what_happens_later_changes_nothing_of_a_month_that_has_ended(busy: Any) -> None:
    busy.now = parse_instant("2026-02-01T00:00:00Z")
    before = desk_figures(month(busy), busy.store, busy.now)

    busy.later("10h").desk.note("T-1", "It was their domain.", topic="deliverability")
    busy.later("10h").desk.resolve("T-2", "Done.")
    busy.later("10h").desk.reopen("T-1", "It is back.")
    busy.later("1h")
    february = desk_figures(month(busy, "2026-02"), busy.store, busy.now)

    assert desk_figures(month(busy), busy.store, busy.now) == before
    assert (february.total.resolved, february.total.reopened) == (1, 1)
    assert [one.name for one in february.topics] == ["deliverability", None]


def test_a_ticket_that_was_answered_long_ago_and_never_resolved_is_still_left(busy: Any) -> None:
    busy.now = parse_instant("2026-04-01T00:00:00Z")

    total = desk_figures(month(busy, "2026-03"), busy.store, busy.now).total

    assert (total.opened, total.answers.given, total.left, total.late) == (0, 0, 2, 1)
    assert (total.backlog[-1].owed, total.backlog[-1].answered) == (1, 1)


def test_figures_stand_beside_a_frozen_report_and_change_nothing_of_it(busy: Any) -> None:
    busy.now = parse_instant("2026-02-01T02:00:00Z")
    judged = month(busy, customer="acme")
    report = freeze(judged, busy.store, as_document, who="ana", now=busy.now)

    told = support_json(contract_figures(judged, busy.store, busy.now))

    assert (told["answers"]["met"], told["answers"]["measured"], told["left"]) == (1, "50", 1)
    assert b'"support"' not in report.verdict
    assert as_document(judge_from(judged, busy.store, busy.now).verdict).json == report.verdict
