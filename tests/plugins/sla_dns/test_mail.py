"""What mail of a domain needs, a row for each rule: the records, and what the probe says of them."""

from collections.abc import Callable
from typing import Any

import pytest

from sla_engine.testing.servers.dns import DnsServer, txt

HOST = ("@ MX 10 mx", "mx A 8.8.4.4")
SPF = f"@ TXT {txt('v=spf1 mx -all')}"
DMARC = f"_dmarc TXT {txt('v=DMARC1; p=reject')}"
REVERSE = "$ORIGIN 8.in-addr.arpa.\n4.4.8 PTR mx.shop.example.\n5.4.8 PTR other.example.\n"
Found = Callable[..., dict[str, Any]]
SHORT = (
    "MHwwDQYJKoZIhvcNAQEBBQADawAwaAJhAPJ+nk0qc03xgofC2ommR1blEB4ZQwhpOFB2fnYHA7iZjxmYymYF3eMAhwZXatNRhSvdpxFuLrQ0jvaV1z6H"
    "h1fSZXrsK4WvQsGIcBkDCeYfw4hdsG3geEEAihGv52moNQIDAQAB"
)  # 768 bits, which no library makes any more


def zone(*lines: str, origin: str = "shop.example.") -> str:
    return "\n".join([f"$ORIGIN {origin}", *lines])


def dmarc(text: str, name: str = "_dmarc") -> str:
    return f"{name} TXT {txt(text)}"


def serve(nameserver: DnsServer, *lines: str, origin: str = "shop.example.") -> None:
    nameserver.serve(zone(*lines, origin=origin))
    nameserver.serve(REVERSE)


HOSTS = [
    ("a host with a name that leads back", HOST, "MX", "up", "10 mx.shop.example"),
    ("its address", HOST, "MX mx.shop.example", "up", "8.8.4.4"),
    ("its name", HOST, "PTR of 8.8.4.4", "up", "mx.shop.example"),
    ("no MX but an address", ("@ A 8.8.4.4",), "MX", "degraded", "address of shop.example itself"),
    ("nothing at all", ("@ TXT x",), "MX", "down", "mail to it is returned"),
    ("null MX", ("@ MX 0 .",), "MX", "down", "takes no mail"),
    ("a host without an address", ("@ MX 10 mx",), "MX mx.shop.example", "down", "no address (NXDOMAIN"),
    ("a host of a private address", ("@ MX 10 mx", "mx A 10.0.0.1"), "MX mx.shop.example", "down", "from outside"),
    ("a host that is an alias", ("@ MX 10 mx", "mx CNAME real", "real A 8.8.4.4"), "MX mx.shop.example", "degraded",
     "an alias of real.shop.example"),
    ("aliases in a circle", ("@ MX 10 mx", "mx CNAME my", "my CNAME mx"), "MX mx.shop.example", "down", "in a circle"),
    ("an address in place of a host", ("@ MX 10 8.8.4.4.",), "MX 8.8.4.4", "down", "must be a name"),
    ("an address without a name", ("@ MX 10 mx", "mx A 8.8.4.9"), "PTR of 8.8.4.9", "degraded", "there is none"),
    ("a name of somebody else", ("@ MX 10 mx", "mx A 8.8.4.5"), "PTR of 8.8.4.5", "degraded", "nobody tells it"),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "what", "state", "seen"), [row[1:] for row in HOSTS], ids=[row[0] for row in HOSTS])
def test_mail_hosts(nameserver: DnsServer, found: Found, lines: Any, what: str, state: str, seen: str) -> None:
    serve(nameserver, *lines)

    finding = found(spf="false", dkim="false", dmarc="false")[what]

    assert (finding.state, seen in finding.seen) == (state, True), finding.seen


def test_a_domain_that_does_not_exist(nameserver: DnsServer, found: Found) -> None:
    nameserver.break_("shop.example", "nxdomain")

    assert found(spf="false", dkim="false", dmarc="false")["MX"].seen == "shop.example does not exist"


