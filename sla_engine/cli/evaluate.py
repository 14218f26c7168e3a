"""``sla evaluate``: judges a recorded history; no store needed."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sla_engine.cli.common import (
    FINE,
    THE_ANSWER_IS_NO,
    Holder,
    Refusal,
    agreement_options,
    format_option,
    load,
    now_option,
    period_option,
    policies_option,
    print_json,
    tell_plugins,
    which_agreement,
)

if TYPE_CHECKING:
    from sla_engine.exchange.history import Recorded
    from sla_engine.model.verdict import Verdict
    from sla_engine.policy import PolicySet


@click.command(name="evaluate")
@policies_option
@click.option(
    "--history", required=True, type=click.Path(path_type=Path, allow_dash=True), help="JSON lines; - is stdin."
)
@period_option
@agreement_options
@format_option("text", "json")
@now_option
def command(
    policies: Path, history: Path, period: str, sla: str | None, customer: str | None, output_format: str, now: int
) -> int:
    """Judge a recorded history by a contract; no store needed.

    Exit status 1 when a promise is breached.
    """
    policy_set, host = load(policies)
    holder = which_agreement(policy_set, sla, customer)
    recorded = read_recorded(history, policy_set)
    verdict = _judge(policy_set, holder, recorded, period, now)
    tell_plugins(host, verdict)
    if output_format == "json":
        from sla_engine.reports.verdict_json import verdict_json

        print_json(verdict_json(verdict))
    else:
        from sla_engine.reports.verdict_text import verdict_text

        click.echo(verdict_text(verdict))
    return THE_ANSWER_IS_NO if verdict.is_breached else FINE


def _judge(policy_set: "PolicySet", holder: Holder, recorded: "Recorded", period: str, now: int) -> "Verdict":
    from sla_engine.calendars import CalendarError
    from sla_engine.calendars.periods import period_named
    from sla_engine.evaluation import evaluate, with_evidence
    from sla_engine.evaluation.history import history_of
    from sla_engine.policy.tickets import covered_tickets

    terms = policy_set.contract(sla=holder.sla, customer=holder.customer)
    terms_at = policy_set.contract_over_time(sla=holder.sla, customer=holder.customer)
    try:
        judged = period_named(period, terms.period, terms.timezone)
        tickets = covered_tickets(policy_set, recorded.tickets, holder.customer)
        maintenance = policy_set.maintenance_windows(judged.start, judged.end)
        history = history_of(recorded.results, tickets, maintenance)
        contract = terms_at(judged.start)
        verdict = evaluate(contract, history, judged, now, terms_at=terms_at)
        return with_evidence(verdict, contract, history, judged, now, terms_at=terms_at)
    except CalendarError as error:
        raise Refusal(str(error)) from error


def read_recorded(path: Path, policy_set: "PolicySet") -> "Recorded":
    """A recorded history; what it holds of checks that the policies do not have is told on stderr.

    Raises:
        Refusal: it cannot be read.
    """
    from sla_engine.exchange.history import HistoryError, read_history

    name = "<stdin>" if str(path) == "-" else str(path)
    try:
        if name == "<stdin>":
            recorded = read_history(name, sys.stdin.buffer, policy_set.services)
        else:
            with path.open("rb") as lines:
                recorded = read_history(name, lines, policy_set.services)
    except HistoryError as error:
        raise Refusal(str(error)) from error
    except OSError as error:
        raise Refusal(f"{path}: cannot be read: {error.strerror}") from error
    for check, places in sorted(recorded.unknown_checks.items()):
        many = f"these {len(places)} results are" if len(places) > 1 else "this result is"
        click.echo(f"warning: {name}:{places[0]}: the policies have no check {check!r}; {many} left out", err=True)
    return recorded
