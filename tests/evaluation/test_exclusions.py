"""What is taken out of the agreed time, and what maintenance makes of the share."""

from typing import Any

import pytest
from attrs import evolve

from sla_engine.evaluation.exclusions import excluded_time
from sla_engine.model.accounting import Accounting
from sla_engine.model.duration import parse_duration
from sla_engine.model.instant import HOUR, MINUTE
from sla_engine.model.interval import total
from sla_engine.model.percent import format_percent


@pytest.mark.parametrize(
    ("maintenance", "measured", "finding", "kinds", "budget_left"),
    [
        ("credit", "99.004629", "met", (42_530, 430, 240), 2.0),
        ("exclude", "98.999068", "breached", (42_530, 430, 240), -0.4),
        ("count", "98.449074", "breached", (42_530, 670, 0), -238.0),
    ],
)
def test_the_same_month_is_met_or_breached_by_what_maintenance_is(
    given: Any, maintenance: Any, measured: str, finding: str, kinds: tuple[int, int, int], budget_left: float
) -> None:
    contract = given.contract(accounting=Accounting(maintenance=maintenance))
    letters = "d" * 240 + "u" * 60 + "d" * 430 + "u" * 42_470

    verdict = given.availability(
        contract, given.results(letters, every="1m"), maintenance=[given.maintenance("09-01T00:00", "09-01T04:00")]
    )

    assert (format_percent(verdict.measured), verdict.finding) == (measured, finding)
    assert (verdict.kinds.up, verdict.kinds.down, verdict.kinds.excluded) == tuple(k * MINUTE for k in kinds)
    assert verdict.real_down == 670 * MINUTE
    assert verdict.budget_left == budget_left * MINUTE
    assert [outage.counted // MINUTE for outage in verdict.outages] == [0 if maintenance != "count" else 240, 430]


def excluded_hours(
    given: Any,
    *,
    maintenance: Any = (),
    exclusions: Any = (),
    notice: str = "0s",
    cap: str | None = None,
    channels: tuple[str, ...] = (),
) -> float:
    accounting = Accounting(
        maintenance_notice=parse_duration(notice),
        maintenance_cap=None if cap is None else parse_duration(cap),
        maintenance_channels=channels,
    )
    month = [given.span("09-01T00:00", "10-01T00:00")]
    return total(excluded_time("api", maintenance, exclusions, accounting, month)) / HOUR


@pytest.mark.parametrize(
    ("announced", "hours"),
    [
        ("09-05T00:00", 4),
        ("09-05T00:01", 0),
        ("09-10T01:00", 0),
        (None, 0),
    ],
)
def test_maintenance_announced_too_late_or_not_at_all_counts(given: Any, announced: str | None, hours: int) -> None:
    window = given.maintenance("09-10T00:00", "09-10T04:00", announced)

    assert excluded_hours(given, maintenance=[window], notice="5d") == hours


def test_without_a_notice_to_keep_an_announcement_at_the_start_is_in_time(given: Any) -> None:
    in_time = given.maintenance("09-10T00:00", "09-10T04:00", "09-10T00:00")
    late = given.maintenance("09-10T00:00", "09-10T04:00", "09-10T00:01")

    assert excluded_hours(given, maintenance=[in_time]) == 4
    assert excluded_hours(given, maintenance=[late]) == 0


@pytest.mark.parametrize(
    ("channel", "channels", "hours"),
    [
        ("email", (), 4),
        (None, (), 4),
        ("email", ("in-app", "email"), 4),
        ("post", ("in-app", "email"), 0),
        (None, ("email",), 0),
    ],
)
def test_maintenance_announced_by_no_channel_that_the_profile_takes_counts(
    given: Any, channel: str | None, channels: tuple[str, ...], hours: int
) -> None:
    window = evolve(given.maintenance("09-10T00:00", "09-10T04:00"), channel=channel)

    assert excluded_hours(given, maintenance=[window], channels=channels) == hours


def test_beyond_the_cap_maintenance_counts_in_the_order_of_time(given: Any) -> None:
    windows = [
        given.maintenance("09-20T00:00", "09-20T08:00", "09-16T00:00"),
        given.maintenance("09-12T00:00", "09-12T08:00", "09-06T00:00"),
        given.maintenance("09-10T00:00", "09-10T08:00", "09-04T00:00"),
    ]
    profile = {"notice": "5d", "cap": "12h"}

    assert excluded_hours(given, maintenance=windows[2:], **profile) == 8
    assert excluded_hours(given, maintenance=windows[1:], **profile) == 12
    assert excluded_hours(given, maintenance=windows, **profile) == 12


def test_overlaps_count_once_also_with_what_a_person_excluded(given: Any) -> None:
    windows = [given.maintenance("09-10T00:00", "09-10T04:00"), given.maintenance("09-10T03:00", "09-10T05:00")]
    exclusions = [given.exclusion("09-10T04:30", "09-10T06:00")]

    assert excluded_hours(given, maintenance=windows, exclusions=exclusions) == 6
    assert excluded_hours(given, maintenance=windows, exclusions=exclusions, cap="1h") == 2.5


def test_what_a_person_excluded_needs_no_announcement_and_no_cap(given: Any) -> None:
    exclusions = [given.exclusion("09-10T00:00", "09-12T00:00")]

    assert excluded_hours(given, exclusions=exclusions, notice="5d", cap="1h") == 48


def test_a_profile_that_counts_maintenance_excludes_nothing(given: Any) -> None:
    windows = [given.maintenance("09-10T00:00", "09-10T04:00")]
    exclusions = [given.exclusion("09-11T00:00", "09-12T00:00")]
    month = [given.span("09-01T00:00", "10-01T00:00")]

    assert excluded_time("api", windows, exclusions, Accounting(maintenance="count"), month) == []


def test_maintenance_outside_the_agreed_time_uses_up_no_cap(given: Any) -> None:
    office = given.calendar("08:00-17:00").open_intervals(given.start, given.end)
    windows = [given.maintenance("09-10T04:00", "09-10T09:00"), given.maintenance("09-11T16:00", "09-11T20:00")]

    excluded = excluded_time("api", windows, [], Accounting(maintenance_cap=parse_duration("2h")), office)

    assert excluded == [given.span("09-10T08:00", "09-10T09:00"), given.span("09-11T16:00", "09-11T17:00")]


def test_other_services_maintenance_is_not_ours(given: Any) -> None:
    month = [given.span("09-01T00:00", "10-01T00:00")]

    assert excluded_time("web", [given.maintenance("09-10T00:00", "09-10T04:00")], [], Accounting(), month) == []


def test_planned_maintenance_already_shrinks_the_budget_of_a_running_month(given: Any) -> None:
    planned = [given.maintenance("09-20T00:00", "09-21T00:00")]

    verdict = given.availability(given.contract(), given.results("u" * 288), now="09-02T00:00", maintenance=planned)

    assert verdict.kinds.excluded == 0
    assert verdict.budget == (43_200 - 1_440) * MINUTE // 100


def test_a_verdict_names_what_people_took_out_of_its_period_and_services(given: Any) -> None:
    before, late, early = (
        given.exclusion("08-01T00:00", "09-01T00:00"),
        evolve(given.exclusion("09-20T00:00", "09-20T04:00"), id="late"),
        evolve(given.exclusion("09-10T00:00", "09-10T04:00"), id="early"),
    )
    other = evolve(early, services=("web",))

    verdict = given.verdict(given.contract(), [], exclusions=[before, late, early, other, late])

    assert [one.id for one in verdict.exclusions] == ["early", "late"]
