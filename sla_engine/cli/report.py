"""``sla report``: the report of a period, judged from the store."""

from pathlib import Path

import click

from sla_engine.cli.common import (
    FINE,
    THE_ANSWER_IS_NO,
    agreement_options,
    existing_store,
    format_option,
    load,
    now_option,
    period_option,
    policies_option,
    print_json,
    which_agreement,
)


@click.command(name="report")
@policies_option
@period_option
@agreement_options
@format_option("text", "json")
@now_option
def command(policies: Path, period: str, sla: str | None, customer: str | None, output_format: str, now: int) -> int:
    """The report of a period, judged from the store.

    Exit status 1 when a promise is breached.
    """
    from sla_engine.calendars.periods import period_named
    from sla_engine.engine.standing import known_history
    from sla_engine.evaluation import evaluate
    from sla_engine.reports.verdict_json import verdict_json
    from sla_engine.reports.verdict_text import verdict_text

    policy_set, _ = load(policies)
    holder = which_agreement(policy_set, sla, customer)
    latest = policy_set.contract(sla=holder.sla, customer=holder.customer)
    judged = period_named(period, latest.period, latest.timezone)
    contract = policy_set.contract(sla=holder.sla, customer=holder.customer, at=judged.start)
    with existing_store(policy_set) as store:
        verdict = evaluate(contract, known_history(policy_set, store, contract, judged), judged, now)
    if output_format == "json":
        print_json(verdict_json(verdict))
    else:
        click.echo(verdict_text(verdict))
    return THE_ANSWER_IS_NO if verdict.is_breached else FINE
