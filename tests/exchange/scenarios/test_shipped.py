"""The scenarios of the shipped contract hold, and a number that is changed in it makes one fail that says what."""

import shutil
from pathlib import Path

import pytest

from sla_engine.exchange.scenarios.judging import play
from sla_engine.exchange.scenarios.suite import load_suite

MAXONY = Path(__file__).parents[3] / "policies" / "maxony"


def failures(folder: Path, wanted: str = "") -> list[str]:
    """What failed in all scenarios, or in one."""
    suite = load_suite(folder, [folder])
    played = [play(one, suite.policies) for one in suite.scenarios if wanted in {"", one.id}]
    return [str(failure) for one in played for failure in one.failures]


def test_the_shipped_scenarios_hold() -> None:
    assert failures(MAXONY) == []


def test_there_are_enough_of_them_to_tell_the_contract_by() -> None:
    assert len(load_suite(MAXONY, [MAXONY]).scenarios) >= 8


@pytest.mark.parametrize(
    ("file", "old", "new", "scenario", "line"),
    [
        (
            "standard.toml", 'smtp = "99%"', 'smtp = "99.01%"', "all-of-the-budget",
            "sla standard, availability.smtp.verdict: expected met, came breached",
        ),
        (
            "standard.toml", 'smtp = "99%"', 'smtp = "98.99%"', "a-second-more",
            "sla standard, availability.smtp.verdict: expected breached, came met",
        ),
        (
            "standard.toml", 'unknown = "exclude"', 'unknown = "down"', "nobody-looked",
            "sla standard, availability.sms.measured: expected 100%, came 99.596774%",
        ),
        (
            "standard.toml", 'maintenance = "exclude"', 'maintenance = "count"', "announced-maintenance",
            "sla standard, availability.website.down: expected 0s, came 2h",
        ),
        (
            "standard.toml", 'maintenance_notice = "0s"', 'maintenance_notice = "14d"', "announced-maintenance",
            "sla standard, availability.website.excluded: expected 2h, came 0s",
        ),
        (
            "standard.toml", 'within = "4h"', 'within = "3h59m"', "first-level-in-the-daytime",
            "sla standard, response.first.met: expected 2, came 0",
        ),
        (
            "standard.toml", 'within = "5bd"', 'within = "4bd"', "legal-in-five-business-days",
            "sla standard, response.legal.verdict: expected met, came breached",
        ),
        (
            "calendars.toml", '"21:00-17:00"\nconfirmed = true', '"09:00-17:00"', "first-level-across-midnight",
            "sla standard, response.first.clock.T-1.due: expected 2026-10-06T00:00:00-06:00, "
            "came 2026-10-05T13:00:00-06:00",
        ),
        (
            "customers/acme.toml", "from = 2026-07-01", "from = 2026-08-01", "acme-after-the-amendment",
            "customer acme, availability.api.verdict: expected breached, came met",
        ),
        (
            "customers/acme.toml", 'credit = "25%"', 'credit = "20%"', "acme-a-bad-day",
            "customer acme, credit: expected 300.00 EUR, came 240.00 EUR",
        ),
        (
            "customers/acme.toml", 'fee = "1200 EUR"', 'fee = "1500 EUR"', "an-hour-down",
            "customer acme, credit: expected 120.00 EUR, came 150.00 EUR",
        ),
        (
            "notify.toml", "confirm = 2", "confirm = 3", "website-down-at-night",
            "incident 1.opened: expected +3h5m, came +3h10m",
        ),
        (
            "services.toml", 'every = "5m"', 'every = "10m"', "one-failure",
            "sla standard, availability.website.down: expected 5m, came 10m",
        ),
    ],
)  # fmt: skip
def test_a_changed_number_fails_a_scenario_that_says_what(
    tmp_path: Path, file: str, old: str, new: str, scenario: str, line: str
) -> None:
    folder = shutil.copytree(MAXONY, tmp_path / "maxony")
    text = (folder / file).read_text()
    assert text.count(old) == 1
    (folder / file).write_text(text.replace(old, new))

    assert line in failures(folder, scenario)
