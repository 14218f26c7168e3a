"""``sla report``: the report of a period, judged from the store."""

from pathlib import Path

import click

from sla_engine.cli.common import (
    FINE,
    THE_ANSWER_IS_NO,
    Holder,
    Refusal,
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

    A period that has ended is judged by the policies that were in force when it did. Exit status 1 when a promise is
    breached.
    """
    from sla_engine.calendars import CalendarError
    from sla_engine.engine.in_force import to_judge
    from sla_engine.engine.standing import known_history
    from sla_engine.evaluation import evaluate
    from sla_engine.policy import UnknownAgreementError
    from sla_engine.reports.verdict_json import verdict_json
    from sla_engine.reports.verdict_text import verdict_text

    policy_set, _ = load(policies)
    # A customer who has left the files is still known to the policies of the time.
    holder = Holder(None, customer) if customer and not sla else which_agreement(policy_set, sla, customer)
    with existing_store(policy_set) as store:
        try:
            judged = to_judge(policy_set, store, period, now, sla=holder.sla, customer=holder.customer)
        except (CalendarError, UnknownAgreementError) as error:
            raise Refusal(str(error)) from error
        history = known_history(judged.policies, store, judged.contract, judged.period)
        verdict = evaluate(judged.contract, history, judged.period, now)
    if output_format == "json":
        print_json(verdict_json(verdict))
    else:
        click.echo(verdict_text(verdict))
    return THE_ANSWER_IS_NO if verdict.is_breached else FINE
