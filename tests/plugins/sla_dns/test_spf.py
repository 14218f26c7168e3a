"""SPF by RFC 7208, a row for each rule: the records, who sends, and what receivers make of it.

The same records are read by checkdmarc, so that not only our own reading of the rules is held against them.
"""

import asyncio
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any

import checkdmarc.spf
import checkdmarc.utils
import pytest
from dns.nameserver import Do53Nameserver

from sla_dns.asking import Asker, Server
from sla_dns.spf.evaluating import SpfResult, check_host
from sla_engine.registry.clock import SystemClock
from sla_engine.testing.servers.dns import DnsServer, txt

SENDER = "strong-bad@shop.example"


class Run:
    """As much of a run as asking needs."""

    clock = SystemClock()
    trace = None

    def remaining(self) -> float:
        return 20.0


def zone(*lines: str, origin: str = "shop.example.") -> str:
    return "\n".join([f"$ORIGIN {origin}", *lines])


def spf(text: str, name: str = "@") -> str:
    return f"{name} TXT {txt(text)}"


@pytest.fixture(scope="module")
def server() -> Iterator[DnsServer]:
    with DnsServer() as started:
        yield started


def evaluate(server: DnsServer, lines: tuple[str, ...], ip: str | None, *further: str) -> SpfResult:
    server.serve_only(zone(*lines), *further)
    run: Any = Run()
    asker = Asker(run, (Server(server.host, server.port, "ns"),))
    return asyncio.run(check_host(asker, "shop.example", None if ip is None else ip_address(ip), SENDER))


HOSTS = ("@ A 192.0.2.10", "@ AAAA 2001:db8::10", "mail A 192.0.2.25", "mail AAAA 2001:db8::25", "@ MX 10 mail")
REVERSE = zone("25 PTR mail.shop.example.", "26 PTR mail.shop.example.", origin="2.0.192.in-addr.arpa.")
MANY = tuple(f"m{number} A 192.0.2.{number}" for number in range(1, 13))
MANY_MX = tuple(f"@ MX {number} m{number}" for number in range(1, 12))
CHAIN = tuple(spf(f"v=spf1 include:c{number + 1}.shop.example -all", f"c{number}") for number in range(1, 11))

