"""``sla explain route``: who would be told of an outage, as people and programs read it."""

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

Sla = Callable[..., CompletedProcess[str]]

POLICIES = """
[calendar.nights]
timezone = "Europe/Lisbon"
hours.all = "22:00-08:00"
[calendar.never]
timezone = "UTC"

[service.network]
check.ping = { probe = "http", url = "http://network.example" }
[service.api]
title = "Programming interface"
severity = "critical"
depends_on = ["network"]
check.health = { probe = "http", url = "http://api.example" }
[service.wiki]
severity = "minor"
check.home = { probe = "http", url = "http://wiki.example" }

[sla.standard]
timezone = "Europe/Lisbon"
availability = { network = "99%", api = "99%" }
[customer.acme]
sla = "standard"
[customer.globex]
sla = "standard"

[notifier]
it-mail = { via = "email", server = "smtp://m:25", from = "us@m.example", to = ["it@m.example", "ops@m.example"] }
anna = { via = "email", server = "smtp://m:25", from = "us@m.example", to = ["anna@m.example"] }
bruno = { via = "email", server = "smtp://m:25", from = "us@m.example", to = ["bruno@m.example"] }
carla = { via = "email", server = "smtp://m:25", from = "us@m.example", to = ["carla@m.example"], during = "nights" }
nobody = { via = "email", server = "smtp://m:25", from = "us@m.example", to = ["x@m.example"], during = "never" }
acme-desk = { via = "email", server = "smtp://m:25", from = "us@m.example", to = ["acme@m.example"] }

[rotation.oncall]
of = ["anna", "bruno"]
every = "7d"
from = 2026-01-05T09:00:00
timezone = "Europe/Lisbon"
override = [{ from = 2026-01-14T00:00:00, until = 2026-01-15T00:00:00, notify = "carla" }]

[escalation.all]
on = {}
confirm = 2
repeat = "4h"
step = [
  { notify = ["it-mail"] },
  { after = "15m", notify = ["oncall", "carla"] },
  { after = "1h", notify = ["nobody", "it-mail"] },
]
[escalation.acme]
on = { customers = ["acme"] }
step = [{ notify = ["acme-desk"] }]
[escalation.worse]
on = { services = ["api"], state = "degraded" }
step = [{ notify = ["it-mail"] }]
[escalation.wikis]
on = { services = ["wiki"] }
step = [{ notify = ["it-mail"] }]
[escalation.minor]
on = { severities = ["minor"] }
step = [{ notify = ["it-mail"] }]
[escalation.globex]
on = { customers = ["globex"], services = ["network"] }
step = [{ notify = ["it-mail"] }]
[escalation.budget]
on = { burn = [{ share = "2%", long = "1h", short = "5m" }] }
step = [{ notify = ["it-mail"] }]
[escalation.ends]
on = { certificate = "14d" }
step = [{ notify = ["it-mail"] }]
[escalation.ours]
on = { engine = true }
step = [{ notify = ["it-mail"] }]

[maintenance.works]
services = ["network"]
starts = 2026-01-20T22:00:00+00:00
lasts = "2h"
"""


@pytest.fixture
def ask(sla: Sla, tmp_path: Path) -> Sla:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "policy.toml").write_text(POLICIES)
    return lambda *arguments, **environ: sla("explain", "route", *arguments, **environ)


def read(done: CompletedProcess[str]) -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("day", ("api", "--at", "2026-01-07T12:00", "--lasts", "90m")),
        ("night", ("api", "--at", "2026-01-07T23:00:30", "--lasts", "90m", "--customer", "globex")),
        ("short", ("api", "--at", "2026-01-07T12:00Z", "--lasts", "5m")),
        ("stands-in", ("network", "--at", "2026-01-14T23:00", "--lasts", "20m")),
        ("long", ("api", "--at", "2026-01-07T20:00")),
        ("degraded", ("api", "--at", "2026-01-07T20:00", "--lasts", "1h", "--state", "degraded")),
        ("maintenance", ("network", "--at", "2026-01-20T23:00", "--lasts", "90m")),
    ],
)
def test_it_says_who_is_told_when_and_why_somebody_is_not(
    name: str, arguments: tuple[str, ...], ask: Sla, golden: Callable[[str, str], None]
) -> None:
    done = ask(*arguments)

    assert (done.returncode, done.stderr) == (0, "")
    golden(f"route-{name}.txt", done.stdout)


def test_programs_read_the_same(ask: Sla) -> None:
    found = read(ask("api", "--at", "2026-01-07T12:00", "--lasts", "90m", "--format", "json"))

    assert {key: found[key] for key in ("service", "severity", "state", "at", "until", "depends_on")} == {
        "service": "api",
        "severity": "critical",
        "state": "down",
        "at": "2026-01-07T12:00:00Z",
        "until": "2026-01-07T13:30:00Z",
        "depends_on": ["network"],
    }
    told = {one["escalation"]: one["told"] for one in found["escalations"]}
    assert told["all"][1] == {
        "at": "2026-01-07T12:15:00Z",
        "about": "opened",
        "step": 2,
        "name": "oncall",
        "notifier": "anna",
        "stands_in": False,
        "recipients": ["anna@m.example"],
        "waited": [],
    }
    assert [one["escalation"] for one in found["others"]] == ["wikis", "minor", "globex", "budget", "ends", "ours"]


def test_what_a_customer_is_told_of_leaves_other_customers_out(ask: Sla) -> None:
    by_acme = read(ask("api", "--at", "2026-01-07T12:00", "--customer", "acme", "--format", "json"))
    by_globex = read(ask("api", "--at", "2026-01-07T12:00", "--customer", "globex", "--format", "json"))

    assert [one["escalation"] for one in by_acme["escalations"]] == ["all", "acme", "worse"]
    assert [one["escalation"] for one in by_globex["escalations"]] == ["all", "worse"]


def test_without_an_instant_it_is_about_now(ask: Sla) -> None:
    assert ask("api").stdout.startswith("api is down from 2")


def test_what_is_over_before_maintenance_ends_is_told_to_nobody(ask: Sla) -> None:
    done = ask("network", "--at", "2026-01-20T23:00", "--lasts", "30m")

    assert done.returncode == 1
    assert "over before the maintenance ends: no incident opens" in done.stdout


def test_where_nobody_is_told_the_answer_is_no(ask: Sla, tmp_path: Path) -> None:
    (tmp_path / "policies" / "policy.toml").write_text('[service.api]\ncheck.a = { probe = "http", url = "http://x" }')

    done = ask("api", "--at", "2026-01-07T12:00")

    assert done.returncode == 1
    assert "nobody is told" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("ap",), "there is no service 'ap'; there is network, api, wiki"),
        (("api", "--at", "noon"), "write it like 2026-10-03T12:00"),
        (("api", "--lasts", "2 hours"), "'2 hours' is not a duration"),
        (("api", "--lasts", "0s"), "what lasts no time at all is told to nobody"),
        (("api", "--customer", "acmee"), "there is no customer 'acmee'"),
        (("api", "--state", "up"), "'up' is not one of 'down', 'degraded'"),
    ],
)
def test_what_cannot_be_asked_is_refused(arguments: tuple[str, ...], said: str, ask: Sla) -> None:
    done = ask(*arguments)

    assert done.returncode == 2
    assert said in done.stderr


def test_codes_are_explained_as_before(sla: Sla) -> None:
    before, after = sla("explain", "--format", "json", "sla221"), sla("explain", "sla221", "--format", "json")

    assert json.loads(before.stdout) == json.loads(after.stdout)
    assert json.loads(before.stdout)["code"] == "SLA221"
