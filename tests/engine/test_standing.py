"""How things stand, worked out from a real store and real policies."""

from collections.abc import Callable
from pathlib import Path

import pytest
from attrs import evolve

from sla_engine import load_policies
from sla_engine.calendars.periods import period_at
from sla_engine.engine.standing import known_history, standing
from sla_engine.engine.status import Status, status_json
from sla_engine.evaluation import evaluate
from sla_engine.model.incident import IncidentEvent, IncidentRecord
from sla_engine.model.instant import MINUTE, Instant, parse_instant
from sla_engine.model.result import Result, State
from sla_engine.policy import PolicySet
from sla_engine.store import Store, open_store
from sla_engine.store.incidents import add_incident

NOW = parse_instant("2026-10-03T12:00:00Z")
POLICY = """
[service.web]
every = "1m"
check.home = { probe = "http", url = "http://web.example" }
[sla.standard]
timezone = "GMT+1"
availability.web = "99%"
[customer.acme]
sla = "standard"
availability.relay = "99%"
[customer.acme.service.relay]
every = "1m"
check.smtp = { probe = "http", url = "http://relay.example" }
"""

Told = Callable[..., Status]


@pytest.fixture
def policies(tmp_path: Path) -> PolicySet:
    (tmp_path / "policy.toml").write_text(POLICY)
    return load_policies(tmp_path, environ={})


@pytest.fixture
def told(store_url: str, policies: PolicySet) -> Told:
    """How things stand after results so many minutes before now."""

    def tell(results: dict[float, State], now: Instant = NOW, customer: str | None = None) -> Status:
        store: Store
        with open_store(store_url) as store:
            writer = store.start_writer()
            for minutes, state in results.items():
                reason = None if state is State.UP else f"saw {state}"
                writer.put(Result("web/home", NOW - round(minutes * MINUTE), state, MINUTE, latency=900, reason=reason))
            writer.flush(5)
            return standing(policies, store, now, customer=customer)

    return tell


def test_without_results_nothing_is_known(told: Told) -> None:
    status = told({})

    assert status.overall == "unknown"
    assert status.services[0].since is None
    assert status.agreements[0].objectives[0].verdict == "no_data"


def test_a_service_is_what_its_newest_results_say_since_the_first_of_them(told: Told) -> None:
    status = told({5: State.UP, 4: State.UP, 3: State.DOWN, 2: State.DOWN, 1: State.DOWN, 0: State.DOWN})

    [web] = status.services
    assert (web.state, web.since, web.reason) == ("down", NOW - 3 * MINUTE, "web/home: saw down")
    assert status.overall == "down"


def test_a_degraded_check_makes_a_service_that_is_up_degraded(told: Told) -> None:
    [web] = told({1: State.UP, 0: State.DEGRADED}).services

    assert (web.state, web.reason) == ("degraded", "saw degraded")


@pytest.mark.parametrize("last", [{3: State.UP}, {0: State.ERROR}])
def test_what_is_stale_or_our_own_failure_is_unknown(told: Told, last: dict[float, State]) -> None:
    [web] = told(last).services

    assert web.state == "unknown"
    assert web.checks[0].state == "unknown"


def test_customers_and_their_services_are_shown_to_nobody_else(told: Told) -> None:
    public = status_json(told({0: State.UP}))

    assert "acme" not in str(public)


def test_a_customers_own_are_shown_where_they_are_asked_for(told: Told) -> None:
    status = told({0: State.UP}, customer="acme")

    assert [service.id for service in status.services] == ["web", "acme/relay"]
    assert [agreement.customer for agreement in status.agreements] == [None, "acme"]


def test_an_outage_over_the_start_of_a_period_is_as_long_as_it_really_was(tmp_path: Path, store_url: str) -> None:
    """Down from ten minutes before October to six minutes into it, with one result missing: long enough to count."""
    (tmp_path / "policy.toml").write_text(POLICY + '[accounting.default]\nmin_outage = "10m"\n')
    policies = load_policies(tmp_path, environ={})
    start = parse_instant("2026-09-30T23:00:00Z")
    with open_store(store_url) as store:
        writer = store.start_writer()
        for minute in range(-30, 60):
            if minute != -2:
                state = State.DOWN if -10 <= minute < 6 else State.UP
                reason = "saw down" if state is State.DOWN else None
                writer.put(Result("web/home", start + minute * MINUTE, state, MINUTE, latency=900, reason=reason))
        writer.flush(5)
        contract = policies.contract(sla="standard", at=start)
        period = period_at(start, contract.period, contract.timezone)
        history = known_history(policies, store, contract, period)

    [web] = evaluate(contract, history, period, start + 60 * MINUTE).availability

    assert web.kinds.down == 6 * MINUTE


def test_incidents_that_were_open_at_the_instant_are_told_with_who_had_them_in_hand_by_then(
    store_url: str, policies: PolicySet
) -> None:
    began = NOW - 10 * MINUTE
    opened = IncidentEvent(began, "opened", detail={"state": "down"})
    taken = IncidentEvent(NOW, "acknowledged", "anna")
    over = IncidentEvent(NOW + MINUTE, "closed")
    with open_store(store_url) as store:
        store.start_writer()
        record = IncidentRecord(
            0, "web", began, began, NOW + MINUTE, NOW + MINUTE, "down", False, (opened, taken, over)
        )  # fmt: skip
        with store.changing() as connection:
            add_incident(connection, record)
            add_incident(connection, evolve(record, service="acme/relay"))

        told = {at: standing(policies, store, NOW + at * MINUTE).incidents for at in (-11, -1, 0, 1)}

    assert [len(told[at]) for at in (-11, -1, 0, 1)] == [0, 1, 1, 0]
    assert [(one.service, one.since, one.acknowledged_by) for at in (-1, 0) for one in told[at]] == [
        ("web", began, None),
        ("web", began, "anna"),
    ]
