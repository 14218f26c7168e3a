"""``sla show``: the effective contract, each value with the place it comes from."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sla_engine.cli.common import Refusal, format_option, load, policies_option, print_json

if TYPE_CHECKING:
    from sla_engine.policy import Origin, PolicySet


@click.command(name="show")
@policies_option
@click.argument("what", metavar="[KIND/ID]", required=False)
@click.option("--at", metavar="DATE", help="As the terms stood on that date.  [default: the latest]")
@format_option("text", "json", "toml")
def command(policies: Path, what: str | None, at: str | None, output_format: str) -> None:
    """Show an agreement's terms, each with the file and line that it comes from; without KIND/ID, what there is.

    As in: sla show sla/standard, or sla show customer/acme --at 2026-06-30. As toml, an agreement is shown as a policy
    set of its own, which reads back to the same contract.
    """
    policy_set, _ = load(policies)
    if what is None:
        if output_format == "toml":
            raise Refusal("say which agreement: sla show customer/ID --format toml")
        names = [*(f"sla/{name}" for name in policy_set.slas), *(f"customer/{name}" for name in policy_set.customers)]
        if output_format == "json":
            print_json({"agreements": names, "services": list(policy_set.services), "policy_hash": policy_set.hash})
        else:
            click.echo("\n".join([*names, *(f"service/{name}" for name in policy_set.services)]))
        return
    kind, _, name = what.partition("/")
    if output_format == "toml" and kind not in {"sla", "customer"}:
        raise Refusal("only an agreement can be shown as toml: write sla/ID or customer/ID")
    if kind == "service" and name in policy_set.services:
        _show_service(policy_set, name, output_format)
    elif kind in {"sla", "customer"}:
        _show_agreement(policy_set, kind, name, at, output_format)
    else:
        raise Refusal(f"there is no {what!r}: write sla/ID, customer/ID or service/ID; `sla show` lists them")


def _show_agreement(policy_set: "PolicySet", kind: str, name: str, at: str | None, output_format: str) -> None:
    from sla_engine.calendars.wall import day_start
    from sla_engine.policy import UnknownAgreementError

    sla, customer = (name, None) if kind == "sla" else (None, name)
    try:
        latest = policy_set.contract(sla=sla, customer=customer)
        moment = None if at is None else day_start(_date(at), latest.timezone)
        origins = policy_set.provenance(sla=sla, customer=customer, at=moment)
    except UnknownAgreementError as error:
        raise Refusal(str(error)) from error
    if output_format == "toml":
        from sla_engine.policy.writer import self_contained

        click.echo(self_contained(policy_set, kind, name, None if at is None else _date(at)), nl=False)
        return
    if output_format == "json":
        print_json(
            {
                "agreement": latest.agreement,
                "customer": customer,
                "policy_hash": policy_set.hash,
                "terms": {key: _origin_json(origin) for key, origin in origins.items()},
            }
        )
        return
    width = max(len(key) for key in origins)
    for key, origin in origins.items():
        click.echo(f"{key.ljust(width)}  {origin.value}")
        click.echo(f"{''.ljust(width)}  {origin.how}, {origin.file}:{origin.line}")


def _origin_json(origin: "Origin") -> Mapping[str, Any]:
    return {
        "value": origin.value,
        "how": origin.how,
        "file": origin.file,
        "line": origin.line,
        "column": origin.column,
    }


def _show_service(policy_set: "PolicySet", name: str, output_format: str) -> None:
    service = policy_set.services[name]
    parts = [part.id for part in service.parts]
    checks = {
        check.name: f"{check.probe}, timeout {check.timeout}, retries {check.retries}" for check in service.checks
    }
    if output_format == "json":
        schedule = None if parts else str(service.schedule)
        print_json({"service": name, "title": str(service.title), "schedule": schedule, "of": parts, "checks": checks})
        return
    how = f"composed of {', '.join(parts)}" if parts else str(service.schedule)
    click.echo(f"{name}: {service.title}, {how}, up when {service.up_when}")
    for check, described in checks.items():
        click.echo(f"  {check}: {described}")


def _date(text: str) -> Any:
    from datetime import date

    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is no date: write it like 2026-06-30", param_hint="--at") from error
