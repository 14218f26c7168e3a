"""A policy set kept as it was written, and read again without its plugins."""

import json
import zlib
from collections.abc import Callable

from sla_engine.policy import Compilation, PolicySet, compile_snapshot, take_snapshot

Compiled = Callable[..., Compilation]
ACME = '[customer.acme]\nsla = "standard"\navailability.web = "99.9%"\n'


def policies_of(compilation: Compilation) -> PolicySet:
    assert compilation.policies is not None, compilation.text
    return compilation.policies


def test_a_snapshot_makes_the_same_contracts_although_no_plugin_is_there(compiled: Compiled, small: str) -> None:
    before = policies_of(compiled({"a.toml": small, "customers/acme.toml": ACME}))

    after = policies_of(compile_snapshot(take_snapshot(before)))

    assert after.hash == before.hash
    one, other = before.contract(customer="acme"), after.contract(customer="acme")
    assert (one.availability, one.timezone, one.accounting) == (other.availability, other.timezone, other.accounting)
    assert [check.id for check in other.services["web"].checks] == ["web/door"]


def test_the_same_files_make_the_same_bytes(compiled: Compiled, small: str) -> None:
    files = {"b.toml": ACME, "a.toml": small}

    assert take_snapshot(policies_of(compiled(files))) == take_snapshot(
        policies_of(compiled(dict(reversed(files.items()))))
    )


def test_what_customers_files_name_stays_untrusted(compiled: Compiled, small: str) -> None:
    relay = ACME + 'service.relay.check.door = { probe = "door", url = "u" }\n'
    before = policies_of(compiled({"a.toml": small, "customers/acme.toml": relay}))

    after = policies_of(compile_snapshot(take_snapshot(before)))

    assert after.services["acme/relay"].checks[0].trusted is False


def test_what_was_in_force_is_judged_although_the_linter_has_learned_a_rule_since(
    compiled: Compiled, small: str
) -> None:
    text = f'{small}[customer.old]\nsla = "standard"\nfee = "100 DEM"\n'
    kept = zlib.compress(json.dumps([{"name": "a.toml", "text": text, "is_customers": False}]).encode())

    assert compiled(text).policies is None
    assert str(policies_of(compile_snapshot(kept)).contract(customer="old").fee) == "100 DEM"
