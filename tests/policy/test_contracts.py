"""Effective contracts: what is inherited, changed, amended, and where each term comes from."""

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from sla_engine.model.duration import BusinessDays, parse_duration
from sla_engine.model.instant import parse_instant
from sla_engine.model.percent import parse_percent
from sla_engine.model.period import CalendarPeriod, RollingPeriod
from sla_engine.policy import Compilation, PolicySet, UnknownAgreementError

Compiled = Callable[..., Compilation]

CONTRACT = """
[calendar.europe]
timezone = "GMT+1"
hours.mon-fri = "08:00-17:00"

[service.web]
every = "1m"
check.door = { probe = "door", url = "http://web" }
[service.api]
every = "1m"
check.door = { probe = "door", url = "http://api" }

[sla.standard]
title = "Standard"
timezone = "GMT+1"
fee = "100 EUR"
availability.web = "99%"
availability.api = { target = "99%", during = "europe" }
latency.api = { target = "95%", under = "800ms" }
response.first = { within = "4h", during = "europe" }
response.legal = { within = "5bd", during = "europe", business_days = "end-of-day" }
credit = [{ below = "99%", credit = "10%" }]
clause.security = { text = { en = "Measures are taken.", pt = "Tomam-se medidas." } }

[notifier.ring]
via = "bell"
from = "us"
to = ["you"]
[escalation.all]
on = { services = "all" }
step = [{ notify = ["ring"] }]
"""

ACME = """
[customer.acme]
name = "ACME S.A."
number = "C-1042"
language = "fr"
sla = "standard"
since = 2026-01-01
fee = "1200 EUR"
availability.api = "99.9%"
availability.relay = "99%"
response.first.within = "1h"

[[customer.acme.amendment]]
from = 2026-07-01
availability.api = "99.95%"
rolling = "30d"

[customer.acme.service.relay]
every = "1m"
check.door = { probe = "door", url = "http://relay" }
"""


@pytest.fixture
def policies(compiled: Compiled) -> PolicySet:
    compilation = compiled({"standard.toml": CONTRACT, "customers/acme.toml": ACME})
    assert compilation.policies is not None, compilation.text
    return compilation.policies


def targets(policies: PolicySet, at: str | None) -> dict[str, Fraction]:
    contract = policies.contract(customer="acme", at=None if at is None else parse_instant(at))
    return {objective.service: objective.target.ratio * 100 for objective in contract.availability}


def test_what_a_customer_does_not_say_comes_from_the_sla(policies: PolicySet) -> None:
    contract = policies.contract(customer="acme")

    assert contract.agreement == "standard"
    assert contract.response[0].within == parse_duration("1h")
    assert contract.response[0].during == "europe"
    assert contract.response[1].within == BusinessDays(5)
    assert contract.response[1].business_days == "end-of-day"
    assert contract.credits[0].credit == parse_percent("10%")
    assert str(contract.fee) == "1200 EUR"


def test_credits_are_inherited_key_by_key_and_name_the_customers_own_services(compiled: Compiled) -> None:
    of_all = CONTRACT.replace('fee = "100 EUR"', 'fee = "100 EUR"\ncredits = { minimum = "2 EUR", cap = "50%" }')
    share = '{ api = "60%", relay = "40%", web = "0%" }'
    own = f'fee = "1200 EUR"\ncredits = {{ combine = "sum", cap = "80%", share = {share} }}'
    compilation = compiled({"a.toml": of_all, "customers/acme.toml": ACME.replace('fee = "1200 EUR"', own)})
    assert compilation.policies is not None, compilation.text

    terms = compilation.policies.contract(customer="acme").credit_terms

    assert (terms.combine, str(terms.minimum), str(terms.cap)) == ("sum", "2 EUR", "80%")
    assert {name: str(part) for name, part in terms.share.items()} == {"api": "60%", "acme/relay": "40%", "web": "0%"}


def test_a_changed_target_keeps_the_calendar_that_it_inherits(policies: PolicySet) -> None:
    [api] = [one for one in policies.contract(customer="acme").availability if one.service == "api"]

    assert api.during == "europe"


def test_an_amendment_holds_from_its_date_in_the_contracts_zone(policies: PolicySet) -> None:
    assert targets(policies, "2026-06-30T22:59:59Z")["api"] == Fraction("99.9")
    assert targets(policies, "2026-06-30T23:00:00Z")["api"] == Fraction("99.95")
    assert targets(policies, None)["api"] == Fraction("99.95")


