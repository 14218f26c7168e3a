"""Availability by checks and by slots, which flip verdicts that elapsed time would not."""

from fractions import Fraction
from typing import Any

import pytest

from sla_engine.model.accounting import Accounting
from sla_engine.model.instant import MINUTE, SECOND
from sla_engine.model.percent import format_percent

CHECKS = Accounting(measure="checks")
SLOTS = Accounting(measure="slots")


@pytest.mark.parametrize(("failed", "measured", "finding"), [(86, "99.004629", "met"), (87, "98.993055", "breached")])
def test_a_month_of_checks_bears_86_failures(given: Any, failed: int, measured: str, finding: str) -> None:
    verdict = given.availability(given.contract(accounting=CHECKS), given.results("d" * failed + "u" * (8640 - failed)))

    assert (format_percent(verdict.measured), verdict.finding) == (measured, finding)


def test_the_monitor_s_own_failure_is_no_valid_check_unless_the_profile_says_so(given: Any) -> None:
    results = given.results("uuude")

    measured = {}
    for unknown in ("exclude", "up", "down"):
        contract = given.contract(accounting=Accounting(measure="checks", unknown=unknown))
        measured[unknown] = given.availability(contract, results).measured

    assert measured == {"exclude": Fraction(3, 4), "up": Fraction(4, 5), "down": Fraction(3, 5)}


def test_a_repeated_result_is_one_check(given: Any) -> None:
    results = given.results("uuud")

    assert given.availability(given.contract(accounting=CHECKS), results * 2).measured == Fraction(3, 4)


@pytest.mark.parametrize(
    ("maintenance", "measured"), [("exclude", Fraction(2, 3)), ("credit", Fraction(4, 5)), ("count", Fraction(2, 5))]
)
def test_checks_in_maintenance_are_left_out_or_good_or_counted(
    given: Any, maintenance: Any, measured: Fraction
) -> None:
    contract = given.contract(accounting=Accounting(measure="checks", maintenance=maintenance))

    verdict = given.availability(
        contract, given.results("ddduu"), maintenance=[given.maintenance("09-01T00:00", "09-01T00:10")]
    )

    assert verdict.measured == measured


def test_twelve_slots_at_half_errors_cost_a_month_little(given: Any) -> None:
    bad = [*given.results("d" * 12), *given.results("u" * 12, since="09-01T00:02")]
    rest = given.results("u" * 8628, since="09-01T01:00")

    verdict = given.availability(given.contract("99.9%", accounting=SLOTS), [*bad, *rest])

    assert format_percent(verdict.measured) == "99.930555"
    assert verdict.finding == "met"


def test_a_slot_without_checks_has_no_errors_but_a_month_without_any_has_no_data(given: Any) -> None:
    contract = given.contract(accounting=SLOTS)

    assert given.availability(contract, given.results("d")).measured == 1 - Fraction(1, 8640)
    assert given.availability(contract, []).finding == "no_data"


@pytest.mark.parametrize("measure", ["checks", "slots"])
@pytest.mark.parametrize("unknown", ["exclude", "up", "down"])
def test_failures_of_our_own_alone_are_no_data_whatever_the_profile_makes_of_them(
    given: Any, measure: Any, unknown: Any
) -> None:
    contract = given.contract(accounting=Accounting(measure=measure, unknown=unknown, maintenance="credit"))

    verdict = given.availability(
        contract, given.results("duee"), maintenance=[given.maintenance("09-01T00:00", "09-01T00:10")]
    )

    assert (verdict.measured, verdict.finding, verdict.coverage) == (None, "no_data", 0)


def test_slots_so_far_are_those_that_have_begun(given: Any) -> None:
    verdict = given.availability(given.contract(accounting=SLOTS), given.results("du"), now="09-01T00:07")

    assert verdict.measured == Fraction(1, 2)


def test_a_budget_of_slots_is_used_up_by_the_share_of_all_of_them_however_few_are_known(given: Any) -> None:
    # Twelve hours of nothing but errors in a month of which no more is known: 1.67 % of its slots.
    verdict = given.availability(given.contract(accounting=SLOTS), given.results("d" * 144))

    assert verdict.measured == 1 - Fraction(1, 60)
    assert verdict.budget_left == (432 - 720) * MINUTE


def test_slots_that_agreed_time_cuts_in_two_are_one(given: Any) -> None:
    calendar = given.calendar("00:02-00:04")
    contract = given.contract(accounting=SLOTS, during="o", calendars={"o": calendar})

    verdict = given.availability(contract, given.results("d", since="09-01T00:03"))

    assert verdict.measured == 1 - Fraction(1, 22)


def test_the_budget_of_counted_checks_is_used_by_their_bad_share(given: Any) -> None:
    verdict = given.availability(given.contract(accounting=CHECKS), given.results("d" * 43 + "u" * 8597))

    assert verdict.budget == 432 * MINUTE
    assert verdict.budget_left == (432 - 215) * MINUTE


@pytest.mark.parametrize(("failed", "finding"), [(86, "at_risk"), (87, "breached")])
def test_a_running_month_is_breached_as_soon_as_no_further_checks_can_make_up_for_it(
    given: Any, failed: int, finding: str
) -> None:
    contract, so_far = given.contract(accounting=CHECKS), given.results("d" * failed)

    running = given.availability(contract, so_far, now=given.at("09-01T08:00"))
    ended = given.availability(
        contract, [*so_far, *given.results("u" * (8640 - failed), since=so_far[-1].at + 300 * SECOND)]
    )

    assert running.finding == finding
    assert ended.finding == {"at_risk": "met", "breached": "breached"}[finding]
    assert running.budget_left == ended.budget_left == (432 - failed * 5) * MINUTE


@pytest.mark.parametrize("unknown", ["exclude", "up", "down"])
def test_checks_that_were_never_made_use_up_no_budget(given: Any, unknown: Any) -> None:
    contract = given.contract(accounting=Accounting(measure="checks", unknown=unknown))
    results = given.results("d" * 20 + "u" * 20)

    running = given.availability(contract, results, now=given.at("09-20T00:00"))
    ended = given.availability(contract, [*results, *given.results("u" * 3168, since="09-20T00:00")])

    assert (running.finding, running.budget_left) == ("at_risk", 332 * MINUTE)
    assert ended.finding == "met"


def test_checks_that_several_places_make_at_once_share_their_time(given: Any) -> None:
    service = given.service("health", locations=("lisbon", "porto"))
    results = [one for place in service.locations for one in given.results("du", location=place)]

    verdict = given.availability(given.contract(accounting=CHECKS, service=service), results, now="09-01T00:10")

    assert verdict.budget_left == (432 - 5) * MINUTE
