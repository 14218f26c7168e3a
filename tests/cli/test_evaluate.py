"""A recorded history judged from the command line, as the parties of a contract would."""

import json
import random
import subprocess
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

Sla = Callable[..., subprocess.CompletedProcess[str]]

POLICY = """
[calendar.office]
timezone = "{zone}"
hours.mon-fri = "08:00-17:00"
[service.web]
every = "5m"
check.home = {{ probe = "http", url = "http://web.example" }}
[sla.standard]
timezone = "{zone}"
availability.web = "99%"
response.first = {{ within = "4h", during = "office" }}
fee = "1200 EUR"
credit = [{{ below = "99%", credit = "10%" }}, {{ below = "95%", credit = "25%" }}]
latency.web = {{ target = "95%", under = "800ms" }}
"""


def write(tmp_path: Path, zone: str, policy: str = POLICY) -> None:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "all.toml").write_text(policy.format(zone=zone))


def checks(start: datetime, count: int, down: int, ms: int = 100) -> Iterator[str]:
    for number in range(count):
        at = (start + timedelta(minutes=5 * number)).isoformat()
        state = {"state": "down", "reason": "status 503"} if number < down else {"state": "up", "ms": ms}
        yield json.dumps({"check": "web/home", "at": at, **state})


def judged(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert done.returncode in {0, 1}, done.stderr
    verdict: dict[str, Any] = json.loads(done.stdout)
    return verdict


START = datetime.fromisoformat("2026-09-01T00:00:00+01:00")
OPTIONS = ("--history", "-", "--period", "2026-09", "--format", "json")


@pytest.mark.parametrize(("failures", "finding", "status", "credit"), [(86, "met", 0, "0"), (87, "breached", 1, "10")])
def test_of_8640_checks_86_failures_are_met_and_87_breached(
    sla: Sla, tmp_path: Path, failures: int, finding: str, status: int, credit: str
) -> None:
    write(tmp_path, "GMT+1")

    done = sla("evaluate", *OPTIONS, stdin="\n".join(checks(START, 8640, failures)))

    verdict = judged(done)
    [web] = verdict["availability"]
    assert done.returncode == status
    assert web["verdict"] == finding
    assert web["seconds"]["down"] == failures * 300
    assert web["outages"][0]["reason"] == "status 503"
    assert verdict["credit"]["percent"] == credit


@pytest.mark.parametrize(
    ("zone", "period"),
    [("Europe/Rome", "2026-03"), ("Europe/Rome", "2026-10"), ("Australia/Lord_Howe", "2026-04"), ("GMT-6", "2026-02")],
)
def test_the_five_kinds_of_time_sum_to_the_period_in_every_zone(
    sla: Sla, tmp_path: Path, zone: str, period: str
) -> None:
    write(tmp_path, zone)
    rng = random.Random(zone + period)
    year, month = map(int, period.split("-"))
    tz = ZoneInfo("Etc/GMT+6" if zone == "GMT-6" else zone)
    start = datetime(year, month, 1, tzinfo=tz)
    lines = [line for line in checks(start, 8500, 40) if rng.random() < 0.9]
    rng.shuffle(lines)

    verdict = judged(sla("evaluate", "--history", "-", "--period", period, "--format", "json", stdin="\n".join(lines)))

    begin, end = (datetime.fromisoformat(verdict["period"][edge]) for edge in ("start", "end"))
    assert sum(verdict["availability"][0]["seconds"].values()) == (end - begin).total_seconds()


def test_shuffled_and_doubled_results_give_the_same_bytes(sla: Sla, tmp_path: Path) -> None:
    write(tmp_path, "GMT+1")
    lines = list(checks(START, 500, 7))
    mixed = lines * 2
    random.Random(1).shuffle(mixed)

    once, twice = (sla("evaluate", *OPTIONS, stdin="\n".join(one)) for one in (lines, mixed))

    assert once.stdout == twice.stdout


def test_a_period_that_runs_is_judged_up_to_now(sla: Sla, tmp_path: Path) -> None:
    write(tmp_path, "GMT+1")
    history = "\n".join(checks(START, 288, 3))

    day = judged(sla("evaluate", *OPTIONS, "--now", "2026-09-02T00:00:00+01:00", stdin=history))
    [web] = day["availability"]

    assert web["verdict"] == "at_risk"  # 15 of 1,440 minutes are more than 1 %
    assert web["seconds"]["unscheduled"] == 29 * 86400
    assert web["budget"] == 25_920
    assert web["budget_left"] == 25_920 - 900


def test_nothing_known_is_neither_0_nor_100_percent(sla: Sla, tmp_path: Path) -> None:
    write(tmp_path, "GMT+1")

    [web] = judged(sla("evaluate", *OPTIONS, stdin=""))["availability"]

    assert (web["verdict"], web["measured"], web["seconds"]["unknown"]) == ("no_data", None, 30 * 86400)


def test_tickets_run_clocks_in_open_time(sla: Sla, tmp_path: Path) -> None:
    write(tmp_path, "GMT+1")
    events = [
        {"ticket": "T-1", "event": "opened", "level": "first", "customer": "acme", "at": "2026-09-04T15:00:00+01:00"},
        {"ticket": "T-1", "event": "answered", "level": "first", "at": "2026-09-07T10:00:00+01:00"},
        {"ticket": "T-2", "event": "opened", "level": "first", "at": "2026-09-04T15:00:00+01:00"},
        {"ticket": "T-2", "event": "waiting", "at": "2026-09-04T16:00:00+01:00"},
        {"ticket": "T-2", "event": "resumed", "at": "2026-09-07T09:00:00+01:00"},
        {"ticket": "T-2", "event": "answered", "level": "first", "at": "2026-09-07T12:00:01+01:00"},
    ]

    [first] = judged(sla("evaluate", *OPTIONS, stdin="\n".join(map(json.dumps, events))))["response"]

    assert (first["met"], first["breached"], first["measured"], first["verdict"]) == (1, 1, "50", "breached")
    assert first["clocks"][0] == {
        "ticket": "T-1",
        "started": "2026-09-04T14:00:00Z",
        "stopped": "2026-09-07T09:00:00Z",
        "due": "2026-09-07T09:00:00Z",
        "breached": None,
        "elapsed": 14400,
        "met": True,
        "within": "4h",
        "during": "office",
        "allowed": 14400,
        "paused": 0,
        "pauses": [],
        "warnings": [
            {"at": "2026-09-04T16:00:00Z", "percent": 50},
            {"at": "2026-09-07T08:00:00Z", "percent": 75},
            {"at": "2026-09-07T08:36:00Z", "percent": 90},
        ],
    }
    assert first["clocks"][1]["pauses"] == [{"start": "2026-09-04T15:00:00Z", "end": "2026-09-07T08:00:00Z"}]
    assert first["clocks"][1]["due"] == "2026-09-07T11:00:00Z"
    assert first["clocks"][1]["elapsed"] == 14401


def test_latency_counts_the_checks_that_answered_in_time(sla: Sla, tmp_path: Path) -> None:
    write(tmp_path, "GMT+1")
    history = [*checks(START, 95, 0, ms=799), *checks(START + timedelta(days=1), 5, 0, ms=800)]

    [web] = judged(sla("evaluate", *OPTIONS, stdin="\n".join(history)))["latency"]

    assert (web["good"], web["valid"], web["measured"], web["verdict"]) == (95, 100, "95", "met")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("nonsense", "<stdin>:2: this is not JSON"),
        ("[1]", 'expected an object with "check" or "ticket"'),
        ('{"check":"web/home","at":"2026-09-01","state":"up"}', "no offset"),
        ('{"check":"web/home","at":"2026-09-01T00:00:00Z","state":"fine"}', "must be one of up, degraded, down, error"),
        ('{"check":"web/home","at":"2026-09-01T00:00:00Z","state":"up","msec":1}', 'unknown key "msec"'),
        ('{"ticket":"T-1","event":"opened","at":"2026-09-01T00:00:00Z"}', 'needs a "level"'),
    ],
)
def test_a_line_that_cannot_be_read_is_told_with_its_number(sla: Sla, tmp_path: Path, line: str, message: str) -> None:
    write(tmp_path, "GMT+1")

    done = sla("evaluate", *OPTIONS, stdin=f"\n{line}\n")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("<stdin>:2: ")
    assert message in done.stderr