SENDERS = [
    ("everything refused", "v=spf1 -all", "true", "up", "receivers refuse mail of all others (-all); 0 look-ups"),
    ("everything suspected", "v=spf1 ~all", "true", "up", "receivers suspect"),
    ("nothing said", "v=spf1 ?all", "true", "degraded", "told nothing"),
    ("nothing at the end", "v=spf1 mx", "true", "degraded", "told nothing"),
    ("everybody allowed", "v=spf1 +all", "true", "down", "lets everybody send"),
    ("no record", "hello", "true", "down", "receivers cannot tell"),
    ("a fault", "v=spf1 mz -all", "true", "down", "permerror: shop.example: 'mz' is no mechanism"),
    ("ptr", "v=spf1 ptr -all", "true", "degraded", "must not be used"),
    ("a long record", "v=spf1 " + "ip4:192.0.2.1 " * 100 + "-all", "true", "degraded", "1,411 bytes"),
    ("an address that may send", "v=spf1 mx -all", '{ ip = "8.8.4.4" }', "up", "receivers refuse"),
    ("an address that may not", "v=spf1 mx -all", '{ ip = "8.8.8.8" }', "down", "8.8.8.8 gets fail"),
    ("an include that must be there", "v=spf1 mx -all", '{ includes = "_spf.mail.example" }', "down", "nothing"),
    ("one that is there", "v=spf1 include:i.shop.example -all", '{ includes = "I.shop.example." }', "up", "-all"),
]  # fmt: skip


@pytest.mark.parametrize(("record", "wish", "state", "seen"), [row[1:] for row in SENDERS], ids=[r[0] for r in SENDERS])
def test_who_may_send(nameserver: DnsServer, found: Found, record: str, wish: str, state: str, seen: str) -> None:
    serve(nameserver, *HOST, f"@ TXT {txt(record)}", f"i TXT {txt('v=spf1 ip4:192.0.2.1 -all')}")

    finding = found(mx="false", spf=wish, dkim="false", dmarc="false")["SPF"]

    assert (finding.state, seen in finding.seen) == (state, True), finding.seen


KEYS = [
    ("a good key", "v=DKIM1; k=rsa; p={2048}", "up", "an RSA key of 2048 bits"),
    ("without a version", "p={2048}", "up", "2048 bits"),
    ("a short key", "v=DKIM1; p={1024}", "degraded", "can be broken"),
    ("too short a key", "v=DKIM1; p={768}", "down", "do not accept"),
    ("Ed25519", "v=DKIM1; k=ed25519; p={ed25519}", "up", "an Ed25519 key"),
    ("Ed25519 cut off", "v=DKIM1; k=ed25519; p=AAAA", "down", "32 bytes, and this has 3"),
    ("revoked", "v=DKIM1; p=", "down", "revoked"),
    ("no key", "v=DKIM1; k=rsa", "down", "p= is missing"),
    ("a key cut off", "v=DKIM1; p=MIIBIjANBgkqhkiG9w0B", "down", "no RSA key"),
    ("no base64", "v=DKIM1; p=MIIB...", "down", "no base64"),
    ("spaces in the key", "v=DKIM1; p={2048 spaced}", "up", "2048 bits"),
    ("another version", "v=DKIM2; p={2048}", "down", "no version of DKIM"),
    ("an unknown kind", "v=DKIM1; k=dsa; p={2048}", "down", "no kind of key"),
    ("SHA-1 alone", "v=DKIM1; h=sha1; p={2048}", "down", "no longer accept"),
    ("for another service", "v=DKIM1; s=tlsrpt; p={2048}", "down", "not for e-mail"),
    ("a test", "v=DKIM1; t=y:s; p={2048}", "degraded", "marked as a test"),
    ("no tags", "hello", "down", "no tag=value"),
    ("a tag twice", "v=DKIM1; p=; p={2048}", "down", "stands twice"),
]  # fmt: skip


