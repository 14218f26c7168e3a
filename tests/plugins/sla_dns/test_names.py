"""What a name says, held against what a policy expects: each row is an expectation, met or not."""

import asyncio
from typing import Any

import pytest

from sla_dns.probe import DnsProbe
from sla_engine.model.duration import Duration
from sla_engine.model.service import Check
from sla_engine.registry.clock import SystemClock
from sla_engine.registry.host import load_plugins
from sla_engine.registry.runs import make_equipment, make_guards, run_try
from sla_engine.testing.servers.certificates import LocalAuthority
from sla_engine.testing.servers.dns import DnsServer, txt

ZONE = f"""
$ORIGIN shop.example.
$TTL 600
@ SOA ns1 hostmaster 2026110701 7200 3600 1209600 300
@ NS ns1
@ NS ns2
@ A 192.0.2.10
@ A 192.0.2.11
@ AAAA 2001:db8::10
@ MX 10 mx1
@ MX 20 MX2.Shop.Example.
@ TXT {txt("v=spf1 -all")}
@ TXT {txt("a" * 300)}
@ CAA 0 issue "letsencrypt.org"
www CNAME shop.example.
_sip._tcp SRV 10 20 5060 sip
long TXT {" ".join([txt("x" * 200)] * 20)}
"""
REVERSE = "$ORIGIN 2.0.192.in-addr.arpa.\n10 PTR shop.example.\n"


@pytest.fixture(autouse=True)
def served(nameserver: DnsServer) -> None:
    nameserver.serve(ZONE)
    nameserver.serve(REVERSE)


ROWS = [
    ("A", 'values = ["192.0.2.11", "192.0.2.10"]', "up", ""),
    ("A", 'values = "192.0.2.10"', "down", "A records 192.0.2.10, 192.0.2.11, expected only 192.0.2.10"),
    ("A", 'contains = "192.0.2.10"', "up", ""),
    ("A", 'contains = ["192.0.2.10", "192.0.2.12"]', "down", "expected with 192.0.2.10, 192.0.2.12"),
    ("A", 'any_of = ["192.0.2.10", "192.0.2.12"]', "up", ""),
    ("A", 'any_of = "192.0.2.12"', "down", "expected with one of 192.0.2.12"),
    ("A", 'none_of = "192.0.2.12"', "up", ""),
    ("A", 'none_of = ["192.0.2.10"]', "down", "expected without 192.0.2.10"),
    ("A", "matches = '^192\\.0\\.2\\.'", "up", ""),
    ("A", "matches = '^10\\.'", "down", "expected with '^10"),
    ("A", "min_count = 2", "up", ""),
    ("A", "min_count = 3", "down", "A records 2, expected at least 3"),
    ("A", 'ttl = "10m"', "up", ""),
    ("A", 'ttl = "1h"', "down", "TTL 600 s, expected at least 1h"),
    ("A", "authoritative = true", "up", ""),
    ("A", "authoritative = false", "down", "answer of an authority, expected of no authority"),
    ("A", 'dnssec = "insecure"', "up", ""),
    ("A", 'dnssec = "secure"', "down", "DNSSEC insecure, expected secure"),
    ("A", 'latency = "5s"', "up", ""),
    ("A", 'rcode = "NXDOMAIN"', "down", "answer NOERROR, expected NXDOMAIN"),
    ("AAAA", 'values = "2001:0db8:0:0::10"', "up", ""),
    ("MX", 'values = ["10 MX1.shop.example.", "20 mx2.shop.example"]', "up", ""),
    ("NS", 'values = ["ns1.shop.example", "ns2.shop.example."]', "up", ""),
    ("TXT", 'contains = "v=spf1 -all"', "up", ""),
    ("TXT", "matches = '^a{300}$'", "up", ""),
    ("CAA", "values = '0 issue \"letsencrypt.org\"'", "up", ""),
    ("SRV", "", "down", "SRV records none, expected a record"),
    ("SOA", "matches = '2026110701'", "up", ""),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "expect", "state", "reason"), ROWS)
def test_an_expectation(ask: Any, kind: str, expect: str, state: str, reason: str) -> None:
    outcome = ask('name = "shop.example"', f'type = "{kind}"', f"expect = {{ {expect} }}")

    assert (outcome.state, reason in (outcome.reason or "")) == (state, True), outcome.reason


def test_what_is_not_as_good_as_it_should_be_is_degraded(ask: Any) -> None:
    outcome = ask('name = "shop.example"', 'degraded = { ttl = "1h", dnssec = "secure" }')

    assert outcome.state == "degraded"
    assert outcome.reason == "TTL 600 s, expected at least 1h; DNSSEC insecure, expected secure"


