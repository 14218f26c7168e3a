"""By whose contract a ticket is answered: the customer's own while it stands, else the general SLA's."""

from pathlib import Path
from typing import Any

import pytest

from sla_engine import load_policies
from sla_engine.model.instant import parse_instant
from sla_engine.model.ticket import TicketAct, TicketEvent
from sla_engine.policy import PolicySet
from sla_engine.policy.tickets import covered_tickets

POLICIES = """
[service.api]
check.health = { probe = "http", url = "http://127.0.0.1:1/" }
[sla.gold]
availability.api = "99%"
timezone = "GMT+1"
response.first = { within = "1h" }
[sla.basic]
availability.api = "99%"
timezone = "GMT+1"
response.first = { within = "4h" }
[customer.acme]
sla = "gold"
since = 2026-02-01
until = 2026-06-01
response.first = { within = "30m" }
[[customer.acme.amendment]]
from = 2026-04-01
response.first = { within = "20m" }
"""


@pytest.fixture
def policies(tmp_path: Path) -> PolicySet:
    (tmp_path / "all.toml").write_text(POLICIES)
    return load_policies(tmp_path, environ={})


def event(ticket: str, act: str, at: str, customer: str | None = "acme") -> TicketEvent:
    return TicketEvent(ticket, TicketAct(act), parse_instant(f"2026-{at}:00Z"), "first", customer)


@pytest.mark.parametrize(
    ("customer", "at", "within"),
    [
        (None, "03-01T12:00", "4h"),
        ("nobody-we-know", "03-01T12:00", "4h"),
        ("acme", "01-31T22:59", "4h"),
        ("acme", "01-31T23:00", "30m"),
        ("acme", "04-01T12:00", "20m"),
        ("acme", "05-31T22:59", "20m"),
        ("acme", "05-31T23:00", "4h"),
    ],
)
def test_a_clock_runs_by_the_contract_that_stood_when_it_started(
    policies: PolicySet, customer: str | None, at: str, within: str
) -> None:
    terms = policies.answering.terms(customer, parse_instant(f"2026-{at}:00Z"))

    assert terms is not None
    assert str(terms.response[0].within) == within


@pytest.mark.parametrize(("slas", "general"), [("gold basic", "basic"), ("gold standard basic", "standard")])
def test_the_general_sla_is_the_same_whatever_the_files_are_called(tmp_path: Path, slas: str, general: str) -> None:
    for number, sla in enumerate(slas.split()):
        (tmp_path / f"{number}.toml").write_text(f'[sla.{sla}]\navailability.api = "99%"')
    (tmp_path / "services.toml").write_text(POLICIES.partition("[sla.gold]")[0])

    assert load_policies(tmp_path, environ={}).general_sla == general


def test_without_any_sla_nothing_is_promised_to_whoever_has_no_contract(tmp_path: Path) -> None:
    (tmp_path / "all.toml").write_text('[support.first]\ntitle = "First"')

    assert load_policies(tmp_path, environ={}).answering.terms(None, 0) is None


def starts(events: Any) -> list[tuple[str, str | None]]:
    return [(one.ticket, one.level) for one in events if one.act in {TicketAct.OPENED, TicketAct.REOPENED}]


def test_of_a_ticket_that_is_older_than_its_contract_each_has_the_clocks_that_are_its_own(policies: PolicySet) -> None:
    events = [
        event("before and after", "opened", "01-20T12:00"),
        event("before and after", "answered", "01-20T13:00"),
        event("before and after", "reopened", "03-20T12:00"),
        event("within", "opened", "03-20T12:00"),
        event("nobody's", "opened", "03-20T12:00", None),
    ]

    assert starts(covered_tickets(policies, events, None)) == [
        ("before and after", "first"),
        ("before and after", None),
        ("nobody's", "first"),
    ]
    assert {one.ticket for one in covered_tickets(policies, events, "acme")} == {"before and after", "within"}
