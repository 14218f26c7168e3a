"""Who is told of certificates that end, in days before their end."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

from sla_engine import load_policies
from sla_engine.engine.certificates import Certificates
from sla_engine.engine.clock_watch import ClockWatch
from sla_engine.engine.equipment import make_prober
from sla_engine.engine.escalation.certificates import tell_certificates
from sla_engine.engine.schedule import Slot
from sla_engine.model.instant import DAY, HOUR, MINUTE, Instant, parse_instant
from sla_engine.policy import PolicySet
from sla_engine.registry.clock import SystemClock
from sla_engine.registry.host import load_plugins
from sla_engine.store.outbox import Notice
from sla_engine.testing.servers.certificates import LocalAuthority

Policies = Callable[..., PolicySet]
Serve = Callable[..., Awaitable[int]]

ENDS = parse_instant("2026-03-01T00:00:00Z")
POLICY = """
[escalation.early]
on = { services = ["web"], certificate = "30d" }
step = [{ notify = ["mail"] }]
[escalation.late]
on = { certificate = "7d" }
repeat = "2d"
step = [{ notify = ["mail"] }, { after = "5d", notify = ["sms"] }]
"""


async def empty(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    await writer.drain()


def told_by(days: list[float], policies: PolicySet, ends: dict[str, Instant], told: list[Notice]) -> list[str]:
    """What is told at looks so many days before the end of the certificate."""
    said = []
    for left in days:
        now = ENDS - round(left * DAY) + 1
        telling = tell_certificates(ends, told, now, policies)
        told += telling.notices
        said += [f"{left:g} {one.notifier} {one.facts['escalation']} {one.facts['days']}" for one in telling.notices]
    return said


def test_it_is_told_from_so_long_before_the_end_on(policies: Policies) -> None:
    found, told = policies(POLICY), list[Notice]()

    assert told_by([40, 31, 30, 29, 8, 7, 6, 3, 2, 1, 0, -1], found, {"web/home": ENDS}, told) == [
        "30 mail early 29",
        "7 mail late 6",
        "2 sms late 1",
        "0 sms late -1",
    ]
    assert {one.thread for one in told} == {
        "certificate/web/home/early/2026-03-01", "certificate/web/home/late/2026-03-01"
    }  # fmt: skip
    assert {one.about for one in told} == {"certificate"}


def test_what_runs_tell_a_little_differently_each_time_is_one_certificate(policies: Policies) -> None:
    found, told = policies(POLICY), list[Notice]()

    first = told_by([6.5], found, {"web/home": ENDS + 5}, told)
    again = told_by([6.4], found, {"web/home": ENDS - 5}, told)

    assert (first, again) == (["6.5 mail early 6", "6.5 mail late 6"], [])


def test_another_certificate_is_told_anew_once_it_ends(policies: Policies) -> None:
    found, told = policies(POLICY), list[Notice]()
    told_by([7], found, {"web/home": ENDS}, told)

    renewed = {"web/home": ENDS + 90 * DAY}

    assert told_by([6, -50], found, renewed, told) == []
    assert told_by([-60], found, renewed, told) == ["-60 mail early 29"]


def test_what_was_not_seen_is_told_to_nobody(policies: Policies) -> None:
    assert told_by([1], policies(POLICY), {}, []) == []
    assert told_by([1], policies(POLICY), {"gone/check": ENDS}, []) == []


def test_the_facts_are_those_of_the_check(policies: Policies) -> None:
    told: list[Notice] = []
    told_by([7], policies(POLICY), {"api/health": ENDS}, told)

    [notice] = told
    assert notice.severity == "critical"
    assert notice.facts == {
        "service": "api",
        "title": {"": "api"},
        "check": "api/health",
        "expires_at": ENDS,
        "days": 6,
        "escalation": "late",
        "step": 1,
        "customers": [],
    }


def test_what_a_check_saw_last_holds_until_it_sees_another() -> None:
    seen = Certificates()

    seen.note("web/home", {"certificate_days_left": 1.5, "status": 200.0}, ENDS)
    seen.note("web/home", {"status": 200.0}, ENDS + MINUTE)
    seen.note("api/health", {}, ENDS)
    assert seen.ends() == {"web/home": ENDS + 36 * HOUR}

    seen.note("web/home", {"certificate_days_left": 90.0}, ENDS)
    assert seen.ends() == {"web/home": ENDS + 90 * DAY}


async def test_a_certificate_that_a_probe_saw_on_a_real_server_is_told_of(
    serve: Serve, authority: LocalAuthority, ca_file: str, tmp_path: Path
) -> None:
    port = await serve(empty, ssl=authority.server_context(valid_for=timedelta(days=10)))
    (tmp_path / "policy.toml").write_text(
        f'[service.web.check.home]\nprobe = "http"\nurl = "https://127.0.0.1:{port}/"\nca_file = "{ca_file}"\n'
        '[sla.standard]\navailability.web = "99%"\n'
        '[notifier.mail]\nvia = "email"\nserver = "smtp://m:25"\nfrom = "us@m.example"\nto = ["it@m.example"]\n'
        '[escalation.ends]\non = { certificate = "14d" }\nstep = [{ notify = ["mail"] }]\n'
    )
    policies, clock = load_policies(tmp_path, environ={}), SystemClock()
    prober = make_prober(policies, load_plugins(), clock, {})
    [check] = policies.services["web"].checks

    result = await prober.result(Slot(check, clock.now(), MINUTE, 0), ClockWatch(clock))
    await prober.aclose()
    telling = tell_certificates(prober.certificates.ends(), (), clock.now(), policies)

    assert result.state == "up"
    [notice] = telling.notices
    assert notice.recipient == "it@m.example"
    assert abs(notice.facts["expires_at"] - clock.now() - 10 * DAY) < HOUR