@pytest.mark.parametrize(("record", "state", "seen"), [row[1:] for row in KEYS], ids=[row[0] for row in KEYS])
def test_keys(
    nameserver: DnsServer, found: Found, rsa_key: Any, ed25519_key: str, record: str, state: str, seen: str
) -> None:
    for bits in (768, 1024, 2048):
        if f"{{{bits}" in record:
            key = rsa_key(bits) if bits > 768 else SHORT
            record = record.replace(f"{{{bits}}}", key).replace(f"{{{bits} spaced}}", " ".join(key))
    serve(nameserver, f"s1._domainkey TXT {txt(record.replace('{ed25519}', ed25519_key))}")

    finding = found(mx="false", spf="false", dmarc="false", selectors='["s1"]')["DKIM s1"]

    assert (finding.state, seen in finding.seen) == (state, True), finding.seen


def test_keys_without_a_selector(nameserver: DnsServer, found: Found, rsa_key: Any) -> None:
    serve(nameserver, f"google._domainkey TXT {txt('v=DKIM1; p=' + rsa_key(2048))}")
    usual = found(mx="false", spf="false", dmarc="false")
    serve(nameserver, f"x2026._domainkey TXT {txt('v=DKIM1; p=' + rsa_key(2048))}")
    unusual = found(mx="false", spf="false", dmarc="false")
    serve(nameserver, "@ TXT x")
    none = found(mx="false", spf="false", dmarc="false")

    assert usual["DKIM google"].state == "up"
    assert unusual["DKIM"].state == "error"
    assert "ask which one the mails name" in unusual["DKIM"].seen
    assert none["DKIM"].state == "down"
    assert "cannot be signed" in none["DKIM"].seen


def test_a_key_that_stands_elsewhere_and_one_that_is_missing(nameserver: DnsServer, found: Found, rsa_key: Any) -> None:
    serve(nameserver, "s1._domainkey CNAME s1.mail.example.", "s2._domainkey TXT a", "s2._domainkey TXT b")
    serve(nameserver, f"s1 TXT {txt('v=DKIM1; p=' + rsa_key(2048))}", origin="mail.example.")

    seen = found(mx="false", spf="false", dmarc="false", selectors='["s1", "s2", "s3"]')

    assert seen["DKIM s1"].state == "up"
    assert "2 TXT records" in seen["DKIM s2"].seen
    assert seen["DKIM s3"].seen.startswith("there is no key: s3._domainkey.shop.example has no TXT record")


POLICIES = [
    ("reject", (dmarc("v=DMARC1; p=reject"),), "true", "up", "p=reject"),
    ("none", (dmarc("v=DMARC1; p=none"),), "true", "degraded", "p=none"),
    ("none, which is wished for", (dmarc("v=DMARC1; p=none"),), '{ policy = "none" }', "up", "p=none"),
    ("quarantine, which is too weak", (dmarc("v=DMARC1; p=quarantine"),), '{ policy = "reject" }', "degraded", "p=q"),
    ("no record", (), "true", "down", "there is none at _dmarc.shop.example"),
    ("two records", (dmarc("v=DMARC1; p=none"), dmarc("v=DMARC1; p=reject")), "true", "down", "2 records"),
    ("a record beside other texts", (dmarc("v=DMARC1; p=reject"), dmarc("hello")), "true", "up", "p=reject"),
    ("no policy", (dmarc("v=DMARC1"),), "true", "down", "says nothing"),
    ("no policy but reports", (dmarc("v=DMARC1; rua=mailto:a@shop.example"),), "true", "degraded", "p=none"),
    ("a wrong policy", (dmarc("v=DMARC1; p=refuse"),), "true", "down", "says refuse"),
    ("a fault", (dmarc("v=DMARC1; p=reject; what"),), "true", "down", "'what' is no tag=value"),
    ("part of the mail", (dmarc("v=DMARC1; p=reject; pct=20"),), "true", "degraded", "pct=20"),
    ("a test", (dmarc("v=DMARC1; p=reject; t=y"),), "true", "degraded", "marked as a test"),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "wish", "state", "seen"), [r[1:] for r in POLICIES], ids=[r[0] for r in POLICIES])
def test_what_receivers_are_to_do(
    nameserver: DnsServer, found: Found, lines: Any, wish: str, state: str, seen: str
) -> None:
    serve(nameserver, *lines, "example-is-served TXT x")
    serve(nameserver, "@ TXT x", origin="example.")

    finding = found(mx="false", spf="false", dkim="false", dmarc=wish)["DMARC"]

    assert (finding.state, seen in finding.seen) == (state, True), finding.seen


