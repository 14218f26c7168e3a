"""``sla report``: the report of a period, judged from the store or as it was frozen."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from sla_engine.cli.acting import who_option
from sla_engine.cli.common import (
    FINE,
    THE_ANSWER_IS_NO,
    Refusal,
    agreement_options,
    existing_store,
    format_option,
    load,
    now_option,
    past_agreement,
    period_option,
    policies_option,
    print_json,
    tell_plugins,
)

if TYPE_CHECKING:
    from sla_engine.engine.freezing import Tell
    from sla_engine.engine.in_force import Judged
    from sla_engine.policy import PolicySet
    from sla_engine.store import FrozenReport, Store


@click.command(name="report")
@policies_option
@period_option
@agreement_options
@format_option("text", "json")
@now_option
@click.option("--freeze", is_flag=True, help="Keep the report of a period that has ended as it is, for ever.")
@click.option("--correct", is_flag=True, help="Make a further revision, of what has become known since.")
@click.option("--reason", metavar="TEXT", help="Why it is corrected; it is kept with the revision.")
@who_option
@click.option("--revision", type=click.IntRange(1), metavar="N", help="Show this revision.  [default: the newest]")
@click.option("--support", is_flag=True, help="Only the figures of support; of the whole desk unless told whose.")
def command(
    policies: Path,
    period: str,
    sla: str | None,
    customer: str | None,
    output_format: str,
    now: int,
    freeze: bool,
    correct: bool,
    reason: str | None,
    who: str,
    revision: int | None,
    support: bool,
) -> int:
    """The report of a period: as it was frozen, or else judged from the store.

    A period that has ended is judged by the policies that were in force when it did; `sla run` freezes its report an
    hour later (engine.freeze_after). Figures of support stand beside it, from the tickets as they are known now.
    Exit status 1 when a promise is breached.
    """
    if freeze + correct + (revision is not None) + support > 1:
        raise Refusal("give one of --freeze, --correct, --revision and --support")
    if (reason is not None) != correct:
        raise Refusal("--correct needs a --reason, and nothing else takes one")
    if (freeze or correct) and click.get_current_context().get_parameter_source("now") is not ParameterSource.DEFAULT:
        raise Refusal("a report is frozen and corrected by the clock: leave --now out")
    policy_set, host = load(policies)
    tell = partial(tell_plugins, host)
    with existing_store(policy_set) as store:
        if support:
            return _show_support(policy_set, store, period, now, sla, customer, output_format)
        judged = period_to_judge(policy_set, store, period, now, sla, customer)
        if freeze:
            _freeze(judged, store, who, now, tell)
        before = store.frozen(judged.holder, judged.period.label) if now >= judged.period.end else []
        if correct:
            _correct(judged, before, store, who, str(reason), now, tell)
            return _show_both(store.frozen(judged.holder, judged.period.label)[-2:], output_format)
        if revision is not None or before:
            return _show_frozen(judged, before, revision, store, output_format, now)
        return _show_present(judged, store, output_format, now)


def period_to_judge(
    policy_set: "PolicySet", store: "Store", period: str, now: int, sla: str | None, customer: str | None
) -> "Judged":
    """The period and the agreement that a user means, with the policies that judge them.

    Raises:
        Refusal: there is no such period or agreement.
    """
    from sla_engine.calendars import CalendarError
    from sla_engine.engine.in_force import to_judge
    from sla_engine.policy import UnknownAgreementError

    holder = past_agreement(policy_set, sla, customer)
    try:
        return to_judge(policy_set, store, period, now, sla=holder.sla, customer=holder.customer)
    except (CalendarError, UnknownAgreementError) as error:
        raise Refusal(str(error)) from error


def _freeze(judged: "Judged", store: "Store", who: str, now: int, tell: "Tell") -> None:
    from sla_engine.engine.freezing import FreezingError, freeze
    from sla_engine.reports.document import as_document

    if not who.strip():
        raise Refusal("say who freezes the report: --by NAME")
    if store.frozen(judged.holder, judged.period.label):
        click.echo("it is frozen already, and stays as it is", err=True)
    try:
        freeze(judged, store, as_document, who=who, now=now, tell=tell)
    except FreezingError as error:
        raise Refusal(str(error)) from error


def _correct(
    judged: "Judged",
    before: "Sequence[FrozenReport]",
    store: "Store",
    who: str,
    reason: str,
    now: int,
    tell: "Tell",
) -> None:
    from sla_engine.engine.freezing import FreezingError, correct
    from sla_engine.reports.document import as_document

    if not before:
        raise Refusal(
            f"the report of {judged.holder} {judged.period.label} is not frozen, so nothing is to be corrected"
        )
    try:
        correct(before[-1], store, as_document, who=who, reason=reason, now=now, tell=tell)
    except FreezingError as error:
        raise Refusal(str(error)) from error


def _show_present(judged: "Judged", store: "Store", output_format: str, now: int) -> int:
    from sla_engine.engine.freezing import judge_from
    from sla_engine.engine.tickets.figures import contract_figures
    from sla_engine.reports.support_json import support_json
    from sla_engine.reports.verdict_json import verdict_json
    from sla_engine.reports.verdict_text import verdict_text

    verdict = judge_from(judged, store, now).verdict
    if output_format == "json":
        print_json({**verdict_json(verdict), "support": support_json(contract_figures(judged, store, now))})
    else:
        click.echo(verdict_text(verdict) + _support_block(judged, store, now))
    return THE_ANSWER_IS_NO if verdict.is_breached else FINE


def _show_frozen(
    judged: "Judged",
    reports: "Sequence[FrozenReport]",
    revision: int | None,
    store: "Store",
    output_format: str,
    now: int,
) -> int:
    if revision is not None and revision > len(reports):
        there_is = f"there is {len(reports)}" if reports else "it is not frozen"
        raise Refusal(f"there is no revision {revision} of {judged.holder} {judged.period.label}: {there_is}")
    report = reports[-1 if revision is None else revision - 1]
    line = f"{frozen_line(report)} (of {len(reports)})" if len(reports) > 1 else frozen_line(report)
    if output_format == "json":
        # The very bytes that were frozen, so that anybody can compare them; what is said about them goes elsewhere.
        click.echo(report.verdict)
        click.echo(line, err=True)
    else:
        click.echo(f"{report.text}\n\n{line}{_support_block(judged, store, now)}")
    return _status(report)


def _support_block(judged: "Judged", store: "Store", now: int) -> str:
    """The figures of a contract's tickets, to stand after its report; nothing where there was none."""
    from sla_engine.engine.tickets.figures import contract_figures
    from sla_engine.reports.support_text import is_empty, support_text

    figures = contract_figures(judged, store, now)
    return "" if is_empty(figures) else f"\n\n{support_text(figures)}"


