"""``sla budget`` and the budgets in ``sla status``, as their user sees them, from a real store."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sla_engine.model.instant import MINUTE, parse_instant
from sla_engine.model.result import Result, State
from sla_engine.store import open_store

Sla = Callable[..., subprocess.CompletedProcess[str]]
Golden = Callable[[str, str], None]

# Europe/Lisbon, where October 2026 has 745 hours.
NOW = parse_instant("2026-10-05T09:20:00Z")
POLICY = """
[service.web]
every = "5m"
check.home = { probe = "http", url = "http://web.example" }
[service.api]
every = "5m"
check.health = { probe = "http", url = "http://api.example" }
[calendar.office]
timezone = "Europe/Lisbon"
hours.mon-fri = "08:00-17:00"
[sla.standard]
timezone = "Europe/Lisbon"
availability.web = "99%"
availability.api = { target = "99.9%", during = "office" }
[customer.acme]
sla = "standard"
availability.web = "99.9%"
[notifier.ring]
via = "email"
server = "smtp://mail.example:25"
from = "us@example.com"
to = ["you@example.com"]
[escalation.budget]
on = { services = "all", burn = [
  { share = "2%", long = "1h", short = "5m" }, { share = "10%", long = "3d", short = "6h" },
] }
step = [{ notify = ["ring"] }]
"""


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A week of results every five minutes; the last four are down."""
    folder = tmp_path_factory.mktemp("budgets")
    store = f"sqlite:///{folder / 'sla.db'}"
    (folder / "policy.toml").write_text(f'{POLICY}[engine]\nstore = "{store}"\n')
    with open_store(store) as opened:
        writer = opened.start_writer()
        for check in ("web/home", "api/health"):
            for minute in range(7 * 24 * 60, -1, -5):
                state = State.DOWN if minute < 20 else State.UP
                reason = "status 503" if state is State.DOWN else None
                writer.put(Result(check, NOW - minute * MINUTE, state, 5 * MINUTE, latency=900, reason=reason))
        assert writer.flush(60)
    return folder


def test_a_budget_is_shown_with_all_that_leads_to_it(sla: Sla, installation: Path, golden: Golden) -> None:
    done = sla("budget", "--policies", installation, "--now", "2026-10-05T09:20:00Z")

    assert done.returncode == 1
    golden("budget.txt", done.stdout)


def test_one_service_is_shown_where_it_is_asked_for(sla: Sla, installation: Path) -> None:
    done = sla("budget", "web", "--policies", installation, "--now", "2026-10-05T09:20:00Z", "--format", "json")

    assert done.returncode == 0
    found: dict[str, Any] = json.loads(done.stdout)
    [web] = found["availability"]
    assert (web["service"], web["during"], web["target"]) == ("web", "always", "99")
    assert [one["window"] for one in web["burn"]] == ["period", "1h", "6h", "1d", "3d"]
    assert {one["unit"]: one["by_calendar"] for one in web["allowed"]}["month"] == 7.45 * 3600
    assert {one["unit"]: one["by_convention"] for one in web["allowed"]}["month"] == 26_298


def test_a_customer_has_a_budget_of_its_own(sla: Sla, installation: Path) -> None:
    done = sla(
        "budget", "web", "--customer", "acme", "--policies", installation, "--now", "2026-10-05T09:20:00Z",
        "--format", "json",
    )  # fmt: skip

    found = json.loads(done.stdout)
    assert (found["customer"], found["availability"][0]["budget"]) == ("acme", 2_682)


def test_a_service_that_is_not_promised_is_named_with_those_that_are(sla: Sla, installation: Path) -> None:
    done = sla("budget", "shop", "--policies", installation)

    assert done.returncode == 2
    assert "availability of 'shop'; it does of web, api" in done.stderr


def test_status_shows_what_burns_and_the_same_figures_as_budget(sla: Sla, installation: Path, golden: Golden) -> None:
    at = ("--policies", installation, "--now", "2026-10-05T09:20:00Z")

    text = sla("status", *at)
    status = json.loads(sla("status", *at, "--format", "json").stdout)
    budget = json.loads(sla("budget", *at, "--format", "json").stdout)

    golden("status.txt", "\n".join(line for line in text.stdout.splitlines() if not line.startswith("As of")) + "\n")
    shown = [
        {key: value for key, value in one.items() if key not in {"during", "allowed"}} for one in budget["availability"]
    ]
    assert status["agreements"][0]["availability"] == shown
