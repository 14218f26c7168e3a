"""The contract that is shipped, against the facts of the contract that it expresses."""

import shutil
from pathlib import Path

import pytest

from sla_engine import load_policies
from sla_engine.model.duration import BusinessDays, parse_duration
from sla_engine.model.percent import parse_percent
from sla_engine.model.schedule import Every
from sla_engine.policy import Compilation, Plugins, PolicySet, compile_policies
from sla_engine.policy.codes import Code
from sla_engine.registry.host import load_plugins

MAXONY = Path(__file__).parents[2] / "policies" / "maxony"


def compile_maxony(folder: Path) -> Compilation:
    host = load_plugins()
    return compile_policies([folder], plugins=Plugins(host.probes, host.notifiers, host.ticket_sources), environ={})


@pytest.fixture(scope="module")
def maxony() -> PolicySet:
    return load_policies(MAXONY, environ={})


def test_the_shipped_policies_are_clean() -> None:
    assert compile_maxony(MAXONY).text == "no errors, no warnings"


@pytest.mark.parametrize(
    ("service", "every"), [("website", "5m"), ("apps", "1m"), ("api", "1m"), ("smtp", "1m"), ("sms", "1m")]
)
def test_each_service_is_promised_99_percent_and_probed_as_often_as_the_contract_says(
    maxony: PolicySet, service: str, every: str
) -> None:
    [objective] = [one for one in maxony.contract(sla="standard").availability if one.service == service]

    assert objective.target == parse_percent("99%")
    assert objective.during == "always"
    assert maxony.services[service].schedule == Every(parse_duration(every))
    assert maxony.services[service].checks


def test_the_support_levels_answer_in_their_times(maxony: PolicySet) -> None:
    promised = {one.level: (one.within, one.during) for one in maxony.contract(sla="standard").response}

    assert promised == {
        "first": (parse_duration("4h"), "support"),
        "second": (parse_duration("8h"), "support"),
        "legal": (BusinessDays(5), "europe"),
    }


def test_escalating_to_the_second_level_needs_the_customers_facts(maxony: PolicySet) -> None:
    second = maxony.support["second"]

    assert set(second.requires) == {"customer_number", "browser", "screenshot", "reproduced", "faq_searched"}
    assert set(second.requires_for["deliverability"]) == {"dns", "spf", "dkim"}
    assert dict(second.teams) == {"deliverability": "network", "legal": "legal", "other": "development"}


def test_the_clauses_are_kept_as_text(maxony: PolicySet) -> None:
    assert {"access", "security", "dedicated"} <= set(maxony.contract(sla="standard").clauses)


def test_the_dedicated_contract_is_one_more_file(maxony: PolicySet) -> None:
    files = [path.name for path in (MAXONY / "customers").iterdir()]
    assert [name for name in files if not name.endswith(".scenario.toml")] == ["acme.toml"]
    assert maxony.contract(customer="acme").response[0].within == parse_duration("1h")


def test_without_confirmation_the_american_hours_are_warned_about_at_their_line(tmp_path: Path) -> None:
    shutil.copytree(MAXONY, tmp_path / "maxony")
    path = tmp_path / "maxony" / "calendars.toml"
    text = path.read_text().replace("confirmed = true\n", "")
    path.write_text(text)

    compilation = compile_maxony(tmp_path / "maxony")

    [found] = compilation.diagnostics
    assert (found.code, found.level, found.file) == (Code.MIDNIGHT_WINDOW, "warning", str(path))
    assert text.splitlines()[found.span.line - 1][found.span.column - 1 :] == '"21:00-17:00"'
    assert "confirmed = true" in found.message
    assert compilation.policies is not None


def test_python_users_ask_calendars_with_datetimes(maxony: PolicySet) -> None:
    from datetime import datetime

    europe = maxony.calendars["europe"]

    assert europe.is_open(datetime(2026, 1, 5, 9))
    assert europe.add(datetime(2026, 1, 5, 9), "4h").isoformat() == "2026-01-05T13:00:00+01:00"
    assert europe.next_open(datetime(2026, 1, 3, 9)).isoformat() == "2026-01-05T08:00:00+01:00"
