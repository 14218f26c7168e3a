"""Error budgets worked out from a real store and real policies: burn, alerts by escalation, and one set of figures."""

from pathlib import Path
from typing import Any

import pytest

from sla_engine import load_policies
from sla_engine.engine.escalation import routes_of_incidents
from sla_engine.engine.standing import standing
from sla_engine.engine.status import ObjectiveStatus, status_json
from sla_engine.model.instant import DAY, HOUR, MINUTE, Instant, parse_instant
from sla_engine.model.result import Result, State
from sla_engine.policy import PolicySet
from sla_engine.store import Store, open_store

# November 2026 has 30 days; this is 20 minutes into it.
NOW = parse_instant("2026-11-01T00:20:00Z")
POLICY = """
[service.web]
every = "1m"
check.home = { probe = "http", url = "http://web.example" }
[service.api]
every = "1m"
check.health = { probe = "http", url = "http://api.example" }
[sla.standard]
timezone = "UTC"
availability = { web = "99%", api = "99%" }
[notifier.ring]
via = "email"
server = "smtp://mail.example:25"
from = "us@example.com"
to = ["you@example.com"]
[escalation.down]
on = { services = "all" }
step = [{ notify = ["ring"] }]
[escalation.budget]
on = { services = ["web"], burn = [
  { share = "2%", long = "1h", short = "5m" }, { share = "10%", long = "3d", short = "6h" },
] }
step = [{ notify = ["ring"] }]
"""


@pytest.fixture
def policies(tmp_path: Path) -> PolicySet:
    (tmp_path / "policy.toml").write_text(POLICY)
    return load_policies(tmp_path, environ={})


@pytest.fixture
def store(store_url: str) -> Any:
    with open_store(store_url) as opened:
        opened.start_writer()
        yield opened


def put(store: Store, check: str, start: Instant, end: Instant, state: State) -> None:
    for at in range(start, end, MINUTE):
        store.writer.put(Result(check, at, state, MINUTE, reason=None if state is State.UP else "status 503"))
    assert store.writer.flush(20)


def objectives(policies: PolicySet, store: Store, now: Instant = NOW) -> dict[str, ObjectiveStatus]:
    return {one.service: one for one in standing(policies, store, now).agreements[0].objectives}


def test_an_outage_fires_the_alerts_of_the_escalations_upon_its_service(policies: PolicySet, store: Store) -> None:
    for check in ("web/home", "api/health"):
        put(store, check, NOW - 3 * DAY, NOW - 10 * MINUTE, State.UP)
        put(store, check, NOW - 10 * MINUTE, NOW, State.DOWN)

    found = objectives(policies, store)

    alerts = found["web"].burning.alerts
    assert [(one.escalation, one.alert.rule.share.ratio * 100, one.alert.fires) for one in alerts] == [
        ("budget", 2, True),
        ("budget", 10, False),
    ]
    assert found["api"].burning.alerts == ()


def test_windows_are_filled_from_before_the_period(policies: PolicySet, store: Store) -> None:
    put(store, "web/home", NOW - 90 * MINUTE, NOW - HOUR, State.DOWN)
    put(store, "web/home", NOW - HOUR, NOW, State.UP)

    web = objectives(policies, store)["web"].burning.outlook

    assert {str(pace.window): pace.burn.spent // MINUTE for pace in web.recent} == {
        "1h": 0, "6h": 30, "1d": 30, "3d": 30
    }  # fmt: skip
    assert web.spent == 0


def test_a_budget_that_burns_is_no_incident(policies: PolicySet) -> None:
    assert [route.escalation for route in routes_of_incidents("web", policies)] == ["down"]


def test_programs_read_rates_as_text_and_lengths_in_seconds(policies: PolicySet, store: Store) -> None:
    now = NOW + 4 * DAY
    put(store, "web/home", now - 30 * MINUTE, now - 10 * MINUTE, State.UP)
    put(store, "web/home", now - 10 * MINUTE, now, State.DOWN)

    [web, _] = status_json(standing(policies, store, now))["agreements"][0]["availability"]

    assert (web["budget"], web["budget_left"], web["budget_spent"]) == (25_920, 25_320, 600)
    assert web["burn"][1] == {
        "window": "1h",
        "rate": "33.333333",
        "spent": 600,
        "measured_at_end": "66.666666",
        "breach_at": "2026-11-05T21:26:00Z",
    }
    assert web["burn_alerts"][0] == {
        "escalation": "budget",
        "share": "2",
        "long": {"window": "1h", "rate": "16.666666"},
        "short": {"window": "5m", "rate": "100"},
        "factor": "14.4",
        "fires": True,
    }


@pytest.mark.parametrize("profile", ['measure = "checks"', 'measure = "slots"'])
def test_where_checks_are_counted_windows_count_those_before_the_period_too(
    tmp_path: Path, store: Store, profile: str
) -> None:
    (tmp_path / "policy.toml").write_text(f"{POLICY}[accounting.default]\n{profile}\n")
    put(store, "web/home", NOW - HOUR, NOW - 30 * MINUTE, State.DOWN)
    put(store, "web/home", NOW - 30 * MINUTE, NOW, State.UP)

    web = objectives(load_policies(tmp_path, environ={}), store)["web"].burning.outlook

    assert (web.recent[0].burn.rate, web.so_far.burn.rate) == (50, 0)
