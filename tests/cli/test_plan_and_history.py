"""`sla plan` and `sla history`: what would change, what did, and what it does to the running month."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from sla_engine import load_policies
from sla_engine.model.instant import DAY, HOUR, MINUTE, parse_instant
from sla_engine.model.result import Result, State
from sla_engine.policy import take_snapshot
from sla_engine.store import LoadedPolicies, open_store

Sla = Callable[..., subprocess.CompletedProcess[str]]
NOVEMBER = parse_instant("2026-11-01T00:00:00Z")
NOW = "2026-11-11T00:00Z"
POLICIES = """
[service.api]
every = "1h"
check.health = { probe = "http", url = "http://127.0.0.1:1/" }
[sla.standard]
timezone = "UTC"
availability.api = "99%"
[notifier.it]
via = "email"
server = "smtp://127.0.0.1:25"
from = "a@example.com"
to = ["b@example.com"]
[escalation.all]
on = { services = "all" }
step = [{ notify = ["it"] }]
[engine]
store = "sqlite:///sla.db"
"""
ACME = """
[customer.acme]
sla = "standard"
since = 2026-01-01
availability.api = "99.5%"
response.first = { within = "4h" }
[[customer.acme.amendment]]
from = 2026-10-01
response.first.within = "2h"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    policies = tmp_path / "policies"
    (policies / "customers").mkdir(parents=True)
    (policies / "all.toml").write_text(POLICIES)
    (policies / "customers" / "acme.toml").write_text(ACME)
    return policies


def load_into_store(folder: Path, at: int = NOVEMBER) -> None:
    policies = load_policies(folder)
    with open_store(f"sqlite:///{folder.parent / 'sla.db'}") as store:
        writer = store.start_writer()
        writer.keep_policies(LoadedPolicies(at, policies.hash, take_snapshot(policies)))
        assert writer.flush(10)


def keep_ten_days_with_two_hours_down(folder: Path) -> None:
    with open_store(f"sqlite:///{folder.parent / 'sla.db'}") as store:
        writer = store.start_writer()
        for hour in range(240):
            state = State.DOWN if hour in {50, 51} else State.UP
            reason = "status 503" if state is State.DOWN else None
            writer.put(Result("api/health", NOVEMBER + hour * HOUR, state, HOUR, latency=1000, reason=reason))
        assert writer.flush(10)


def change(folder: Path, old: str, new: str, file: str = "customers/acme.toml") -> None:
    path = folder / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))


def test_before_anything_is_in_force_the_plan_counts(sla: Sla, folder: Path) -> None:
    done = sla("plan")

    assert done.returncode == 0
    assert done.stdout.startswith("Nothing is in force yet: 1 services with 1 checks, 1 SLAs and 1 dedicated contracts")


def test_with_nothing_changed_the_plan_says_so(sla: Sla, folder: Path) -> None:
    load_into_store(folder)

    assert sla("plan").stdout == "No changes since 2026-11-01T00:00:00Z.\n"


def test_one_number_of_one_customer_is_all_that_the_plan_tells(sla: Sla, folder: Path) -> None:
    load_into_store(folder)
    change(folder, 'within = "2h"', 'within = "1h"')

    done = sla("plan", "--now", NOW)

    assert done.stdout == (
        "Changes to what is in force since 2026-11-01T00:00:00Z:\n\n"
        "customer/acme\n  first level: 2h -> 1h\n\n"
        "No verdict of a running period changes.\n"
    )


def test_what_it_does_to_the_running_month_is_told(sla: Sla, folder: Path) -> None:
    load_into_store(folder)
    keep_ten_days_with_two_hours_down(folder)
    change(folder, '"99.5%"', '"99.9%"')

    text = sla("plan", "--now", NOW).stdout
    [effect] = json.loads(sla("plan", "--now", NOW, "--format", "json").stdout)["effects"]

    assert "  availability of api: 99.5% -> 99.9%\n" in text
    assert (
        "customer/acme 2026-11, availability.api: at risk at 99.166666%, 1h36m left -> breached at 99.166666%, "
        "-1h16m48s left\n" in text
    )
    assert (effect["holder"], effect["before"]["finding"], effect["after"]["finding"]) == (
        "customer/acme",
        "at_risk",
        "breached",
    )