def test_results_of_unknown_checks_are_left_out_and_said(sla: Sla, tmp_path: Path) -> None:
    write(tmp_path, "GMT+1")

    done = sla("evaluate", *OPTIONS, stdin='{"check":"no/such","at":"2026-09-01T00:00:00Z","state":"down"}')

    assert done.stderr == "warning: <stdin>:1: the policies have no check 'no/such'; this result is left out\n"
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("period", "message"),
    [("2026-13", "'2026-13' names no period"), ("2500-01", "lies outside the years 1900 to 2199")],
)
def test_a_period_that_is_none_is_wrong_usage(sla: Sla, tmp_path: Path, period: str, message: str) -> None:
    write(tmp_path, "GMT+1")

    done = sla("evaluate", "--history", "-", "--period", period, stdin="")

    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr


def test_a_history_that_is_not_there_is_told_by_its_name(sla: Sla, tmp_path: Path) -> None:
    write(tmp_path, "GMT+1")

    done = sla("evaluate", "--history", "no-such.jsonl", "--period", "2026-09")

    assert (done.returncode, done.stderr) == (2, "no-such.jsonl: cannot be read: No such file or directory\n")


DEDICATED = """
[customer.acme]
name = "ACME"
sla = "standard"
since = 2026-09-11
[customer.acme.availability]
web = "99.9%"
"""