def test_an_amendment_may_turn_a_calendar_month_into_a_rolling_period(policies: PolicySet) -> None:
    before = policies.contract(customer="acme", at=parse_instant("2026-06-01T00:00:00Z"))

    assert before.period == CalendarPeriod("month")
    assert policies.contract(customer="acme").period == RollingPeriod(parse_duration("30d"))


def test_a_customers_own_service_is_known_by_both_names(policies: PolicySet) -> None:
    assert targets(policies, None)["acme/relay"] == 99
    assert policies.services["acme/relay"].customer == "acme"
    assert set(policies.contract(customer="acme").services) == {"web", "api", "acme/relay"}


def test_what_a_customers_file_names_is_not_trusted(policies: PolicySet) -> None:
    assert [check.trusted for check in policies.services["acme/relay"].checks] == [False]
    assert [check.trusted for check in policies.services["web"].checks] == [True]


def test_the_sla_itself_is_untouched_by_its_customers(policies: PolicySet) -> None:
    contract = policies.contract(sla="standard")

    assert contract.customer is None
    assert [objective.target for objective in contract.availability] == [parse_percent("99%")] * 2
    assert contract.clauses["security"].in_language("pt") == "Tomam-se medidas."
    assert contract.since is None
    assert policies.contract(customer="acme").since == date(2026, 1, 1)


def test_each_term_knows_where_it_comes_from(policies: PolicySet) -> None:
    origins = policies.provenance(customer="acme")

    def place(key: str) -> tuple[str, str, int]:
        return origins[key].how, Path(origins[key].file).name, origins[key].line

    assert place("availability.api.target") == ("amended", "acme.toml", 15)
    assert place("availability.web.target") == ("inherited", "standard.toml", 17)
    assert place("response.first.within") == ("own", "acme.toml", 11)
    assert place("response.first.during") == ("inherited", "standard.toml", 20)
    assert origins["availability.api.target"].column == 20


def test_an_unknown_agreement_is_named_with_those_there_are(policies: PolicySet) -> None:
    with pytest.raises(UnknownAgreementError, match="no customer 'acne'; there is acme"):
        policies.contract(customer="acne")


def test_the_hash_is_of_what_is_said_and_not_of_how_files_are_called(compiled: Compiled, policies: PolicySet) -> None:
    renamed = compiled({"standard.toml": "# moved", "other.toml": CONTRACT})
    assert renamed.policies is not None
    changed = compiled({"other.toml": CONTRACT.replace('"4h"', '"5h"')})
    assert changed.policies is not None

    assert renamed.policies.hash == policies.hash != changed.policies.hash


def test_maintenance_is_laid_out_once_or_by_cron(compiled: Compiled) -> None:
    compilation = compiled(
        {
            "a.toml": CONTRACT,
            "b.toml": """
                [maintenance.upgrade]
                services = ["api"]
                starts = 2026-10-05T22:00:00+01:00
                lasts = "2h"
                announced = 2026-10-01T09:00:00+01:00
                [maintenance.move]
                services = ["api"]
                starts = 2026-10-06T22:00:00+01:00
                lasts = "2h"
                announced = { at = 2026-10-01T09:00:00+01:00, by = "email" }
                [maintenance.nightly]
                services = "all"
                cron = "0 3 * * sun"
                timezone = "GMT+1"
                lasts = "30m"
            """,
        }
    )
    assert compilation.policies is not None, compilation.text

    start, end = parse_instant("2026-10-01T00:00:00Z"), parse_instant("2026-10-12T00:00:00Z")
    windows = compilation.policies.maintenance_windows(start, end)

    announced_at = parse_instant("2026-10-01T08:00:00Z")
    assert [(one.id, one.services, one.announced_at, one.channel) for one in windows] == [
        ("nightly", ("web", "api"), None, None),
        ("upgrade", ("api",), announced_at, None),
        ("move", ("api",), announced_at, "email"),
        ("nightly", ("web", "api"), None, None),
    ]
    assert windows[0].window.start == parse_instant("2026-10-04T02:00:00Z")


def test_plugin_tables_get_the_environment_but_secrets_do_not(compiled: Compiled) -> None:
    text = CONTRACT.replace(
        'check.door = { probe = "door", url = "http://api" }',
        'check.door = { probe = "door", url = "${API:-http://api}/x", port = "${PORT:-81}", retries = 3,'
        ' password = { env = "${API}" } }',
    )

    compilation = compiled(text, environ={"API": "http://test"})

    assert compilation.policies is not None, compilation.text
    [check] = compilation.policies.services["api"].checks
    assert check.settings.url == "http://test/x"
    assert check.settings.port == 81
    assert check.settings.password.reference == "${API}"
    assert check.settings.retries == check.retries == 3
