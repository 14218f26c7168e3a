"""``sla why``: why one instant of a service counts as it does."""

from pathlib import Path
from typing import TYPE_CHECKING

import click
from attrs import evolve, frozen

from sla_engine.cli.common import (
    Refusal,
    agreement_options,
    existing_store,
    format_option,
    load,
    now_option,
    policies_option,
    print_json,
    which_agreement,
)

if TYPE_CHECKING:
    from sla_engine.calendars.periods import Period
    from sla_engine.cli.common import Holder
    from sla_engine.evaluation import History
    from sla_engine.model.contract import AvailabilityObjective, Contract
    from sla_engine.model.result import Result, Run
    from sla_engine.policy import PolicySet
    from sla_engine.store import Store


@click.command(name="why")
@policies_option
@click.argument("service", metavar="SERVICE")
@click.argument("instant", metavar="INSTANT")
@click.option(
    "--history",
    type=click.Path(path_type=Path, allow_dash=True),
    help="A recorded history, JSON lines; - is stdin.  [default: the store]",
)
@agreement_options
@format_option("text", "json")
@now_option
def command(
    policies: Path,
    service: str,
    instant: str,
    history: Path | None,
    sla: str | None,
    customer: str | None,
    output_format: str,
    now: int,
) -> None:
    """Explain one instant: what it counts as, by which rule, and who said what.

    As in: sla why api 2026-10-03T12:00Z
    """
    policy_set, _ = load(policies)
    holder = which_agreement(policy_set, sla, customer)
    asked = _Asked(service, _instant(instant), holder, now)
    case = _from_store(policy_set, asked) if history is None else _from_file(policy_set, asked, history)

    from sla_engine.evaluation.why import why

    told = why(case.contract, _objective(case.contract, service), case.history, asked.at, case.period, now)
    if output_format == "json":
        from sla_engine.reports.why_json import why_json

        print_json(why_json(told))
    else:
        from sla_engine.reports.why_text import why_text

        click.echo(why_text(told, holder.customer or str(holder.sla)))


@frozen
class _Asked:
    service: str
    at: int
    holder: "Holder"
    now: int


@frozen
class _Case:
    """What an instant is explained by."""

    contract: "Contract"
    period: "Period"
    history: "History"


def _instant(text: str) -> int:
    from sla_engine.model.instant import parse_instant

    try:
        return parse_instant(text)
    except ValueError as error:
        raise Refusal(f"{error}: write it like 2026-10-03T12:00Z") from error


def _objective(contract: "Contract", service: str) -> "AvailabilityObjective":
    for objective in contract.availability:
        if objective.service == service:
            return objective
    promised = ", ".join(objective.service for objective in contract.availability)
    raise Refusal(f"the agreement promises no availability of {service!r}; it does of {promised or 'nothing'}")


def _period_name(policy_set: "PolicySet", asked: _Asked) -> str:
    """The date, in the contract's zone, on which the instant lies: periods begin with dates, so it names its period."""
    from sla_engine.model.instant import to_datetime

    terms = policy_set.contract(sla=asked.holder.sla, customer=asked.holder.customer)
    return to_datetime(asked.at, terms.timezone.tz).date().isoformat()


def _from_file(policy_set: "PolicySet", asked: _Asked, path: Path) -> _Case:
    from sla_engine.calendars import CalendarError
    from sla_engine.calendars.periods import period_named
    from sla_engine.cli.evaluate import read_recorded
    from sla_engine.evaluation.history import history_of

    terms_at = policy_set.contract_over_time(sla=asked.holder.sla, customer=asked.holder.customer)
    try:
        terms = terms_at(asked.at)
        period = period_named(_period_name(policy_set, asked), terms.period, terms.timezone)
        maintenance = policy_set.maintenance_windows(period.start, period.end)
    except CalendarError as error:
        raise Refusal(str(error)) from error
    recorded = read_recorded(path, policy_set)
    return _Case(terms_at(period.start), period, history_of(recorded.results, maintenance=maintenance))


def _from_store(policy_set: "PolicySet", asked: _Asked) -> _Case:
    from sla_engine.cli.report import period_to_judge
    from sla_engine.engine.standing import known_history

    with existing_store(policy_set) as store:
        name = _period_name(policy_set, asked)
        judged = period_to_judge(policy_set, store, name, asked.now, asked.holder.sla, asked.holder.customer)
        until = judged.known_until(asked.now)
        history = known_history(judged.policies, store, judged.contract, judged.period, until=until)
        speaking = _speaking(store, judged.contract, asked)
        return _Case(judged.contract, judged.period, evolve(history, results=[*history.results, *speaking]))


def _speaking(store: "Store", contract: "Contract", asked: _Asked) -> "list[Result]":
    """The latest result of each check and location up to the instant."""
    if (service := contract.services.get(asked.service)) is None:
        return []
    runs = store.runs(asked.at, asked.at + 1, [check.id for check in service.checks])
    return [result for run in runs for result in _last_of(store, run, asked.at)]


def _last_of(store: "Store", run: "Run", at: int) -> "list[Result]":
    """The last result of a run up to an instant; within a run there is one in every interval, or in a few."""
    reach = run.interval
    until = min(at, run.last_at) + 1
    while True:
        since = max(run.first_at, until - reach)
        found = [one for one in store.results(run.check, since, until) if one.location == run.location]
        if found or since == run.first_at:
            return found[-1:]
        reach *= 4