def test_a_customer_s_contract_judges_its_own_tickets_from_its_first_day(sla: Sla, tmp_path: Path) -> None:
    write(tmp_path, "GMT+1", POLICY + DEDICATED)
    history = [*checks(START, 8640, 0)]
    history += [
        json.dumps({"ticket": ticket, "event": event, "level": "first", "customer": customer, "at": at})
        for ticket, customer in (("T-1", "acme"), ("T-2", "other"), ("T-3", None))
        for event, at in (("opened", "2026-09-15T09:00:00Z"), ("answered", "2026-09-15T10:00:00Z"))
    ]

    acme = judged(sla("evaluate", *OPTIONS, "--customer", "acme", stdin="\n".join(history)))
    standard = judged(sla("evaluate", *OPTIONS, stdin="\n".join(history)))

    assert (acme["agreement"], acme["customer"], standard["customer"]) == ("standard", "acme", None)
    assert acme["availability"][0]["target"] == "99.9"
    assert acme["availability"][0]["seconds"]["unscheduled"] == 10 * 86400
    assert [clock["ticket"] for clock in acme["response"][0]["clocks"]] == ["T-1"]
    assert [clock["ticket"] for clock in standard["response"][0]["clocks"]] == ["T-2", "T-3"]


MAINTENANCE = """
[maintenance.upgrade]
services = ["web"]
starts = 2026-09-01T00:00:00+01:00
lasts = "4h"
announced = {{announced}}
[accounting.default]
maintenance_notice = "5d"
"""