def _show_support(
    policy_set: "PolicySet",
    store: "Store",
    period: str,
    now: int,
    sla: str | None,
    customer: str | None,
    output_format: str,
) -> int:
    """Show figures of support alone: of whom the user means, else of all tickets."""
    from sla_engine.engine.tickets.figures import contract_figures, desk_figures
    from sla_engine.reports.support_json import support_json
    from sla_engine.reports.support_text import support_text

    is_whole = sla is None and customer is None
    judged = period_to_judge(policy_set, store, period, now, policy_set.general_sla if is_whole else sla, customer)
    figures = (desk_figures if is_whole else contract_figures)(judged, store, now)
    if output_format == "json":
        print_json({"support": support_json(figures)})
    else:
        click.echo(support_text(figures))
    return FINE


def _show_both(reports: "Sequence[FrozenReport]", output_format: str) -> int:
    import json

    from sla_engine.engine.verifying import changes_between
    from sla_engine.model.instant import format_instant
    from sla_engine.reports.verdict_text import printable

    older, newer = reports
    changes = changes_between(older, newer)
    if output_format == "json":
        both = [
            {
                "revision": one.revision,
                "frozen_at": format_instant(one.frozen_at),
                "by": one.who,
                "reason": one.reason,
                "digest": one.digest,
                "verdict": json.loads(one.verdict),
            }
            for one in reports
        ]
        print_json({"revisions": both, "changes": list(changes)})
    else:
        blocks = [f"{frozen_line(one)}\n\n{one.text}" for one in reports]
        changed = "\n  ".join(["What has changed:", *map(printable, changes)])
        click.echo("\n\n".join([*blocks, changed]))
    return _status(newer)


def frozen_line(report: "FrozenReport") -> str:
    """When a report was frozen, by whom, as which revision, and why."""
    from sla_engine.model.instant import format_instant
    from sla_engine.reports.verdict_text import printable

    reason = f": {report.reason}" if report.reason else ""
    at = format_instant(report.frozen_at)
    return printable(f"frozen at {at} by {report.who}, inputs {report.digest[:12]}, revision {report.revision}{reason}")


def _status(report: "FrozenReport") -> int:
    import json

    verdict = json.loads(report.verdict)
    objectives = [one for kind in ("availability", "latency", "response") for one in verdict[kind]]
    return THE_ANSWER_IS_NO if any(one["verdict"] == "breached" for one in objectives) else FINE
