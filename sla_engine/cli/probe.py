"""``sla probe``: one run of a service's checks, now."""

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sla_engine.cli.common import (
    FINE,
    THE_ANSWER_IS_NO,
    Refusal,
    format_option,
    load,
    policies_option,
    print_json,
)

if TYPE_CHECKING:
    from sla_engine.engine.probing import Tried
    from sla_engine.model.service import Check
    from sla_engine.policy import PolicySet
    from sla_engine.registry.host import PluginHost

_BAR = 30


@click.command(name="probe")
@policies_option
@click.argument("target", metavar="SERVICE[/CHECK]")
@format_option("text", "json")
def command(policies: Path, target: str, output_format: str) -> int:
    """Probe a service or a single check now; nothing is stored.

    With JSON, one object for a single check, and a list of them for a service that has several. Exit status 1 when one
    is down.
    """
    from sla_engine.registry.logs import configure_logs

    configure_logs()
    policy_set, host = load(policies)
    checks = _checks(policy_set, target)
    tried = asyncio.run(_try_all(policy_set, host, checks))
    if output_format == "json":
        found = [_json(check, one) for check, one in zip(checks, tried, strict=True)]
        print_json(found[0] if len(found) == 1 else found)
    else:
        for check, one in zip(checks, tried, strict=True):
            click.echo(_text(check, one))
    return THE_ANSWER_IS_NO if any(one.outcome.state == "down" for one in tried) else FINE


def _checks(policy_set: "PolicySet", target: str) -> "list[Check]":
    if target in policy_set.services:
        return list(policy_set.services[target].checks)
    found = [check for service in policy_set.services.values() for check in service.checks if check.id == target]
    if not found:
        known = ", ".join(check.id for service in policy_set.services.values() for check in service.checks)
        raise Refusal(f"there is no service or check {target!r}; there is {known}")
    return found


async def _try_all(policy_set: "PolicySet", host: "PluginHost", checks: "list[Check]") -> "list[Tried]":
    from sla_engine.engine.equipment import make_prober
    from sla_engine.registry.clock import SystemClock

    prober = make_prober(policy_set, host, SystemClock(), os.environ)
    try:
        return list(await asyncio.gather(*(prober.run(check) for check in checks)))
    finally:
        await prober.aclose()


def _json(check: "Check", tried: "Tried") -> Mapping[str, Any]:
    outcome = tried.outcome
    return {
        "service": check.service,
        "check": check.name,
        "state": outcome.state.value,
        "ms": tried.latency / 1000,
        "phases": {name: round(length * 1000, 3) for name, length in outcome.phases.items()},
        "reason": outcome.reason,
        "tries": tried.tries,
        "values": dict(outcome.values),
        "evidence": outcome.evidence,
    }


def _text(check: "Check", tried: "Tried") -> str:
    outcome = tried.outcome
    lines = [f"{check.id}  {outcome.state.upper()}  {tried.latency / 1000:.1f} ms"]
    if tried.tries > 1:
        lines[0] += f"  in {tried.tries} tries"
    if outcome.reason:
        lines.append(f"  {outcome.reason}")
    total = sum(outcome.phases.values())
    width = max((len(name) for name in outcome.phases), default=0)
    for name, length in outcome.phases.items():
        bar = "#" * round(_BAR * length / total) if total else ""
        lines.append(f"  {name.ljust(width)}  {length * 1000:9.3f} ms  {bar}".rstrip())
    lines += [f"  {name} = {value:g}" for name, value in outcome.values.items()]
    lines += [f"  {line}" for line in outcome.evidence.splitlines()]
    return "\n".join(lines)
