"""``sla history``: how an agreement's terms came to be what they are."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from attrs import asdict, frozen

from sla_engine.cli.common import Refusal, existing_store, format_option, load, policies_option, print_json

if TYPE_CHECKING:
    from sla_engine.policy import PolicySet
    from sla_engine.policy.differences import TermChange
    from sla_engine.policy.terms import Leaves
    from sla_engine.store import Store


@frozen
class Version:
    """Terms that began to hold.

    Attributes:
        begins: a date for what the contract itself says, an instant for policies that were loaded.
        what: why they began, in a few words.
        changes: what became different.
    """

    begins: str
    what: str
    changes: "tuple[TermChange, ...]"


@click.command(name="history")
@policies_option
@click.argument("what", metavar="KIND/ID")
@format_option("text", "json")
def command(policies: Path, what: str, output_format: str) -> None:
    """The versions of an agreement: its amendments by date, and what was changed in the files, by the store.

    As in: sla history customer/acme
    """
    policy_set, _ = load(policies)
    kind, _, name = what.partition("/")
    if kind not in {"sla", "customer"} or name not in policy_set.tables(kind):
        known = [f"{kind}/{name}" for kind in ("sla", "customer") for name in policy_set.tables(kind)]
        raise Refusal(f"there is no agreement {what!r}; there is {', '.join(known) or 'none'}")
    versions = list(_amendments(policy_set, kind, name))
    loads = list(_loads(policy_set, kind, name))
    if output_format == "json":
        print_json({"agreement": what, "versions": _json(versions), "loads": _json(loads)})
        return
    click.echo(_text("By its own dates:", versions))
    if loads:
        click.echo("\n" + _text("By the files that were loaded:", loads))


def _amendments(policies: "PolicySet", kind: str, name: str) -> Iterator[Version]:
    from sla_engine.policy.differences import changes_between

    table = policies.tables(kind)[name].table
    before = policies.terms(kind, name, date.min)
    yield Version(str(table.since or "from the first"), "the contract begins", tuple(changes_between(name, {}, before)))
    for day in policies.amendment_dates(name) if kind == "customer" else ():
        after = policies.terms(kind, name, day)
        yield Version(str(day), "amended", tuple(changes_between(name, before, after)))
        before = after
    if table.until is not None:
        yield Version(str(table.until), "the contract ends", ())


def _loads(policies: "PolicySet", kind: str, name: str) -> Iterator[Version]:
    try:
        store = existing_store(policies)
    except Refusal:
        return
    from sla_engine.model.instant import format_instant
    from sla_engine.policy.differences import changes_between

    with store:
        before: Leaves | None = None
        for at, policy_hash in store.policy_loads():
            after = _terms_then(store, policy_hash, kind, name)
            changes = tuple(changes_between(name, before or {}, after or {}))
            if changes:
                what = "loaded first" if before is None else "taken out" if after is None else "changed"
                yield Version(format_instant(at), f"{what}, policies {policy_hash[:12]}", changes)
            before = after


def _terms_then(store: "Store", policy_hash: str, kind: str, name: str) -> "Leaves | None":
    from sla_engine.policy import compile_snapshot

    content = store.policy_text(policy_hash)
    policies = None if content is None else compile_snapshot(content).policies
    if policies is None or name not in policies.tables(kind):
        return None
    return policies.terms(kind, name)


def _text(title: str, versions: list[Version]) -> str:
    blocks = [
        "\n".join([f"  {one.begins}  {one.what}", *(f"    {change}" for change in one.changes)]) for one in versions
    ]
    return "\n".join([title, *blocks])


def _json(versions: list[Version]) -> list[Mapping[str, Any]]:
    def plain(_instance: Any, _field: Any, value: Any) -> Any:
        return value.isoformat() if isinstance(value, date) else value

    return [asdict(one, value_serializer=plain) for one in versions]
