"""Which escalations are about what."""

from collections.abc import Callable

import pytest

from sla_engine.engine.escalation import (
    ancestors,
    routes_of_budgets,
    routes_of_certificates,
    routes_of_incidents,
    routes_of_the_engine,
)
from sla_engine.model.duration import Duration
from sla_engine.model.instant import MINUTE
from sla_engine.model.schedule import Every
from sla_engine.model.service import Service
from sla_engine.model.text import plain
from sla_engine.policy import PolicySet
from tests.engine.escalation.alarm import Alarm

Policies = Callable[..., PolicySet]

TELL = 'step = [{ notify = ["mail", "sms", "phone"] }]\n'
CUSTOMERS = """
[customer.acme]
name = "ACME S.A."
availability.api = "99.9%"
[customer.acme.service.relay]
severity = "minor"
check.smtp = { probe = "door" }
[customer.globex]
availability.web = "99%"
availability.api = "99%"
"""


@pytest.mark.parametrize(
    ("on", "services"),
    [
        ("{}", ["api", "web", "acme/relay"]),
        ('{ services = "all" }', ["api", "web", "acme/relay"]),
        ('{ services = ["web"] }', ["web"]),
        ('{ services = ["acme/relay"] }', ["acme/relay"]),
        ('{ severities = ["critical"] }', ["api"]),
        ('{ severities = ["critical", "minor"] }', ["api", "acme/relay"]),
        ('{ services = ["web"], severities = ["major"] }', ["web"]),
        ('{ customers = ["acme"] }', ["api", "acme/relay"]),
        ('{ customers = ["globex"] }', ["api", "web"]),
        ('{ customers = ["acme", "globex"] }', ["api", "web", "acme/relay"]),
        ('{ customers = ["acme"], severities = ["minor"] }', ["acme/relay"]),
        ('{ customers = ["globex"], services = ["web"] }', ["web"]),
    ],
)
def test_an_escalation_is_about_services_by_name_severity_and_customer(
    on: str, services: list[str], policies: Policies
) -> None:
    found = policies(f"{CUSTOMERS}[escalation.all]\non = {on}\n{TELL}")

    assert [name for name in found.services if routes_of_incidents(name, found)] == services


def test_a_notice_names_the_customers_that_it_was_routed_by(policies: Policies) -> None:
    found = policies(f'{CUSTOMERS}[escalation.all]\non = {{ customers = ["acme", "globex"] }}\n{TELL}')

    web, api = Alarm(found, "web"), Alarm(found, "api")
    web.look(0)
    api.look(0)

    assert {one.customer for one in web.told.values()} == {"globex"}
    assert [one.facts["customers"] for one in api.told.values()] == [["ACME S.A.", "globex"]] * 3
    assert {one.customer for one in api.told.values()} == {None}  # as it concerns both


def test_budgets_certificates_and_the_engine_have_escalations_of_their_own(policies: Policies) -> None:
    found = policies(
        CUSTOMERS
        + f"[escalation.down]\non = {{}}\n{TELL}"
        + f'[escalation.ends]\non = {{ services = ["web"], certificate = "14d" }}\n{TELL}'
        + f"[escalation.ours]\non = {{ engine = true }}\n{TELL}"
        + f'[escalation.burns]\non = {{ burn = [{{ share = "2%", long = "1h", short = "5m" }}] }}\n{TELL}'
        + '[escalation.theirs]\non = { customers = ["acme"], burn = [{ share = "2%", long = "1h", short = "5m" }] }\n'
        + TELL
    )

    assert [one.escalation for one in routes_of_incidents("web", found)] == ["down"]
    assert [one.escalation for one in routes_of_certificates("web", found)] == ["ends"]
    assert routes_of_certificates("api", found) == []
    assert [one.escalation for one in routes_of_the_engine(found)] == ["ours"]
    assert [one.escalation for one in routes_of_budgets("api", None, found)] == ["burns"]
    assert [one.escalation for one in routes_of_budgets("api", "acme", found)] == ["burns", "theirs"]
    assert [one.escalation for one in routes_of_budgets("api", "globex", found)] == ["burns"]


def test_what_a_service_depends_on_is_all_that_its_parents_do() -> None:
    every = Every(Duration(MINUTE))
    services = {
        name: Service(name, plain(name), every, (), depends_on=parents, customer=customer)
        for name, parents, customer in [
            ("network", (), None),
            ("database", ("network",), None),
            ("acme/relay", ("own",), "acme"),
            ("acme/own", ("database",), "acme"),
        ]
    }

    assert ancestors(services["acme/relay"], services) == {"acme/own", "database", "network"}
