"""``sla verify``: a period judged again from the results themselves, held against what was said of it."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sla_engine.cli.common import (
    FINE,
    THE_ANSWER_IS_NO,
    agreement_options,
    existing_store,
    format_option,
    load,
    now_option,
    policies_option,
    print_json,
)
from sla_engine.cli.report import period_to_judge

if TYPE_CHECKING:
    from sla_engine.engine.in_force import Judged
    from sla_engine.engine.verifying import Verification


@click.command(name="verify")
@policies_option
@click.argument("period")
@agreement_options
@format_option("text", "json")
@now_option
def command(policies: Path, period: str, sla: str | None, customer: str | None, output_format: str, now: int) -> int:
    """Judge PERIOD again from the results themselves, and say whether that agrees with what was said of it.

    Held against it are the run-lengths that verdicts are read from and, where the period is frozen, the newest
    revision of its report, judged by the policies that are kept with it. Exit status 1 where anything differs.
    """
    from sla_engine.engine.verifying import verify
    from sla_engine.reports.document import as_document

    policy_set, _ = load(policies)
    with existing_store(policy_set) as store:
        judged = period_to_judge(policy_set, store, period, now, sla, customer)
        found = verify(judged, store, as_document, now)
    if output_format == "json":
        print_json(
            {
                "holder": judged.holder,
                "period": judged.period.label,
                "revision": found.frozen.revision if found.frozen else None,
                "digest": found.frozen.digest if found.frozen else None,
                "agrees": not found.differences,
                "differences": list(found.differences),
            }
        )
    else:
        click.echo(_text(judged, found))
    return THE_ANSWER_IS_NO if found.differences else FINE


def _text(judged: "Judged", found: "Verification") -> str:
    from sla_engine.reports.verdict_text import printable

    name = f"{judged.holder} {judged.period.label}"
    if found.frozen is None:
        against = "its run-lengths (it is not frozen)"
    else:
        against = f"revision {found.frozen.revision} of its report, verdict and inputs {found.frozen.digest[:12]}"
    if not found.differences:
        return f"{name}: judged again from the results, it agrees with {against}."
    lines = [f"{name}: judged again from the results, it differs from {against}:"]
    return "\n  ".join([*lines, *map(printable, found.differences)])
