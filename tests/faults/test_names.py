"""Nameservers that fail, lie and lead round in circles (F25, F26, F27): what is ours is never booked on the target."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from attrs import evolve

from sla_dns.asking import Asker, Server
from sla_dns.mail.keys import Mail
from sla_dns.mail.looking import look_at_mail
from sla_dns.probe import DnsProbe
from sla_engine.engine.controls import Panel
from sla_engine.engine.uplink import Uplink
from sla_engine.model.duration import Duration
from sla_engine.model.service import Check
from sla_engine.plugin import Doubt, Outcome
from sla_engine.plugin.stages import Stages
from sla_engine.registry.clock import SystemClock
from sla_engine.registry.host import load_plugins
from sla_engine.registry.runs import Equipment, make_equipment, make_guards, run_try
from sla_engine.testing.servers.dns import DnsServer, txt

NAMES = [f"n{number}.shop.example" for number in range(50)]
ZONE = "\n".join(["$ORIGIN shop.example.", "control A 192.0.2.1", *(f"n{number} A 192.0.2.7" for number in range(50))])


@pytest.fixture
def nameserver() -> Iterator[DnsServer]:
    with DnsServer(ZONE) as server:
        yield server


@pytest.fixture
async def equipment() -> AsyncIterator[Equipment]:
    built = make_equipment(load_plugins(), make_guards((), ()), SystemClock(), {}, isolate=False)
    yield built
    await built.aclose()


@pytest.fixture
def own_resolver(nameserver: DnsServer, monkeypatch: pytest.MonkeyPatch) -> DnsServer:
    """This machine's own resolver is the nameserver: what the file of the system would say."""
    servers = (Server(nameserver.host, nameserver.port, "resolver"),)
    for place in ("running", "servers"):
        monkeypatch.setattr(f"sla_dns.{place}.own_servers", lambda: servers)
    return nameserver


async def ask(equipment: Equipment, probe: DnsProbe, *, seconds: float = 1.5, trusted: bool = True) -> Outcome:
    check = Check("service", "check", "dns", probe, Duration(round(seconds * 1_000_000)), trusted=trusted)
    return await run_try(check, equipment)


def uplink(equipment: Equipment) -> Uplink:
    """Controls that ask the same resolver for another name."""
    clock = SystemClock()

    async def control() -> None:
        outcome = await ask(equipment, DnsProbe(name="control.shop.example"))
        if outcome.state != "up":
            raise OSError(outcome.reason)

    return Uplink({Doubt.RESOLVER: Panel({"control.shop.example": control}, clock)}, clock)


@pytest.mark.parametrize("trouble", ["servfail", "refused", "silent"])
async def test_f25_a_resolver_that_fails_for_all_is_ours_and_for_one_is_that_names(
    own_resolver: DnsServer, equipment: Equipment, trouble: Any
) -> None:
    async def outcomes() -> list[str]:
        began = SystemClock().monotonic()
        seen = await asyncio.gather(*(ask(equipment, DnsProbe(name=name), seconds=4) for name in NAMES))
        controls = uplink(equipment)
        judged = [(await controls.judge(outcome, began)).state.value for outcome in seen]
        await controls.aclose()
        return judged

    own_resolver.break_(".", trouble)
    for_all = await outcomes()
    own_resolver.mend()
    own_resolver.break_(NAMES[7], trouble)
    for_one = await outcomes()

    assert for_all == ["error"] * 50
    assert for_one == ["up"] * 7 + ["down"] + ["up"] * 42


async def test_f25_a_name_that_does_not_exist_is_down_without_a_doubt(
    own_resolver: DnsServer, equipment: Equipment
) -> None:
    own_resolver.break_(NAMES[0], "nxdomain")

    outcome = await ask(equipment, DnsProbe(name=NAMES[0]))

    assert (outcome.state, outcome.doubt) == ("down", None)


@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_f25_a_silent_server_uses_up_no_more_than_the_deadline(
    nameserver: DnsServer, equipment: Equipment, transport: Any
) -> None:
    nameserver.break_(".", "silent")
    probe = DnsProbe(name=NAMES[0], server=f"127.0.0.1:{nameserver.port}", transport=transport)

    began = time.monotonic()
    outcome = await ask(equipment, probe, seconds=0.8)

    assert time.monotonic() - began < 2  # and not the seconds for which a resolver would wait by itself
    assert (outcome.state, outcome.doubt) == ("down", "network")


async def test_f26_forged_answers_are_passed_over_and_the_true_one_is_waited_for(
    nameserver: DnsServer, equipment: Equipment
) -> None:
    nameserver.break_(".", "forged")
    probe = DnsProbe(name=NAMES[0], server=f"127.0.0.1:{nameserver.port}")

    outcomes = [await ask(equipment, probe) for _ in range(20)]

    assert {outcome.state.value for outcome in outcomes} == {"up"}
    assert all("192.0.2.7" in outcome.evidence and "192.0.2.66" not in outcome.evidence for outcome in outcomes)


async def test_f26_answers_with_the_wrong_id_alone_are_no_answer(nameserver: DnsServer, equipment: Equipment) -> None:
    nameserver.break_(".", "wrong-id")

    outcome = await ask(equipment, DnsProbe(name=NAMES[0], server=f"127.0.0.1:{nameserver.port}"), seconds=0.5)

    assert "does not answer" in str(outcome.reason)


