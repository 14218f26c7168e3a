"""What each fault of a nameserver comes to, and each fault of a policy: kept as golden text."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sla_engine.plugin import Outcome
from sla_engine.policy import Plugins, compile_policies
from sla_engine.registry.host import load_plugins
from sla_engine.testing.servers.dns import DnsServer, txt

ZONE = f"""
$ORIGIN shop.example.
@ A 192.0.2.10
@ MX 10 mx
mx A 8.8.4.4
@ TXT {txt("v=spf1 mx -all")}
s1._domainkey TXT {txt("v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")}
_dmarc TXT {txt("v=DMARC1; p=reject")}
around CNAME and-around
and-around CNAME around
empty TXT nothing
"""
REVERSE = "$ORIGIN 8.in-addr.arpa.\n4.4.8 PTR mx.shop.example.\n"
TROUBLES: tuple[Any, ...] = (
    "servfail",
    "refused",
    "nxdomain",
    "silent",
    "truncated",
    "always-truncated",
    "wrong-id",
    "forged",
    "garbage",
    "rebinding",
    "bogus",
)


def test_each_fault_has_its_words(
    ask: Any, nameserver: DnsServer, golden: Any, fault_table: Callable[[Mapping[str, Outcome]], str]
) -> None:
    nameserver.serve(ZONE)
    nameserver.serve(REVERSE)
    timeout = 'timeout = "600ms"'
    outcomes: dict[str, Outcome] = {"nothing": ask('name = "shop.example"')}
    outcomes["no such record"] = ask('name = "empty.shop.example"')
    outcomes["aliases in a circle"] = ask('name = "around.shop.example"')
    for trouble in TROUBLES:
        nameserver.break_("shop.example", trouble)
        outcomes[trouble] = ask('name = "shop.example"', timeout, 'expect = { ttl = "1m" }')
        outcomes[f"{trouble}, over TCP"] = ask('name = "shop.example"', timeout, 'transport = "tcp"')
    nameserver.mend()
    mail = 'mail = { domain = "shop.example", selectors = ["s1"] }'
    outcomes["mail: nothing"] = ask(mail)
    for trouble in ("servfail", "silent", "nxdomain"):
        for kind in ("MX", "TXT"):
            nameserver.mend()
            nameserver.break_("shop.example", trouble, kind)
            outcomes[f"mail: {trouble} for {kind}"] = ask(mail, 'timeout = "2s"')
    nameserver.mend()
    nameserver.refuse()
    outcomes["nobody listens"] = ask('name = "shop.example"', timeout)
    outcomes["nobody listens, over TCP"] = ask('name = "shop.example"', timeout, 'transport = "tcp"')

    golden("faults.txt", fault_table(outcomes).replace(str(nameserver.port), "PORT"))


KEYS = {
    "nothing to ask for": [],
    "two things to ask for": ['name = "a.example"', 'mail = { domain = "a.example" }'],
    "no name": ['name = "a b"'],
    "a label that is too long": [f'name = "{"a" * 64}.example"'],
    "an address without PTR": ['name = "192.0.2.1"'],
    "no type": ['name = "a.example"', 'type = "ANY"'],
    "no server": ['name = "a.example"', 'server = "192.0.2.1:99999"'],
    "TLS to nobody": ['name = "a.example"', 'transport = "tls"'],
    "no record of that kind": ['name = "a.example"', 'expect = { values = "www.example.com" }'],
    "no MX record": ['name = "a.example"', 'type = "MX"', 'expect = { contains = ["mx.example.com"] }'],
    "no pattern": ['name = "a.example"', "expect = { matches = '(' }"],
    "no code": ['name = "a.example"', 'expect = { rcode = "OK" }'],
    "fewer than none": ['name = "a.example"', "expect = { min_count = -1 }"],
    "expectations for mail": ['mail = { domain = "a.example" }', "expect = { min_count = 2 }"],
    "mail of nobody": ["mail = {}"],
    "mail of no domain": ['mail = { domain = "user@example.com x" }'],
    "no address in SPF": ['mail = { domain = "a.example", spf = { ip = "mail.example.com" } }'],
    "selectors without DKIM": ['mail = { domain = "a.example", selectors = ["s1"], dkim = false }'],
    "no policy": ['mail = { domain = "a.example", dmarc = { policy = "refuse" } }'],
    "an unknown key": ['mail = { domain = "a.example", selector = "s1" }'],
}


def test_the_example_is_a_policy() -> None:
    host = load_plugins()
    path = Path(__file__).parents[3] / "policies" / "examples" / "probes" / "mail-domain.toml"

    compilation = compile_policies(
        [path], plugins=Plugins(host.probes, host.notifiers, host.ticket_sources), environ={}
    )

    assert compilation.policies is not None, compilation.text


def test_each_fault_of_a_policy_is_told_where_it_stands(golden: Any, tmp_path: Path) -> None:
    host = load_plugins()
    table = {}
    for name, lines in KEYS.items():
        path = tmp_path / "policy.toml"
        head = ["[service.it]", 'every = "1m"', "[service.it.check.it]", 'probe = "dns"']
        path.write_text("\n".join([*head, *lines, ""]), encoding="utf-8")
        compilation = compile_policies(
            [path], plugins=Plugins(host.probes, host.notifiers, host.ticket_sources), environ={}
        )
        table[name] = "\n".join(
            f"  {one.level} in line {one.span.line} {one.source_line}: {one.message}"
            + (f"\n    help: {one.help}" if one.help else "")
            for one in compilation.diagnostics
            if one.level == "error"
        )

    assert [name for name, text in table.items() if not text] == []
    golden("keys.txt", "".join(f"{name}\n{text}\n\n" for name, text in table.items()))