ROWS = [
    # 3: the record
    ("no record", (), "192.0.2.1", "none", "has no SPF record"),
    ("a text that is none", (spf("v=spf10 -all"),), "192.0.2.1", "none", "has no SPF record"),
    ("a record of the version alone", (spf("v=spf1"),), "192.0.2.1", "neutral", "no term"),
    ("a version in capitals", (spf("V=SPF1 -ALL"),), "192.0.2.1", "fail", "-ALL"),
    ("a record beside other texts", (spf("v=spf1 -all"), spf("hello")), "192.0.2.1", "fail", "-all"),
    ("two records", (spf("v=spf1 -all"), spf("v=spf1 +all")), "192.0.2.1", "permerror", "2 SPF records"),
    ("a record in several strings", ("@ TXT \"v=spf1 ip4:192.0\" \".2.1 -all\"",), "192.0.2.1", "pass", "ip4:"),
    ("letters beyond ASCII", (spf("v=spf1 a:bücher.example -all"),), "192.0.2.1", "permerror", "beyond ASCII"),
    # 4.6.1: syntax, wherever it stands
    ("an unknown mechanism", (spf("v=spf1 +all ipv4:192.0.2.1"),), "192.0.2.1", "permerror", "no mechanism"),
    ("a fault behind what matches", (spf("v=spf1 ip4:192.0.2.1 foo -all"),), "192.0.2.1", "permerror", "'foo'"),
    ("an unknown modifier", (spf("v=spf1 moo=cow ip4:192.0.2.1 -all"),), "192.0.2.1", "pass", "ip4"),
    ("a modifier twice", (spf("v=spf1 redirect=a.example redirect=b.example"),), "192.0.2.1", "permerror", "twice"),
    ("a tab between terms", (spf("v=spf1 a\t-all"),), "192.0.2.1", "permerror", "no mechanism"),
    ("spaces between terms", (spf("v=spf1   ip4:192.0.2.1   -all "),), "192.0.2.1", "pass", "ip4"),
    # 5.1: all
    ("all with something behind it", (spf("v=spf1 all:shop.example"),), "192.0.2.1", "permerror", "nothing may"),
    ("pass for all", (spf("v=spf1 +all"),), "192.0.2.1", "pass", "+all"),
    ("softfail", (spf("v=spf1 ~all"),), "192.0.2.1", "softfail", "~all"),
    ("neutral", (spf("v=spf1 ?all"),), "192.0.2.1", "neutral", "?all"),
    ("what stands behind all counts not", (spf("v=spf1 -all ip4:192.0.2.1"),), "192.0.2.1", "fail", "-all"),
    # 5.2: include
    ("an include that passes", (spf("v=spf1 include:i.shop.example -all"), spf("v=spf1 ip4:192.0.2.1 -all", "i")),
     "192.0.2.1", "pass", "include:"),
    ("an include that fails is no match", (spf("v=spf1 include:i.shop.example ~all"), spf("v=spf1 -all", "i")),
     "192.0.2.1", "softfail", "~all"),
    ("an include without a record", (spf("v=spf1 include:i.shop.example -all"),), "192.0.2.1", "permerror", "has no"),
    ("an include with a fault", (spf("v=spf1 include:i.shop.example -all"), spf("v=spf1 foo", "i")),
     "192.0.2.1", "permerror", "'foo'"),
    ("an include of nothing", (spf("v=spf1 include -all"),), "192.0.2.1", "permerror", "domain must follow"),
    ("an include of itself", (spf("v=spf1 include:shop.example -all"),), "192.0.2.1", "permerror", "back to itself"),
    ("includes in a circle", (spf("v=spf1 include:i.shop.example -all"), spf("v=spf1 include:shop.example -all", "i")),
     "192.0.2.1", "permerror", "shop.example -> i.shop.example -> shop.example"),
    # 5.3 and 5.4: a and mx
    ("the address of the domain", (spf("v=spf1 a -all"), *HOSTS), "192.0.2.10", "pass", "a of"),
    ("the address of another", (spf("v=spf1 a:mail.shop.example -all"), *HOSTS), "192.0.2.25", "pass", "a:mail"),
    ("its network", (spf("v=spf1 a/24 -all"), *HOSTS), "192.0.2.99", "pass", "a/24"),
    ("its network of IPv6", (spf("v=spf1 a//64 -all"), *HOSTS), "2001:db8::99", "pass", "a//64"),
    ("both networks", (spf("v=spf1 a/24//64 -all"), *HOSTS), "2001:db8::99", "pass", "a/24//64"),
    ("a network too small", (spf("v=spf1 a/33 -all"), *HOSTS), "192.0.2.10", "permerror", "smaller"),
    ("a network with a zero in front", (spf("v=spf1 a/024 -all"), *HOSTS), "192.0.2.10", "permerror", "syntax"),
    ("a port", (spf("v=spf1 a:mail.shop.example:8080 -all"), *HOSTS), "192.0.2.25", "permerror", "no domain"),
    ("a number as the last label", (spf("v=spf1 a:192.0.2.1 -all"),), "192.0.2.1", "permerror", "no domain"),
    ("the mail hosts", (spf("v=spf1 mx -all"), *HOSTS), "192.0.2.25", "pass", "mx of"),
    ("the mail hosts of IPv6", (spf("v=spf1 mx -all"), *HOSTS), "2001:db8::25", "pass", "mx of"),
    ("ten mail hosts", (spf("v=spf1 mx -all"), *MANY, *MANY_MX[:10]), "192.0.2.10", "pass", "mx of"),
    ("eleven mail hosts", (spf("v=spf1 mx -all"), *MANY, *MANY_MX), "192.0.2.1", "permerror", "11 mail hosts"),
    # 5.5: ptr
    ("the name of the sender", (spf("v=spf1 ptr -all"), *HOSTS), "192.0.2.25", "pass", "ptr of"),
    ("a name that does not lead back", (spf("v=spf1 ptr -all"), *HOSTS), "192.0.2.26", "fail", "-all"),
    ("a sender without a name", (spf("v=spf1 ptr -all"), *HOSTS), "192.0.2.27", "fail", "-all"),
    # 5.6: ip4 and ip6
    ("an address", (spf("v=spf1 ip4:192.0.2.1 -all"),), "192.0.2.1", "pass", "ip4"),
    ("a network", (spf("v=spf1 ip4:192.0.2.128/25 -all"),), "192.0.2.1", "fail", "-all"),
    ("an IPv6 network", (spf("v=spf1 ip6:2001:db8::/32 -all"),), "2001:db8:ffff::1", "pass", "ip6"),
    ("IPv4 written as IPv6", (spf("v=spf1 ip4:192.0.2.1 -all"),), "::ffff:192.0.2.1", "pass", "ip4"),
    ("ip4 with a name", (spf("v=spf1 ip4:mail.shop.example -all"),), "192.0.2.1", "permerror", "address must"),
    ("ip4 with an IPv6 address", (spf("v=spf1 ip4:2001:db8::1 -all"),), "192.0.2.1", "permerror", "no IPv4"),
    ("ip4 with too long a prefix", (spf("v=spf1 ip4:192.0.2.1/33 -all"),), "192.0.2.1", "permerror", "syntax"),
    ("ip4 cut short", (spf("v=spf1 ip4:192.0.2 -all"),), "192.0.2.1", "permerror", "syntax"),
    # 5.7 and 7: exists, and macros
    ("exists", (spf("v=spf1 exists:%{ir}.list.shop.example -all"), "1.2.0.192.list A 127.0.0.2"),
     "192.0.2.1", "pass", "exists:"),
    ("exists not", (spf("v=spf1 exists:%{ir}.list.shop.example -all"),), "192.0.2.1", "fail", "-all"),
    ("the local part", (spf("v=spf1 exists:%{lr-}.l.shop.example -all"), "bad.strong.l A 127.0.0.2"),
     "192.0.2.1", "pass", "exists:"),
    ("some labels", (spf("v=spf1 exists:%{d1}.top.shop.example -all"), "example.top A 127.0.0.2"),
     "192.0.2.1", "pass", "exists:"),
    ("IPv6 by nibbles", (spf("v=spf1 exists:%{i}.six.shop.example -all"),
     f"{'.'.join('20010db8' + '0' * 23 + '1')}.six A 127.0.0.2"), "2001:db8::1", "pass", "exists:"),
    ("the family", (spf("v=spf1 exists:%{v}.fam.shop.example -all"), "in-addr.fam A 127.0.0.2"),
     "192.0.2.1", "pass", "exists:"),
    ("the validated name", (spf("v=spf1 exists:%{p}.val.shop.example -all"), *HOSTS,
     "mail.shop.example.val A 127.0.0.2"), "192.0.2.25", "pass", "exists:"),
    ("no such macro", (spf("v=spf1 exists:%{x}.shop.example -all"),), "192.0.2.1", "permerror", "no macro"),
    ("a macro for explanations", (spf("v=spf1 exists:%{c}.shop.example -all"),), "192.0.2.1", "permerror", "%{c}"),
    ("a lone per cent", (spf("v=spf1 exists:%.shop.example -all"),), "192.0.2.1", "permerror", "no macro"),
    ("no labels", (spf("v=spf1 exists:%{i0}.shop.example -all"),), "192.0.2.1", "permerror", "no macro"),
    # 6.1: redirect
    ("a redirect", (spf("v=spf1 redirect=r.shop.example"), spf("v=spf1 ip4:192.0.2.1 -all", "r")),
     "192.0.2.1", "pass", "ip4"),
    ("a redirect beside all is void", (spf("v=spf1 ~all redirect=r.shop.example"),), "192.0.2.1", "softfail", "~all"),
    ("a redirect in front", (spf("v=spf1 redirect=r.shop.example ip4:192.0.2.1"), spf("v=spf1 -all", "r")),
     "192.0.2.1", "pass", "ip4"),
    ("a redirect to no record", (spf("v=spf1 redirect=r.shop.example"),), "192.0.2.1", "permerror", "has no SPF"),
    ("a redirect to itself", (spf("v=spf1 redirect=shop.example"),), "192.0.2.1", "permerror", "back to itself"),
    # 6.2: exp is for explanations, and asks nothing here
    ("an explanation", (spf("v=spf1 -all exp=why.shop.example"),), "192.0.2.1", "fail", "-all"),
    ("two explanations", (spf("v=spf1 -all exp=a.example exp=b.example"),), "192.0.2.1", "permerror", "twice"),
    # 4.6.4: limits
    ("ten look-ups", (spf("v=spf1 " + "a " * 10 + "-all"), *HOSTS), "192.0.2.1", "fail", "-all"),
    ("eleven look-ups", (spf("v=spf1 " + "a " * 11 + "-all"), *HOSTS), "192.0.2.1", "permerror", "more than 10 look"),
    ("a match before the limit", (spf("v=spf1 " + "a " * 11 + "-all"), *HOSTS), "192.0.2.10", "pass", "a of"),
    ("look-ups in includes count", (spf("v=spf1 include:c1.shop.example -all"), *CHAIN), "192.0.2.1", "permerror",
     "more than 10 look-ups"),
    ("two that lead nowhere", (spf("v=spf1 a:x.shop.example a:y.shop.example ip4:192.0.2.1 -all"),),
     "192.0.2.1", "pass", "ip4"),
    ("three that lead nowhere", (spf("v=spf1 a:x.shop.example a:y.shop.example a:z.shop.example ip4:192.0.2.1 -all"),),
     "192.0.2.1", "permerror", "more than 2 look-ups lead nowhere"),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "ip", "result", "reason"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_a_record_means_what_the_rule_says(
    server: DnsServer, lines: tuple[str, ...], ip: str, result: str, reason: str
) -> None:
    seen = evaluate(server, lines, ip, REVERSE)

    assert seen.result == result, seen.reason
    assert reason in seen.reason


@pytest.mark.parametrize("trouble", ["servfail", "refused"])
def test_a_nameserver_in_trouble_is_temporary(server: DnsServer, trouble: Any) -> None:
    evaluate(server, (spf("v=spf1 -all"),), "192.0.2.1")
    server.break_("shop.example", trouble)
    run: Any = Run()
    asker = Asker(run, (Server(server.host, server.port, "ns"),))

    seen = asyncio.run(check_host(asker, "shop.example", ip_address("192.0.2.1")))

    assert seen.result == "temperror"


def test_everything_is_looked_up_for_somebody_who_is_named_nowhere(server: DnsServer) -> None:
    lines = (
        spf("v=spf1 ip4:0.0.0.0/0 a mx include:i.shop.example exists:%{i}.e.shop.example ~all"),
        spf("v=spf1 ip4:203.0.113.0/24 a:mail.shop.example -all", "i"),
        "*.e A 127.0.0.2",
        *HOSTS,
    )

    seen = evaluate(server, lines, None)

    assert (seen.result, seen.lookups, seen.voids) == ("softfail", 5, 0)
    assert seen.domains == ("shop.example", "i.shop.example")


def test_nothing_is_asked_twice(server: DnsServer) -> None:
    server.asked.clear()

    evaluate(server, (spf("v=spf1 " + "a " * 10 + "-all"), *HOSTS), "192.0.2.1")

    assert len(server.asked) == 2


OTHERWISE = {
    "a version in capitals": "the version is the same in any case (RFC 7208, 12: ABNF strings)",
    "an unknown mechanism": "a fault voids a record wherever it stands, also behind all (4.6)",
    "a tab between terms": "terms are parted by spaces alone (4.6.1)",
    "a port": "a domain ends with the label of a top-level domain (7.1)",
    "a number as the last label": "which has a letter (7.1)",
}
"""Rows in which checkdmarc is more or less strict than the rule that is named."""


@pytest.mark.parametrize(("name", "lines"), [row[:2] for row in ROWS], ids=[row[0] for row in ROWS])
def test_checkdmarc_finds_the_same(server: DnsServer, name: str, lines: tuple[str, ...]) -> None:
    ours = evaluate(server, lines, None, REVERSE)

    checkdmarc.utils.DNS_CACHE.clear()  # it keeps answers for half an hour, whichever nameserver gave them
    nameservers = [Do53Nameserver(server.host, server.port)]
    theirs = checkdmarc.spf.check_spf("shop.example", nameservers=nameservers, timeout=2)

    is_same = ("error" in theirs) == (ours.result in {"permerror", "none"})
    assert is_same != (name in OTHERWISE), (ours, theirs)
    if is_same and "error" not in theirs:
        assert theirs["dns_lookups"] == ours.lookups
