"""What changes from one policy set to another: exactly that, in words, and nothing else."""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pytest

from sla_engine.policy import Plugins, PolicySet, compile_policies
from sla_engine.policy.differences import Differences, compare

TODAY = date(2026, 6, 15)
ACME = """
[customer.acme]
name = "ACME S.A."
sla = "standard"
fee = "1200 EUR"
availability.web = "99.9%"
response.first = { within = "4h", during = "always" }
[[customer.acme.amendment]]
from = 2026-07-01
availability.web = "99.95%"
"""
BETA = '[customer.beta]\nsla = "standard"\n'
Compare = Callable[[Mapping[str, str]], Differences]


@pytest.fixture
def changed(small: str, plugins: Plugins, tmp_path: Path) -> Compare:
    """Compare a policy set with the same one, in which texts are replaced."""

    def policies(text: str, name: str) -> PolicySet:
        (tmp_path / name).write_text(text, encoding="utf-8")
        compilation = compile_policies([tmp_path / name], plugins=plugins, environ={})
        assert compilation.policies is not None, compilation.text
        return compilation.policies

    def differ(replaced: Mapping[str, str]) -> Differences:
        before = after = small + ACME + BETA
        for old, new in replaced.items():
            assert old in after
            after = after.replace(old, new, 1)
        return compare(policies(before, "before.toml"), policies(after, "after.toml"), TODAY)

    return differ


def words(found: Differences) -> list[str]:
    return [f"{change.holder}: {change}" for change in found.terms if change.follows is None]


def test_the_same_files_differ_in_nothing(changed: Compare) -> None:
    assert not changed({})


def test_what_a_credit_is_made_of_is_told_key_by_key(changed: Compare) -> None:
    tiers = 'credit = [{ below = "99.95%", credit = "10%", services = ["web"] }]\n'
    terms = 'credits = { share = { web = "60%" }, cap = "50%" }\n'
    found = changed({'fee = "1200 EUR"\n': f'fee = "1200 EUR"\n{tiers}{terms}'})

    assert words(found) == [
        "customer/acme: credit: below 99.95% of web: 10% (new)",
        "customer/acme: credits.cap: 50% (new)",
        "customer/acme: credits.share: web 60% (new)",
    ]


def test_one_number_of_one_customer_is_all_that_is_told(changed: Compare) -> None:
    found = changed({'within = "4h"': 'within = "1h"'})

    assert words(found) == ["customer/acme: first level: 4h -> 1h"]
    assert (found.agreements, found.tables) == ({}, ())


def test_a_later_amendment_is_told_with_its_date_and_does_not_hide_the_present(changed: Compare) -> None:
    assert words(changed({'"99.95%"': '"99.99%"'})) == [
        "customer/acme: availability of web: 99.95% -> 99.99% from 2026-07-01 on"
    ]
    assert words(changed({"from = 2026-07-01": "from = 2026-08-01"})) == [
        "customer/acme: availability of web: 99.95% -> 99.9% from 2026-07-01 on"
    ]
    assert words(changed({"from = 2026-07-01": "from = 2026-06-01"})) == [
        "customer/acme: availability of web: 99.9% -> 99.95%"
    ]


def test_a_change_of_the_standard_is_told_once_and_who_follows_is_known(changed: Compare) -> None:
    found = changed({'timezone = "GMT+1"': 'timezone = "GMT+2"'})

    assert words(found) == ["sla/standard: timezone: GMT+1 -> GMT+2"]
    assert [(change.holder, change.follows) for change in found.terms if change.follows] == [
        ("customer/acme", "standard"),
        ("customer/beta", "standard"),
    ]


def test_terms_that_are_new_and_terms_that_go(changed: Compare) -> None:
    found = changed({'fee = "1200 EUR"\n': "", BETA: BETA + 'response.second = { within = "8h" }\n'})

    assert words(found) == ["customer/acme: fee: 1200 EUR (taken out)", "customer/beta: second level: 8h (new)"]


def test_contracts_that_come_and_go(changed: Compare) -> None:
    found = changed({BETA: '[customer.gamma]\nsla = "standard"\n'})

    assert found.agreements == {"customer/beta": "removed", "customer/gamma": "added"}


def test_other_tables_are_told_value_by_value(changed: Compare) -> None:
    found = changed(
        {
            'url = "http://web"': 'url = "http://web"\nport = 8080',
            'to = ["you"]': 'to = ["you", "them"]',
            'name = "ACME S.A."': 'name = "ACME Ltd."',
        }
    )

    assert [(table.name, table.nature, table.parts) for table in found.tables] == [
        ("service/web", "changed", ("check.door.port: 8080 (new)",)),
        ("notifier/ring", "changed", ("to: [you] -> [you, them]",)),
        ("customer/acme", "changed", ("name: ACME S.A. -> ACME Ltd.",)),
    ]
    assert found.terms == ()
