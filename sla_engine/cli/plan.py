"""``sla plan``: what loading these policies would change, before anybody loads them."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sla_engine.cli.common import FINE, Refusal, format_option, load, now_option, policies_option, print_json
from sla_engine.cli.plan_text import plan_text

if TYPE_CHECKING:
    from sla_engine.engine.effects import Effect
    from sla_engine.policy import PolicySet
    from sla_engine.policy.differences import Differences
    from sla_engine.store import Store

_JUDGED_BY = ("calendar", "accounting", "maintenance", "service")


@click.command(name="plan")
@policies_option
@click.option(
    "--against",
    type=click.Path(path_type=Path, exists=True),
    help="A folder of policies to compare with.  [default: what the engine has in force, by its store]",
)
@click.option("--out", type=click.Path(path_type=Path), help="Keep the plan in a file, for --verify.")
@click.option(
    "--verify",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Refuse (exit status 2) unless this kept plan still says what loading these policies would do.",
)
@format_option("text", "json")
@now_option
def command(
    policies: Path, against: Path | None, out: Path | None, verify: Path | None, output_format: str, now: int
) -> int:
    """What loading these policies would change in the running engine: checks, contracts, this period's verdicts.

    Nothing is loaded, written (but --out) or probed.
    """
    after, _ = load(policies)
    with _store(after) as store:
        before, since = _baseline(after, against, store)
        plan = {"from": before.hash if before else None, "to": after.hash}
        if verify is not None:
            _refuse_stale(verify, plan)
        differences = None if before is None else _differences(before, after, now)
        changed = [] if before is None or store is None else _effects(differences, before, after, store, now)
    if out is not None:
        out.write_text(json.dumps(plan, indent=2) + "\n", encoding="utf-8")
    if output_format == "json":
        print_json({**plan, **_json(after, differences, changed)})
    else:
        click.echo(plan_text(after, differences, changed, since, knows_verdicts=store is not None))
    return FINE


class _NoStore:
    """Stands where there is no store yet, so that its absence is no special case."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        return None


def _store(policies: "PolicySet") -> "Store | _NoStore":
    from sla_engine.cli.common import existing_store

    try:
        return existing_store(policies)
    except Refusal:
        return _NoStore()


def _baseline(after: "PolicySet", against: Path | None, store: "Store | None") -> "tuple[PolicySet | None, int | None]":
    """What is compared with, and since when it has been in force where the store says so."""
    from sla_engine.policy import compile_snapshot
    from sla_engine.store import StoreError

    if against is not None:
        return load(against)[0], None
    loaded = None if store is None else store.newest_policies()
    if loaded is None:
        return None, None
    if loaded.hash == after.hash:
        return after, loaded.at
    compilation = compile_snapshot(loaded.content)
    if compilation.policies is None:
        raise StoreError(f"the policies in force cannot be read from the store any more:\n{compilation.text}")
    return compilation.policies, loaded.at


def _refuse_stale(path: Path, plan: dict[str, str | None]) -> None:
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise Refusal(f"{path} is no plan that `sla plan --out` wrote: {error}") from error
    if not isinstance(kept, dict) or {"from", "to"} - set(kept):
        raise Refusal(f"{path} is no plan that `sla plan --out` wrote")
    for key, what in (("from", "what is in force"), ("to", "what the files say")):
        if kept[key] != plan[key]:
            raise Refusal(
                f"{path} is stale: {what} is no longer {_short(kept[key])}, but {_short(plan[key])}; plan again"
            )


def _short(policy_hash: object) -> str:
    return str(policy_hash)[:12] if policy_hash else "nothing"


def _differences(before: "PolicySet", after: "PolicySet", now: int) -> "Differences":
    from sla_engine.model.instant import to_datetime
    from sla_engine.policy.differences import compare

    return compare(before, after, to_datetime(now).date())


def _effects(
    differences: "Differences | None", before: "PolicySet", after: "PolicySet", store: "Store", now: int
) -> "list[Effect]":
    from sla_engine.engine.effects import effects

    if not differences:
        return []
    touched = {change.holder for change in differences.terms} | set(differences.agreements)
    if any(change.name.partition("/")[0] in _JUDGED_BY for change in differences.tables):
        touched = {
            f"{kind}/{name}" for kind in ("sla", "customer") for name in {*before.tables(kind), *after.tables(kind)}
        }
    holders = [(kind, name) for kind, _, name in (holder.partition("/") for holder in sorted(touched))]
    return list(effects(holders, before, after, store, now))


def _json(after: "PolicySet", differences: "Differences | None", changed: "Sequence[Effect]") -> dict[str, Any]:
    from attrs import asdict

    from sla_engine.model.percent import format_percent

    def plain(_instance: Any, _field: Any, value: Any) -> Any:
        from datetime import date
        from fractions import Fraction

        if isinstance(value, Fraction):
            return format_percent(value)
        return value.isoformat() if isinstance(value, date) else value

    if differences is None:
        return {"first": True, "agreements": {}, "terms": [], "tables": [], "effects": []}
    return {
        "first": False,
        "agreements": dict(differences.agreements),
        "terms": [{**asdict(one, value_serializer=plain), "words": str(one)} for one in differences.terms],
        "tables": [asdict(one) for one in differences.tables],
        "effects": [asdict(one, value_serializer=plain) for one in changed],
    }