async def test_f26_a_server_is_asked_at_the_address_that_the_guard_saw_however_its_name_changes(
    own_resolver: DnsServer, equipment: Equipment
) -> None:
    own_resolver.serve("$ORIGIN evil.example.\nns A 127.0.0.1")
    own_resolver.break_("ns.evil.example", "rebinding")
    probe = DnsProbe(name=NAMES[0], server=f"ns.evil.example:{own_resolver.port}")
    own_resolver.asked.clear()

    outcomes = [await ask(equipment, probe, seconds=0.5, trusted=False) for _ in range(4)]

    assert {outcome.state.value for outcome in outcomes} == {"error"}
    assert all("not a public address" in str(outcome.reason) for outcome in outcomes)
    assert [(asked.name, asked.type) for asked in own_resolver.asked] == [
        ("ns.evil.example", "A"),
        ("ns.evil.example", "AAAA"),
    ] * 4


INCLUDES = " ".join(f"include:s{number}.shop.example" for number in range(60))
HOSTILE = {
    "includes without end": [
        f"s{number} TXT {txt(f'v=spf1 include:s{number + 1}.shop.example -all')}" for number in range(200)
    ],
    "a tree of includes": [f"s{number} TXT {txt(f'v=spf1 {INCLUDES} -all')}" for number in range(60)],
    "itself": [f"s0 TXT {txt('v=spf1 include:s0.shop.example -all')}"],
    "a circle of redirects": [
        f"s0 TXT {txt('v=spf1 redirect=s1.shop.example')}",
        f"s1 TXT {txt('v=spf1 redirect=s0.shop.example')}",
    ],
    "64 KB of look-ups": [f"s0 TXT {txt('v=spf1 ' + 'a:n1.shop.example ' * 3_600 + '-all')}"],
    "64 KB of names that do not exist": [f"s0 TXT {txt('v=spf1 ' + 'exists:%{i}.x.shop.example ' * 2_300 + '-all')}"],
    "64 KB of no record": [f"s0 TXT {txt('v=spf1 ' + '(' * 64_000)}"],
    "64 KB of macros": [f"s0 TXT {txt('v=spf1 ' + ('exists:' + '%{s}.' * 400 + 'shop.example ') * 30 + '-all')}"],
    "64 KB of labels": [f"s0 TXT {txt('v=spf1 a:' + 'a-' * 31_000 + ' -all')}"],
    "64 KB of slashes": [f"s0 TXT {txt('v=spf1 a:' + '/' * 62_000 + ' -all')}"],
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_f27_no_record_makes_more_work_than_the_rule_allows(
    nameserver: DnsServer, equipment: Equipment, name: str
) -> None:
    nameserver.serve("\n".join(["$ORIGIN shop.example.", "n1 A 192.0.2.7", *HOSTILE[name]]))
    nameserver.asked.clear()
    mail = Mail("s0.shop.example", mx=False, dkim=False, dmarc=False)

    began = time.process_time()
    outcome = await ask(equipment, DnsProbe(mail=mail, server=f"127.0.0.1:{nameserver.port}"), seconds=10)

    assert outcome.state == "down"
    assert "permerror" in str(outcome.reason)
    assert len(nameserver.asked) < 30
    assert time.process_time() - began < 2


async def test_f27_64_kb_of_addresses_are_read_and_found_too_long(nameserver: DnsServer, equipment: Equipment) -> None:
    record = "v=spf1 " + "ip4:192.0.2.1 " * 4_500 + "-all"
    nameserver.serve(f"$ORIGIN shop.example.\n@ TXT {txt(record)}\n")
    mail = Mail("shop.example", mx=False, dkim=False, dmarc=False)

    outcome = await ask(equipment, DnsProbe(mail=mail, server=f"127.0.0.1:{nameserver.port}"), seconds=10)

    assert outcome.state == "degraded"
    assert "63,011 bytes" in str(outcome.reason)


HOSTILE_KEYS = {
    "64 KB of a key": "v=DKIM1; p=" + "A" * 64_000,
    "64 KB of tags": "a=b;" * 15_000,
    "bytes that are no text": "\x00\x01\x02",
    "markup": "<script>alert(1)</script>",
    "control characters": "v=DKIM1; p=\x1b[2Jx",
}


@pytest.mark.parametrize("name", HOSTILE_KEYS)
async def test_f27_a_key_that_is_none_is_down_and_told_in_short(
    nameserver: DnsServer, equipment: Equipment, name: str
) -> None:
    nameserver.serve(f"$ORIGIN shop.example.\ns1._domainkey TXT {txt(HOSTILE_KEYS[name])}\n")
    mail = Mail("shop.example", selectors=["s1"], mx=False, spf=False, dmarc=False)

    outcome = await ask(equipment, DnsProbe(mail=mail, server=f"127.0.0.1:{nameserver.port}"), seconds=5)

    assert outcome.state == "down"
    assert len(str(outcome.reason)) < 400
    assert "\x1b" not in str(outcome.reason)


async def test_f27_a_run_ends_at_its_own_limits_whatever_is_served(nameserver: DnsServer) -> None:
    hosts = [f"@ MX {number} m{number}" for number in range(400)]
    nameserver.serve(
        "\n".join(["$ORIGIN shop.example.", *hosts, *(f"m{one} A 8.8.{one // 200}.1" for one in range(400))])
    )
    run: Any = _Run()
    asker = evolve(Asker(run, (Server("127.0.0.1", nameserver.port, "ns"),)), most_questions=20)

    outcome = await look_at_mail(Mail("shop.example"), asker, Stages(SystemClock()))

    assert asker.questions == 20
    assert any("gave up after 20 questions" in finding.seen for finding in outcome.findings)


class _Run:
    """As much of a run as asking needs."""

    clock = SystemClock()
    trace = None

    def remaining(self) -> float:
        return 20.0
