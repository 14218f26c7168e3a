"""Scenario files are read as policy files are: whatever is wrong is told with its place and a way out."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sla_engine.exchange.scenarios.reading import Reading, read_scenarios
from sla_engine.exchange.scenarios.suite import policies_for_judging, root_of

Read = Callable[[str], Reading]

INSTANT = "write a length from the start, as in +10d2m, or a date and time"
LENGTH = "write whole numbers with ms, s, m, h, d or bd, as in 90s or 1h30m"
WITH_OFFSET = "write its offset from UTC too, as in 2026-12-05T22:00:00+01:00"
GOOD = '[scenario.x]\nperiod = "2026-10"\n'


FIVE_YEARS = "write starts and now so that it runs for up to five years"


@pytest.mark.parametrize(
    ("text", "place", "message", "way_out"),
    [
        ("perod = 1", "3:1", "unknown key 'perod'", "did you mean 'period'?"),
        ('service.apl = "up"', "3:9", "there is no service 'apl'", "did you mean 'api'?"),
        ('service.api = "up 1h, dwn 5m, up"', "3:15", "'dwn' is no state", "write down"),
        ('check."api/helth" = "up"', "3:7", "there is no check 'api/helth'", "did you mean 'api/health'?"),
        ('check."far/door@pariss" = "up"', "3:7", "there is no location 'pariss'", "did you mean 'paris'?"),
        ('now = "15d"', "3:7", "'15d' is no instant", INSTANT),
        ('now = "+15"', "3:7", "'15' is not a duration", LENGTH),
        ("starts = 2026-10-01T00:00:00", "3:10", "this names no instant", WITH_OFFSET),
        (
            'ticket.T-1 = { level = "frist", opened = "+1h" }',
            "3:24",
            "there is no level 'frist'",
            "did you mean 'first'?",
        ),
        (
            'ticket.T-1 = [{ event = "opened", at = "+1h", customer = "acne" }]',
            "3:58",
            "there is no customer 'acne'",
            "did you mean 'acme'?",
        ),
        (
            'ticket.T-1 = { level = "first", opened = "+1h", waiting = ["+1h", "later"] }',
            "3:67",
            "'later' is no instant",
            INSTANT,
        ),
        (
            'maintenance = [{ services = ["webb"], starts = "+1h", lasts = "1h" }]',
            "3:30",
            "there is no service 'webb'",
            "did you mean 'web'?",
        ),
        (
            'exclusion = [{ services = "all", starts = "+1h", lasts = "1h" }]',
            "3:14",
            "the key 'reason' is missing",
            "add reason = ...",
        ),
        (
            "[[scenario.x.expect]]",
            "3:14",
            "an expectation is of one SLA or of one customer",
            'write sla = "..." or customer = "..."',
        ),
        ('[[scenario.x.expect]]\nsla = "standart"', "4:7", "there is no sla 'standart'", "did you mean 'standard'?"),
        (
            '[[scenario.x.expect]]\nsla = "standard"\navailability.ap1 = "met"',
            "5:14",
            "there is no service 'ap1'",
            "did you mean 'api'?",
        ),
        (
            '[[scenario.x.expect]]\nsla = "standard"\navailability.api = { down = "long" }',
            "5:29",
            "'long' is not a duration",
            LENGTH,
        ),
        (
            '[[scenario.x.expect]]\nsla = "standard"\nresponse.frist = "met"',
            "5:10",
            "there is no level 'frist'",
            "did you mean 'first'?",
        ),
        (
            'expect_incident = [{ service = "api", told = [{ at = "+1h", by = "mial" }] }]',
            "3:66",
            "there is no notifier 'mial'",
            "did you mean 'mail'?",
        ),
        (
            'expect_incident = [{ service = "api", opened = "nevr" }]',
            "3:48",
            "'nevr' is no instant",
            INSTANT,
        ),
        (
            'expect_incident = [{ service = "api", told = [{ at = "never", by = "mail" }] }]',
            "3:54",
            "'never' is no instant",
            INSTANT,
        ),
        ('now = "+9999d"', "3:7", "'+9999d' is more than five years", "write a shorter time"),
        ('now = "-1h"', "2:10", "the clock would run for -1h", FIVE_YEARS),
        ("starts = 2000-01-01T00:00:00Z", "2:10", "the clock would run for 9801d", FIVE_YEARS),
        ("now = 2185-01-01T00:00:00Z", "3:7", "this is outside the years 1970 to 2179", "write a nearer one"),
    ],
)  # fmt: skip
def test_each_fault_is_told_with_its_place_and_a_way_out(
    read: Read, text: str, place: str, message: str, way_out: str
) -> None:
    [found] = read(GOOD + text).diagnostics

    assert (f"{found.span.line}:{found.span.column}", found.message, found.help) == (place, message, way_out)


@pytest.mark.parametrize(
    ("period", "message"),
    [
        ("october", "'october' names no period"),
        ("9999", "'9999' names no period"),
        ("2026-02-30", "'2026-02-30' names no period"),
        ("2300-05", "this is outside the years 1970 to 2179"),
        ("1969-12", "this is outside the years 1970 to 2179"),
    ],
)
def test_a_period_must_be_one(read: Read, period: str, message: str) -> None:
    [found] = read(f'[scenario.x]\nperiod = "{period}"').diagnostics

    assert (found.span.line, found.message) == (2, message)


def test_without_an_agreement_there_is_no_period(folder: Path) -> None:
    (folder / "policy.toml").write_text('[service.api]\ncheck.health.probe = "door"\n')
    (folder / "x.scenario.toml").write_text(GOOD)

    [found] = read_scenarios([folder], policies_for_judging(folder)).diagnostics

    assert found.message == "this is nobody's period, as there is no SLA"


def test_all_faults_of_all_scenarios_are_told_at_once(read: Read) -> None:
    reading = read('[scenario.x]\nperod = "2026-10"\n[scenario.Y]\n[scenario.z]\nperiod = 1\n[senario.z]\n')

    assert [(one.code, one.span.line) for one in reading.diagnostics] == [
        ("SLA104", 1), ("SLA101", 2), ("SLA105", 3), ("SLA103", 5), ("SLA102", 6)
    ]  # fmt: skip
    assert reading.has_errors


def test_an_id_that_is_there_twice_is_told_with_both_places(read: Read, folder: Path) -> None:
    read(GOOD)
    (folder / "y.scenario.toml").write_text(GOOD)

    [found] = read_scenarios([folder], policies_for_judging(folder)).diagnostics

    assert found.message == "scenario 'x' is defined twice"
    assert [related.file for related in found.related] == [str(folder / "x.scenario.toml")]


def test_what_is_not_toml_is_a_diagnostic_too(read: Read) -> None:
    [found] = read("[scenario.x").diagnostics

    assert found.code == "SLA002"


def test_a_folders_scenarios_are_all_found_but_hidden_ones(folder: Path) -> None:
    for number, name in enumerate(["b.scenario.toml", "customers/a.scenario.toml", ".git/c.scenario.toml"]):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f'[scenario.x{number}]\nperiod = "2026-10"\n')

    found = read_scenarios([folder], policies_for_judging(folder)).scenarios

    assert [scenario.id for scenario in found] == ["x0", "x1"]


def test_a_file_among_the_customers_is_about_the_policies_around_them(folder: Path) -> None:
    (folder / "customers" / "big").mkdir(parents=True)

    assert root_of(folder / "customers" / "big" / "a.scenario.toml") == folder
    assert root_of(folder / "customers") == folder
    assert root_of(folder / "b.scenario.toml") == folder
    assert root_of(folder) == folder


def test_a_folder_that_happens_to_lie_under_another_customers_folder_is_its_own(tmp_path: Path) -> None:
    inner = tmp_path / "customers" / "policies"
    inner.mkdir(parents=True)

    assert root_of(inner / "a.scenario.toml") == inner