def test_a_change_of_the_standard_names_those_who_follow(sla: Sla, folder: Path) -> None:
    load_into_store(folder)
    change(folder, 'timezone = "UTC"', 'timezone = "GMT+1"', "all.toml")

    assert "sla/standard\n  timezone: UTC -> GMT+1 (also for acme, by inheritance)\n" in sla("plan").stdout


def test_another_folder_can_be_compared_with(sla: Sla, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "all.toml").write_text(POLICIES)

    assert "customer/acme: added\n" in sla("plan", "--against", "old").stdout


def test_a_stale_plan_is_refused(sla: Sla, folder: Path) -> None:
    load_into_store(folder)
    change(folder, 'within = "2h"', 'within = "1h"')
    sla("plan", "--out", "plan.json")

    fresh = sla("plan", "--verify", "plan.json")
    change(folder, 'within = "1h"', 'within = "30m"')
    edited = sla("plan", "--verify", "plan.json")
    change(folder, 'within = "30m"', 'within = "1h"')
    load_into_store(folder, NOVEMBER + DAY)
    loaded = sla("plan", "--verify", "plan.json")

    assert fresh.returncode == 0
    assert (edited.returncode, "what the files say is no longer" in edited.stderr) == (2, True)
    assert (loaded.returncode, "what is in force is no longer" in loaded.stderr) == (2, True)


def test_a_broken_set_has_no_plan(sla: Sla, folder: Path) -> None:
    change(folder, "within", "witin")

    done = sla("plan")

    assert done.returncode == 2
    assert "SLA101" in done.stderr


def test_history_tells_amendments_by_date_and_what_was_loaded(sla: Sla, folder: Path) -> None:
    load_into_store(folder)
    change(folder, '"99.5%"', '"99.9%"')
    load_into_store(folder, NOVEMBER + 5 * MINUTE)

    text = sla("history", "customer/acme").stdout
    found = json.loads(sla("history", "customer/acme", "--format", "json").stdout)

    assert "  2026-10-01  amended\n    first level: 4h -> 2h\n" in text
    assert "  2026-11-01T00:05:00Z  changed, policies " in text
    assert text.endswith("\n    availability of api: 99.5% -> 99.9%\n")
    assert [version["begins"] for version in found["versions"]] == ["2026-01-01", "2026-10-01"]
    assert [len(load["changes"]) for load in found["loads"]][1:] == [1]


def test_an_ended_month_is_judged_by_what_was_in_force_then(sla: Sla, folder: Path) -> None:
    load_into_store(folder)
    keep_ten_days_with_two_hours_down(folder)
    change(folder, '"99.5%"', '"80%"')
    load_into_store(folder, NOVEMBER + 40 * DAY)

    def target(*now: str) -> str:
        done = sla("report", "--customer", "acme", "--period", "2026-11", "--format", "json", *now)
        return str(json.loads(done.stdout)["availability"][0]["target"])

    assert target("--now", NOW) == "80"  # it still runs, so that the present files judge it
    assert target("--now", "2026-12-20T00:00Z") == "99.5"


def test_a_customer_who_left_is_still_judged_for_the_time_before(sla: Sla, folder: Path) -> None:
    load_into_store(folder)
    keep_ten_days_with_two_hours_down(folder)
    (folder / "customers" / "acme.toml").unlink()
    load_into_store(folder, NOVEMBER + 40 * DAY)

    def report(period: str, now: str) -> subprocess.CompletedProcess[str]:
        return sla("report", "--customer", "acme", "--period", period, "--now", now, "--format", "json")

    then, later = report("2026-11", "2026-12-20T00:00Z"), report("2026-12", "2027-01-20T00:00Z")

    assert json.loads(then.stdout)["customer"] == "acme"
    assert later.returncode == 2
    assert "there was no customer 'acme'" in later.stderr
