"""`sla report` with figures of support: as a section, beside a frozen report, and alone for the whole desk."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from sla_engine import load_policies
from sla_engine.engine.tickets.acting import Desk
from sla_engine.engine.tickets.opening import Opening, open_ticket
from sla_engine.model.instant import HOUR, parse_instant
from sla_engine.store import open_store

Sla = Callable[..., subprocess.CompletedProcess[str]]
POLICIES = """
[calendar.office]
timezone = "UTC"
hours.mon-fri = "10:00-18:00"
[service.api]
check.health = { probe = "http", url = "http://127.0.0.1:1/" }
[sla.standard]
timezone = "UTC"
availability.api = "99%"
response.first = { within = "4h", during = "office" }
response.second = { within = "8h", during = "office" }
[customer.acme]
sla = "standard"
response.first = { within = "30m", during = "office" }
[support.first]
escalates_to = ["second"]
[support.second]
teams = { deliverability = "network", other = "development" }
[engine]
store = "sqlite:///sla.db"
"""
NOON = parse_instant("2025-06-05T12:00:00Z")  # a Thursday


@pytest.fixture
def june(tmp_path: Path) -> Path:
    """A folder with policies and a store: in June 2025 one of ACME's tickets was late, and one of nobody's is left."""
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "all.toml").write_text(POLICIES)
    policies = load_policies(tmp_path / "policies")
    with open_store(f"sqlite:///{tmp_path / 'sla.db'}") as store:
        store.upgrade()
        for customer in ("acme", None):
            opening = Opening("No mail arrives", customer=customer, topic="deliverability", who="ana")
            open_ticket(policies, store, opening, NOON)
        Desk(policies, store, "ana", NOON + HOUR).resolve("T-1", "Done.")
        Desk(policies, store, "ana", NOON + 2 * HOUR).escalate("T-2", "second")
        Desk(policies, store, "ana", NOON + 3 * HOUR).answer("T-2", "Done.", level="first")
        Desk(policies, store, "ana", NOON + 24 * HOUR).answer("T-2", "Done.")
    return tmp_path


def test_a_report_has_the_figures_of_its_own_tickets(sla: Sla, june: Path) -> None:
    told = json.loads(sla("report", "--period", "2025-06", "--format", "json").stdout)
    text = sla("report", "--period", "2025-06", "--customer", "acme").stdout

    assert [(one["level"], one["met"], one["breached"]) for one in told["response"]] == [
        ("first", 1, 0),
        ("second", 1, 0),
    ]
    support = told["support"]
    assert {name: support["answers"][name] for name in ("met", "breached", "measured")} == {
        "met": 2,
        "breached": 0,
        "measured": "100",
    }
    assert [(one["team"], one["answers"]["median"]) for one in support["teams"]] == [
        ("network", 6 * 3600),
        (None, 3 * 3600),
    ]
    assert "  acme      0        1     0     0%    1      1h           1h" in text


def test_the_whole_desk_is_told_of_alone(sla: Sla, june: Path) -> None:
    done = sla("report", "--period", "2025-06", "--support")
    told = json.loads(sla("report", "--period", "2025-06", "--support", "--format", "json").stdout)
    acmes = json.loads(
        sla("report", "--period", "2025-06", "--support", "--customer", "acme", "--format", "json").stdout
    )

    assert (done.returncode, "Agreement" in done.stdout) == (0, False)
    assert done.stdout.startswith("Support   2025-06: 2025-06-01 00:00:00 to 2025-07-01 00:00:00 (UTC), ended\n")
    assert "  7 days and more  0            0                    1         0\n" in done.stdout
    assert [(one["customer"], one["opened"]) for one in told["support"]["customers"]] == [("acme", 1), (None, 1)]
    assert [(one["customer"], one["opened"]) for one in acmes["support"]["customers"]] == [("acme", 1)]


def test_the_same_tickets_give_the_same_bytes(sla: Sla, june: Path) -> None:
    first, again = (sla("report", "--period", "2025-06", "--support", "--format", "json").stdout for _ in range(2))

    assert first == again


def test_a_frozen_report_keeps_its_bytes_and_has_the_figures_beside_it(sla: Sla, june: Path) -> None:
    frozen = sla("report", "--period", "2025-06", "--format", "json", "--freeze")
    text = sla("report", "--period", "2025-06").stdout
    verified = sla("verify", "2025-06")

    assert "support" not in json.loads(frozen.stdout)
    assert text.index("revision 1") < text.index("Support   2025-06")
    assert (verified.returncode, "agrees" in verified.stdout) == (0, True)


def test_figures_alone_are_neither_frozen_nor_corrected(sla: Sla, june: Path) -> None:
    done = sla("report", "--period", "2025-06", "--support", "--freeze")

    assert (done.returncode, "give one of" in done.stderr) == (2, True)