def test_what_a_name_of_any_kind_is(ask: Any) -> None:
    alias = ask('name = "WWW.Shop.Example."', 'expect = { contains = "192.0.2.10" }')
    service = ask(
        'name = "_sip._tcp.shop.example"', 'type = "SRV"', 'expect = { values = "10 20 5060 sip.shop.example" }'
    )
    reverse = ask('name = "192.0.2.10"', 'type = "PTR"', 'expect = { values = "shop.example" }')

    assert [one.state for one in (alias, service, reverse)] == ["up", "up", "up"]
    assert "www.shop.example is an alias of shop.example" in alias.evidence


def test_what_is_measured(ask: Any) -> None:
    outcome = ask('name = "shop.example"', 'type = "SOA"')

    assert outcome.values["serial"] == 2026110701
    assert outcome.values["ttl"] == 600
    assert list(outcome.phases) == ["resolve", "query"]


def test_what_does_not_fit_into_udp_is_asked_for_over_tcp(ask: Any, nameserver: DnsServer) -> None:
    outcome = ask('name = "long.shop.example"', 'type = "TXT"')

    assert outcome.state == "up"
    assert [one.transport for one in nameserver.asked] == ["udp", "tcp"]
    assert outcome.values["answer_bytes"] > 4000


def test_a_nameserver_that_others_must_agree_with(ask: Any) -> None:
    with DnsServer(ZONE) as same, DnsServer(ZONE.replace("192.0.2.11", "192.0.2.66")) as other:
        agreed = ask('name = "shop.example"', f'agree = "127.0.0.1:{same.port}"')
        differing = ask('name = "shop.example"', f'agree = ["127.0.0.1:{same.port}", "127.0.0.1:{other.port}"]')

    assert agreed.state == "up"
    assert differing.state == "down"
    assert f"A records of 127.0.0.1:{other.port} 192.0.2.10, 192.0.2.66, expected the same" in str(differing.reason)


def test_a_resolver_that_vouches(ask: Any, nameserver: DnsServer) -> None:
    nameserver.signed = {"shop.example"}
    secure = ask('name = "shop.example"', 'expect = { dnssec = "secure" }')
    nameserver.break_("shop.example", "bogus")
    bogus = ask('name = "shop.example"')

    assert secure.state == "up"
    assert bogus.state == "down"
    assert "the signatures of the zone are wrong" in str(bogus.reason)


def test_over_tls_the_server_must_be_the_one_that_is_named(run_probe: Any, tmp_path: Any) -> None:
    authority = LocalAuthority()
    trusted = authority.write(tmp_path / "ca.pem")
    lines = 'probe = "dns"\nname = "shop.example"\ntransport = "tls"\n'

    with DnsServer(ZONE, context=authority.server_context()) as server:
        good = run_probe(f'{lines}server = "127.0.0.1:{server.port}"\nca_file = "{trusted}"')
        unknown = run_probe(f'{lines}server = "127.0.0.1:{server.port}"')
        unasked = run_probe(f'{lines}server = "127.0.0.1:{server.port}"\nverify = false')
    with DnsServer(ZONE, context=authority.server_context("ns.elsewhere.example")) as server:
        other = run_probe(f'{lines}server = "127.0.0.1:{server.port}"\nca_file = "{trusted}"')

    assert [one.state for one in (good, unknown, unasked, other)] == ["up", "down", "up", "down"]
    assert list(good.phases) == ["resolve", "connect", "tls", "query"]
    assert "certificate" in str(unknown.reason)
    assert "certificate" in str(other.reason)


def test_a_dialogue_is_told_to_whoever_wants_it(nameserver: DnsServer) -> None:
    async def run() -> list[str]:
        told: list[str] = []
        probe = DnsProbe(name="www.shop.example", server=f"127.0.0.1:{nameserver.port}")
        check = Check("service", "check", "dns", probe, Duration(5_000_000))
        equipment = make_equipment(load_plugins(), make_guards((), ()), SystemClock(), {}, isolate=False)
        try:
            await run_try(check, equipment, told.append)
        finally:
            await equipment.aclose()
        return told

    lines = asyncio.run(run())

    assert lines[0] == f"> A www.shop.example to 127.0.0.1:{nameserver.port} over udp"
    assert lines[1].startswith("< NOERROR, 2 records, ")
    assert lines[2:] == ["< alias of shop.example", "< 600 A 192.0.2.10", "< 600 A 192.0.2.11"]