INHERITED = [
    ("the policy for what is below", (dmarc("v=DMARC1; p=reject; sp=none"),), "degraded", "sp=none of shop.example"),
    ("the policy itself", (dmarc("v=DMARC1; p=reject"),), "up", "p=reject of shop.example"),
    ("the highest record", (dmarc("v=DMARC1; p=reject"), dmarc("v=DMARC1; p=none", "_dmarc.eu")), "up", "p=reject"),
    ("no further than an organisation", (dmarc("v=DMARC1; p=reject"), dmarc("v=DMARC1; p=none; psd=n", "_dmarc.eu")),
     "degraded", "p=none of eu.shop.example"),
    ("not the registry's", (dmarc("v=DMARC1; p=none; psd=y"), dmarc("v=DMARC1; p=reject", "_dmarc.eu")), "up",
     "p=reject of eu.shop.example"),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "state", "seen"), [row[1:] for row in INHERITED], ids=[row[0] for row in INHERITED])
def test_the_organisations_policy_counts_where_there_is_none(
    nameserver: DnsServer, found: Found, lines: Any, state: str, seen: str
) -> None:
    serve(nameserver, *lines, "mail.eu TXT x")
    serve(nameserver, "@ TXT x", origin="example.")

    finding = found("mail.eu.shop.example", mx="false", spf="false", dkim="false")["DMARC"]

    assert (finding.state, seen in finding.seen) == (state, True), finding.seen


def test_reports_to_others_want_their_consent(nameserver: DnsServer, found: Found) -> None:
    serve(nameserver, dmarc("v=DMARC1; p=reject; rua=mailto:a@yes.example,mailto:b@no.example!10m,https://x.example"))
    serve(nameserver, f"shop.example._report._dmarc TXT {txt('v=DMARC1')}", origin="yes.example.")
    serve(nameserver, "@ TXT x", origin="no.example.")

    outcome = found(mx="false", spf="false", dkim="false")

    assert outcome["DMARC"].state == "up"
    assert outcome["DMARC reports"].state == "degraded"


def test_blocklists(nameserver: DnsServer, found: Found) -> None:
    serve(nameserver, *HOST)
    serve(nameserver, "4.4.8.8 A 127.0.0.4", '4.4.8.8 TXT "spam, see https://bl.example"', origin="bl.example.")
    serve(nameserver, "@ TXT x", origin="clean.example.")
    serve(nameserver, "* A 127.0.0.2", origin="dead.example.")
    serve(nameserver, "4.4.8.8 A 127.255.255.254", origin="busy.example.")

    seen = found(
        spf="false",
        dkim="false",
        dmarc="false",
        blocklists='["bl.example", "clean.example", "dead.example", "busy.example"]',
    )

    assert (seen["blocklist bl.example"].state, seen["blocklist bl.example"].seen) == (
        "down",
        "8.8.4.4 is listed: spam, see https://bl.example",
    )
    assert seen["blocklist clean.example"].state == "up"
    assert seen["blocklist dead.example"].seen == "it lists everybody, as dead lists do"
    assert seen["blocklist busy.example"].seen.startswith("it does not answer our resolver")


@pytest.mark.parametrize(
    ("signed", "broken", "wish", "state", "seen"),
    [
        (True, False, "true", "up", "vouches"),
        (False, False, "true", "down", "not signed"),
        (False, False, "false", "up", "not signed"),
        (True, True, "false", "down", "signatures of the zone are wrong"),
    ],
)
def test_signatures(
    nameserver: DnsServer, found: Found, signed: bool, broken: bool, wish: str, state: str, seen: str
) -> None:
    serve(nameserver, *HOST)
    nameserver.signed = {"shop.example"} if signed else ()
    if broken:
        nameserver.break_(".", "bogus")

    outcome = found(spf="false", dkim="false", dmarc="false", dnssec=wish)

    assert (outcome["DNSSEC"].state, seen in outcome["DNSSEC"].seen) == (state, True), outcome["DNSSEC"].seen
    assert outcome["MX"].state == "up"