@pytest.mark.parametrize(
    ("announced", "excluded", "down"), [("2026-08-26T00:00:00Z", 4 * 3600, 0), ("2026-08-28T00:00:00Z", 0, 4 * 3600)]
)
def test_maintenance_that_was_announced_in_time_is_excluded(
    sla: Sla, tmp_path: Path, announced: str, excluded: int, down: int
) -> None:
    write(tmp_path, "GMT+1", POLICY + MAINTENANCE.replace("{{announced}}", announced))

    [web] = judged(sla("evaluate", *OPTIONS, stdin="\n".join(checks(START, 8640, 48))))["availability"]

    assert (web["seconds"]["excluded"], web["seconds"]["down"], web["real_down"]) == (excluded, down, 4 * 3600)


def test_the_text_is_for_people(sla: Sla, tmp_path: Path, golden: Callable[[str, str], None]) -> None:
    write(tmp_path, "GMT+1", POLICY + MAINTENANCE.replace("{{announced}}", "2026-08-26T00:00:00Z"))
    ticket = [
        json.dumps({"ticket": "T-1", "event": event, "level": "first", "at": f"2026-09-04T{at}+01:00"})
        for event, at in (("opened", "09:00"), ("waiting", "10:00"), ("resumed", "11:00"), ("answered", "14:30"))
    ]

    printed = sla("evaluate", *OPTIONS[:-2], stdin="\n".join([*checks(START, 8640, 135), *ticket])).stdout

    golden("evaluate.txt", "".join(line for line in printed.splitlines(True) if not line.startswith("Policies")))


def test_each_outage_can_be_followed_by_hand(sla: Sla, tmp_path: Path) -> None:
    write(tmp_path, "GMT+1", POLICY + MAINTENANCE.replace("{{announced}}", "2026-08-26T00:00:00Z"))

    [web] = judged(sla("evaluate", *OPTIONS, stdin="\n".join(checks(START, 8640, 135))))["availability"]

    [outage] = web["outages"]
    evidence = outage["evidence"]
    [cover], [said] = evidence["covers"], evidence["said_down"]
    assert outage["counted"] + cover["excluded"] == evidence["real"] == 135 * 300
    assert (cover["kind"], cover["id"], cover["refused"]) == ("maintenance", "upgrade", None)
    assert (said["check"], said["results"], said["reason"]) == ("web/home", 135, "status 503")
    assert (said["first"], said["last"]) == ("2026-08-31T23:00:00Z", "2026-09-01T10:10:00Z")


AMENDED = """
[customer.acme]
sla = "standard"
response.first = {{ within = "4h", during = "always" }}
[[customer.acme.amendment]]
from = 2026-10-01
response.first.within = "1h"
"""


def test_a_ticket_from_before_an_amendment_is_judged_by_what_stood_when_it_was_opened(sla: Sla, tmp_path: Path) -> None:
    write(tmp_path, "GMT+1", POLICY + AMENDED)
    events = [
        ("T-1", "opened", "2026-09-30T22:00:00Z"),
        ("T-1", "answered", "2026-10-01T01:00:00Z"),
        ("T-2", "opened", "2026-09-30T23:00:00Z"),  # the first instant of October in GMT+1
        ("T-2", "answered", "2026-10-01T01:00:00Z"),
    ]
    lines = [
        json.dumps({"ticket": ticket, "event": event, "level": "first", "customer": "acme", "at": at})
        for ticket, event, at in events
    ]

    verdict = judged(
        sla("evaluate", "--history", "-", "--period", "2026-10", "--customer", "acme", "--format", "json",
            stdin="\n".join(lines))
    )  # fmt: skip

    assert {clock["ticket"]: clock["met"] for clock in verdict["response"][0]["clocks"]} == {"T-1": True, "T-2": False}


def test_where_only_customers_have_contracts_one_of_them_is_asked_for(sla: Sla, tmp_path: Path) -> None:
    write(tmp_path, "GMT+1", POLICY.replace("[sla.standard]", "[customer.globex]"))

    done = sla("evaluate", *OPTIONS, stdin="")

    assert (done.returncode, done.stderr) == (2, "there is no SLA: name a customer, as in --customer globex\n")
