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
    past_agreement,
    policies_option,
    print_json,
    which_agreement,
)

if TYPE_CHECKING:
    from sla_engine.calendars.periods import Period
    from sla_engine.cli.common import Holder
    from sla_engine.evaluation import History
    from sla_engine.evaluation.why import Grounds
    from sla_engine.model.contract import Contract
    from sla_engine.model.result import Result, Run
    from sla_engine.model.service import Service
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

    SERVICE is any of the policies, whether the agreement promises it or not. As in: sla why api 2026-10-03T12:00Z
    """
    policy_set, _ = load(policies)
    asked = _Asked(service, _instant(instant), sla, customer, now)
    case = _from_store(policy_set, asked) if history is None else _from_file(policy_set, asked, history)

    from sla_engine.evaluation.why import why

    told = why(case.grounds, case.history, asked.at, case.period, now)
    if output_format == "json":
        from sla_engine.reports.why_json import why_json

        print_json(why_json(told))
    else:
        from sla_engine.reports.why_text import why_text

        click.echo(why_text(told, case.holder.customer or str(case.holder.sla)))


@frozen
class _Asked:
    service: str
    at: int
    sla: str | None
    customer: str | None
    now: int


@frozen
class _Case:
    """What an instant is explained by."""

    holder: "Holder"
    grounds: "Grounds"
    period: "Period"
    history: "History"


def _instant(text: str) -> int:
    from sla_engine.model.instant import parse_instant

    try:
        return parse_instant(text)
    except ValueError as error:
        raise Refusal(f"{error}: write it like 2026-10-03T12:00Z") from error


def _grounds(contract: "Contract", policy_set: "PolicySet", asked: _Asked, holder: "Holder") -> "Grounds":
    from sla_engine.evaluation.why import grounds_for
    from sla_engine.policy.contracts import service_id

    services = {
        name: service for name, service in policy_set.services.items() if service.customer in {None, holder.customer}
    }
    service = services.get(service_id(asked.service, holder.customer, services))
    if service is None:
        raise Refusal(f"there is no service {asked.service!r}; there is {', '.join(services) or 'none'}")
    return grounds_for(contract, service)


def _period_name(terms: "Contract", asked: _Asked) -> str:
    """The date, in the contract's zone, on which the instant lies: periods begin with dates, so it names its period."""
    from sla_engine.model.instant import to_datetime

    return to_datetime(asked.at, terms.timezone.tz).date().isoformat()


def _from_file(policy_set: "PolicySet", asked: _Asked, path: Path) -> _Case:
    from sla_engine.calendars import CalendarError
    from sla_engine.calendars.periods import period_named
    from sla_engine.cli.evaluate import read_recorded
    from sla_engine.evaluation.history import history_of

    holder = which_agreement(policy_set, asked.sla, asked.customer)
    terms_at = policy_set.contract_over_time(sla=holder.sla, customer=holder.customer)
    try:
        terms = terms_at(asked.at)
        period = period_named(_period_name(terms, asked), terms.period, terms.timezone)
        maintenance = policy_set.maintenance_windows(period.start, period.end)
    except CalendarError as error:
        raise Refusal(str(error)) from error
    grounds = _grounds(terms_at(period.start), policy_set, asked, holder)
    recorded = read_recorded(path, policy_set)
    return _Case(holder, grounds, period, history_of(recorded.results, maintenance=maintenance))


def _from_store(policy_set: "PolicySet", asked: _Asked) -> _Case:
    from sla_engine.cli.report import period_to_judge
    from sla_engine.engine.in_force import policies_that_know
    from sla_engine.engine.standing import known_history
    from sla_engine.policy import UnknownAgreementError

    with existing_store(policy_set) as store:
        holder = past_agreement(policy_set, asked.sla, asked.customer)
        try:
            known = policies_that_know(policy_set, store, sla=holder.sla, customer=holder.customer)
        except UnknownAgreementError as error:
            raise Refusal(str(error)) from error
        name = _period_name(known.contract(sla=holder.sla, customer=holder.customer), asked)
        judged = period_to_judge(policy_set, store, name, asked.now, asked.sla, asked.customer)
        grounds = _grounds(judged.contract, judged.policies, asked, holder)
        until = judged.known_until(asked.now)
        history = known_history(judged.policies, store, grounds.contract, judged.period, until=until)
        speaking = _speaking(store, grounds.service, asked)
        return _Case(holder, grounds, judged.period, evolve(history, results=[*history.results, *speaking]))


def _speaking(store: "Store", service: "Service", asked: _Asked) -> "list[Result]":
    """The latest result of each check and location up to the instant."""
    from sla_engine.model.service import all_checks

    runs = store.runs(asked.at, asked.at + 1, [check.id for check in all_checks([service])])
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
