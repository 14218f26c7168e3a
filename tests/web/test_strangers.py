"""What strangers are told, and what only agents are: no door shows what was seen or who acts (F61)."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from attrs import evolve
from litestar.testing import TestClient

from sla_engine.engine.budgets import BudgetAlert, BudgetStatus
from sla_engine.engine.status import Status, public_json, status_json
from sla_engine.evaluation.burn import Burn, BurnAlert
from sla_engine.model.burn import BurnRule
from sla_engine.model.duration import parse_duration
from sla_engine.model.percent import parse_percent
from sla_engine.web.app import create_app
from tests.web.desk import ACME, ANA, Desk

SECRET = "db7.corp.internal"
PUBLIC = {
    "at", "policy_hash", "overall", "services", "incidents", "agreements",
    "services.service", "services.title", "services.state", "services.since", "services.of", "services.checks",
    "services.checks.check", "services.checks.location", "services.checks.state", "services.checks.at",
    "services.checks.ms",
    "incidents.incident", "incidents.service", "incidents.title", "incidents.state", "incidents.since",
    "incidents.acknowledged", "incidents.acknowledged.at",
    "agreements.agreement", "agreements.customer", "agreements.title", "agreements.period",
    "agreements.period.start", "agreements.period.end", "agreements.period.timezone", "agreements.availability",
    "agreements.availability.service", "agreements.availability.target", "agreements.availability.measured",
    "agreements.availability.coverage", "agreements.availability.verdict", "agreements.availability.budget",
    "agreements.availability.budget_left", "agreements.availability.budget_spent",
    "agreements.availability.affordable", "agreements.availability.burn", "agreements.availability.burn.window",
    "agreements.availability.burn.rate", "agreements.availability.burn.spent",
    "agreements.availability.burn.measured_at_end", "agreements.availability.burn.breach_at",
}  # fmt: skip
"""Every key by which strangers are told something. Whoever adds one decides here that it is everybody's."""
WITHHELD = {
    "services.reason", "services.checks.reason", "incidents.acknowledged.by", "agreements.availability.burn_alerts",
}  # fmt: skip
"""Every key by which they find nothing, so that programs read one form whoever they are."""


def told(status: Status) -> Status:
    """The status with the secret wherever something of the provider's own can stand."""

    def of(burning: BudgetStatus) -> BudgetStatus:
        burn: Burn = burning.outlook.so_far.burn
        rule = BurnRule(parse_percent("2%"), parse_duration("1h"), parse_duration("5m"))
        return evolve(burning, alerts=(BudgetAlert(SECRET, BurnAlert(rule, None, burn, burn, True)),))

    def seen(one: Any) -> Any:
        reason = f"connect to https://ana:pw@{SECRET}:5432 refused"
        return evolve(one, reason=reason, checks=tuple(evolve(check, reason=reason) for check in one.checks))

    return evolve(
        status,
        services=tuple(map(seen, status.services)),
        incidents=tuple(evolve(one, acknowledged_by=SECRET) for one in status.incidents),
        agreements=tuple(
            evolve(one, objectives=tuple(evolve(each, burning=of(each.burning)) for each in one.objectives))
            for one in status.agreements
        ),
    )


class Site:
    """A desk's site upon such a status, with troubles that name the secret too."""

    def __init__(self, desk: Desk, status: Status) -> None:
        self.status = told(status)
        self.site = evolve(
            desk.site,
            status=lambda: self.status,
            troubles=lambda: self.troubles,
            warnings=lambda: (f"mails cannot be fetched from imap://{SECRET}",),
        )
        self.troubles: tuple[str, ...] = ()
        self.app = create_app(self.site, desk.clock.monotonic)
        self.stack = ExitStack()

    def visitor(self, token: str | None) -> Any:
        client = self.stack.enter_context(TestClient(self.app, raise_server_exceptions=False))
        if token is not None:
            client.headers["Authorization"] = f"Bearer {token}"
        return client


@pytest.fixture
def site(desk: Desk, one_down: Status) -> Iterator[Site]:
    made = Site(desk, one_down)
    with made.stack:
        yield made


def keys(found: Any, before: str = "") -> Iterator[str]:
    if isinstance(found, dict):
        for key, value in found.items():
            yield before + key
            yield from keys(value, f"{before}{key}.")
    elif isinstance(found, list):
        for one in found:
            yield from keys(one, before)


@pytest.mark.parametrize("token", [None, ACME], ids=["a stranger", "a customer"])
@pytest.mark.parametrize("is_ready", [True, False])
def test_no_door_shows_what_is_the_providers_own(site: Site, token: str | None, is_ready: bool) -> None:
    site.troubles = () if is_ready else (f"the store cannot be written: {SECRET}",)
    paths = {route.path for route in site.app.routes if "GET" in getattr(route, "methods", {"GET"})}

    answers = {path: site.visitor(token).get(path.replace("{", "").replace("}", "")) for path in paths}
    answers |= {path: site.visitor(token).get(path) for path in ("/?lang=pt", "/nothing", "/api/v1/nothing", "/static")}

    assert {"/", "/api/v1/status", "/readyz", "/metrics"} <= paths
    shown = {path: answer.text + json.dumps(dict(answer.headers)) for path, answer in answers.items()}
    assert [path for path, text in shown.items() if SECRET in text or "ana:pw" in text] == []
    assert "API" in shown["/"]


def test_every_key_that_strangers_read_is_known(one_down: Status) -> None:
    assert set(keys(public_json(told(one_down)))) == PUBLIC | WITHHELD
    assert SECRET not in json.dumps(public_json(told(one_down)))


def test_programs_with_an_agents_token_read_all_that_the_command_line_tells(site: Site) -> None:
    assert site.visitor(ANA).get("/api/v1/status").json() == json.loads(json.dumps(status_json(site.status)))


@pytest.mark.parametrize("path", ["/api/v1/status", "/readyz"])
def test_a_token_that_is_nobodys_is_refused_where_strangers_are_let_in_too(site: Site, path: str) -> None:
    assert site.visitor(None).get(path).status_code == 200
    assert site.visitor("x" * 20).get(path).status_code == 401


def test_agents_are_told_what_is_wrong_with_the_engine_and_strangers_that_anything_is(site: Site) -> None:
    warned = {token: site.visitor(token).get("/readyz") for token in (None, ANA)}
    site.troubles = ("the store cannot be written: disk full",)
    troubled = {token: site.visitor(token).get("/readyz") for token in (None, ANA)}

    assert {answer.status_code for answer in warned.values()} == {200}
    assert warned[None].text == "ready\ndegraded\n"
    assert warned[ANA].text == f"ready\ndegraded: mails cannot be fetched from imap://{SECRET}\n"
    assert {answer.status_code for answer in troubled.values()} == {503}
    assert troubled[None].text == "not ready\n"
    assert troubled[ANA].text == "the store cannot be written: disk full\n"
