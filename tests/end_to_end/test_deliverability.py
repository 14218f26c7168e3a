"""A customer's mail does not arrive: a running engine looks the domain up, and the network team gets the finding."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from sla_engine.testing.servers.dns import DnsServer, txt

POLICY = """
[sla.standard]
timezone = "UTC"
response.first = { within = "4h", during = "always" }
response.second = { within = "8h", during = "always" }
[support.first]
escalates_to = ["second"]
[support.second]
requires = ["customer_number", "browser", "screenshot", "reproduced", "faq_searched"]
requires_for.deliverability = ["dns", "spf", "dkim"]
teams = { deliverability = "network", other = "development" }
[customer.acme]
number = "C-1042"
contacts = ["ops@acme.example"]
sla = "standard"
[customer.looping]
number = "C-1043"
contacts = ["ops@looping.example"]
sla = "standard"
"""
ACME = f"""
$ORIGIN acme.example.
@ MX 10 mx
mx A 8.8.4.4
@ TXT {txt("v=spf1 mx include:_spf.acme.example -all")}
_spf TXT {txt("v=spf1 ip4:8.8.4.0/24 -all")}
s1._domainkey TXT {txt("v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")}
_dmarc TXT {txt("v=DMARC1; p=reject")}
"""
LOOPING = f"""
$ORIGIN looping.example.
@ MX 10 mx
mx CNAME mx2
mx2 CNAME mx
@ TXT {txt("v=spf1 include:a.looping.example -all")}
a TXT {txt("v=spf1 include:looping.example -all")}
s1._domainkey TXT {txt("v=DKIM1; p=MIIBIjANBgkqhkiG9w0B")}
_dmarc TXT {txt("v=DMARC1; p=none")}
"""
REVERSE = "$ORIGIN 8.in-addr.arpa.\n4.4.8 PTR mx.acme.example."
PNG = b"\x89PNG\r\n\x1a\n" + bytes(16)


@pytest.fixture
def nameserver() -> Iterator[DnsServer]:
    with DnsServer(ACME, LOOPING, REVERSE) as server:
        yield server


@pytest.fixture
def desk(installation: Any, nameserver: DnsServer) -> Any:
    installation.write("support.toml", POLICY)
    engine = (installation.policies / "engine.toml").read_text()
    installation.write("engine.toml", f'{engine}desk.resolver = "127.0.0.1:{nameserver.port}"\n')
    (installation.folder / "screen.png").write_bytes(PNG)
    return installation


def ticket(desk: Any, number: str) -> dict[str, Any]:
    return dict(json.loads(desk.sla("ticket", "show", number, "--format", "json").stdout))


def facts(desk: Any, number: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for entry in ticket(desk, number)["entries"]:
        found |= entry["facts"]
    return {name: value for name, value in found.items() if value}


def open_about(desk: Any, customer: str) -> None:
    opened = desk.sla("ticket", "open", "Mail bounces", "--customer", customer, "--topic", "deliverability")
    assert opened.returncode == 0, opened.stderr


def test_a_running_engine_looks_up_by_itself_and_the_network_team_gets_the_finding(desk: Any, wait_until: Any) -> None:
    desk.start()
    open_about(desk, "acme")

    wait_until(lambda: "spf" in facts(desk, "T-1"), "the domain is looked up")
    refused = desk.sla("ticket", "escalate", "T-1", "second")
    note = ("ticket", "note", "T-1", "--fact", "browser=Firefox 140", "--fact", "reproduced=no")
    desk.sla(*note, "--fact", "faq_searched=yes", "--attach", str(desk.folder / "screen.png"))
    escalated = desk.sla("ticket", "escalate", "T-1", "second", "--text", "Please have a look.")

    assert refused.returncode == 1
    assert "browser, screenshot, reproduced, faq_searched" in refused.stderr
    assert escalated.returncode == 0, escalated.stderr
    shown = ticket(desk, "T-1")
    assert (shown["level"], shown["team"]) == ("second", "network")
    reached = next(entry for entry in shown["entries"] if entry["act"] == "reached")
    assert reached["facts"]["dns"].startswith("fine: MX 10 mx.acme.example")
    assert reached["facts"]["spf"].startswith("fine: SPF receivers refuse mail of all others")
    assert reached["facts"]["dkim"] == "fine: DKIM s1 an Ed25519 key"
    assert reached["facts"]["dmarc"].startswith("fine: DMARC p=reject")


def test_a_broken_domain_is_a_finding_as_good_as_any_and_says_what_to_mend(desk: Any) -> None:
    open_about(desk, "looping")

    checked = desk.sla("ticket", "check", "T-1", "--selector", "s1", "--by", "ana")

    assert checked.returncode == 1, checked.stderr
    assert "wrong: SPF: permerror: the record of looping.example leads back to itself" in checked.stdout
    assert "wrong: MX mx.looping.example: the aliases of mx.looping.example lead on and on" in checked.stdout
    assert "wrong: DKIM s1: p= is no RSA key" in checked.stdout
    assert {"dns", "spf", "dkim", "dmarc"} <= set(facts(desk, "T-1"))
    entry = ticket(desk, "T-1")["entries"][-1]
    assert (entry["by"], entry["public"]) == ("ana", False)


def test_a_resolver_in_trouble_satisfies_nothing_and_is_asked_again(desk: Any, nameserver: DnsServer) -> None:
    nameserver.break_(".", "servfail")
    open_about(desk, "acme")

    troubled = desk.sla("ticket", "check", "T-1")
    known_then = set(facts(desk, "T-1"))
    nameserver.mend()
    mended = desk.sla("ticket", "check", "T-1")

    assert troubled.returncode == 3
    assert "not known: SPF: temperror" in troubled.stdout
    assert known_then == {"checked", "topic"}
    assert mended.returncode == 0, mended.stdout
    assert {"dns", "spf", "dkim"} <= set(facts(desk, "T-1"))


def test_a_domain_that_nobody_knows_is_asked_for(desk: Any) -> None:
    desk.sla("ticket", "open", "Mail bounces", "--from", "jane@gmail.com", "--topic", "deliverability")

    unknown = desk.sla("ticket", "check", "T-1")
    wrong = desk.sla("ticket", "check", "T-1", "--domain", "no domain")

    assert unknown.returncode == 2
    assert "say it with --domain" in unknown.stderr
    assert wrong.returncode == 2
    assert "'no domain' is no name" in wrong.stderr
