"""An agreement as a policy set of its own reads back to the same contract."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from attrs import evolve

from sla_engine.calendars.wall import day_start
from sla_engine.model.contract import Contract
from sla_engine.policy import Compilation, Plugins, PolicySet, compile_policies
from sla_engine.policy.writer import self_contained
from sla_engine.registry.host import load_plugins

Compiled = Callable[..., Compilation]
MAXONY = Path(__file__).parents[2] / "policies" / "maxony"
ACME = """
[customer.acme]
name = "ACME S.A."
sla = "standard"
fee = "1200 EUR"
availability.web = "99.9%"
response.first = { within = "1h", during = "office" }
[customer.acme.availability.relay]
target = "99.5%"
during = "night"
[customer.acme.service.relay.check.door]
probe = "door"
url = "${RELAY:-http://relay}"
password = { env = "PW" }
[[customer.acme.amendment]]
from = 2026-07-01
availability.web = "99.95%"
credit = [{ below = "99.95%", credit = "10%", services = ["web"] }, { below = "99.5%", credit = "10%" }]
credits = { combine = "sum", share = { web = "60%", relay = "40%" }, minimum = "1 EUR", cap = "50%" }
[calendar.office]
timezone = "GMT+1"
hours.mon-fri = ["08:00-12:00", "13:00-17:00"]
closed = [2026-12-24, "2026-12-28/2026-12-31"]
[calendar.night]
any_of = ["late", "office"]
[calendar.late]
timezone = "GMT+1"
hours.all = "22:00-06:00"
[calendar.unused]
timezone = "UTC"
[accounting.strict]
min_outage = "60s"
"""


def read_back(text: str, folder: Path, plugins: Plugins) -> PolicySet:
    (folder / "again.toml").write_text(text, encoding="utf-8")
    compilation = compile_policies([folder / "again.toml"], plugins=plugins, environ={})
    assert compilation.policies is not None, compilation.text
    return compilation.policies


def same_but_for_its_origin(one: Contract, other: Contract) -> bool:
    return evolve(one, policy_hash="") == evolve(other, policy_hash="")


def test_what_is_composed_comes_with_all_that_it_is_composed_of(
    compiled: Compiled, small: str, tmp_path: Path, plugins: Plugins
) -> None:
    shop = (
        '[service.db]\ncheck.door = { probe = "door", url = "u" }\n[service.store]\nof = ["db"]\n'
        '[customer.acme]\nsla = "standard"\navailability.shop = "99%"\nservice.shop.of = ["web", "store"]\n'
    )
    policies = compiled({"a.toml": small, "b.toml": shop}).policies
    assert policies is not None

    again = read_back(self_contained(policies, "customer", "acme"), tmp_path, plugins)

    assert same_but_for_its_origin(policies.contract(customer="acme"), again.contract(customer="acme"))


@pytest.mark.parametrize("on", [None, date(2026, 6, 30), date(2026, 7, 1)])
def test_a_dedicated_contract_is_the_same_with_everything_that_it_refers_to(
    compiled: Compiled, small: str, tmp_path: Path, plugins: Plugins, on: date | None
) -> None:
    policies = compiled({"a.toml": small, "b.toml": ACME}).policies
    assert policies is not None
    zone = policies.contract(customer="acme").timezone
    at = None if on is None else day_start(on, zone)

    text = self_contained(policies, "customer", "acme", on)
    again = read_back(text, tmp_path, plugins)

    assert same_but_for_its_origin(policies.contract(customer="acme", at=at), again.contract(customer="acme"))
    assert "unused" not in text
    assert "amendment" not in text


@pytest.mark.parametrize(("kind", "name"), [("sla", "standard"), ("customer", "acme")])
def test_the_shipped_agreements_are_the_same(kind: str, name: str, tmp_path: Path) -> None:
    host = load_plugins()
    plugins = Plugins(host.probes, host.notifiers, host.ticket_sources)
    policies = compile_policies([MAXONY], plugins=plugins, environ={}).policies
    assert policies is not None

    again = read_back(self_contained(policies, kind, name), tmp_path, plugins)

    asked = {kind: name}
    assert same_but_for_its_origin(policies.contract(**asked), again.contract(**asked))
