"""``sla budget``: what is left of the error budgets, how fast they burn, and where that leads."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sla_engine.cli.common import (
    FINE,
    THE_ANSWER_IS_NO,
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
from sla_engine.engine.budgets import BudgetAlert
from sla_engine.engine.status import AgreementStatus, ObjectiveStatus, agreement_json, objective_json
from sla_engine.model.instant import Instant, format_instant, seconds
from sla_engine.model.percent import format_percent, format_ratio
from sla_engine.model.zone import Zone

if TYPE_CHECKING:
    from sla_engine.evaluation.allowance import Allowance
    from sla_engine.evaluation.outlook import Pace
    from sla_engine.model.contract import Contract


@click.command(name="budget")
@click.argument("service", required=False)
@policies_option
@agreement_options
@format_option("text", "json")
@now_option
def command(
    service: str | None, policies: Path, sla: str | None, customer: str | None, output_format: str, now: int
) -> int:
    """The error budgets of an agreement in its running period, by the store.

    For each service: the downtime that the period allows, what was spent of it and what can still come, how fast it
    burns over the last hour, six hours, day and three days and the period so far, when that leads to a breach, and what
    the target allows in a day, week, month, quarter and year. Exit status 1 when a budget is breached.
    """
    from sla_engine.engine.standing import agreement_status

    policy_set, _ = load(policies)
    holder = which_agreement(policy_set, sla, customer)
    contract = policy_set.contract(sla=holder.sla, customer=holder.customer, at=now)
    _check_service(contract, service)
    with existing_store(policy_set) as store:
        status = agreement_status(contract, policy_set, store, now)
    shown = [objective for objective in status.objectives if service in {None, objective.service}]
    if output_format == "json":
        print_json(_budget_json(status, shown, contract, policy_set.hash, now))
    else:
        click.echo(_budget_text(status, shown, contract, now))
    return THE_ANSWER_IS_NO if any(objective.verdict == "breached" for objective in shown) else FINE


def _check_service(contract: "Contract", service: str | None) -> None:
    promised = [objective.service for objective in contract.availability]
    if service is not None and service not in promised:
        raise Refusal(
            f"the agreement promises no availability of {service!r}; it does of {', '.join(promised) or 'none'}"
        )


def _allowed(contract: "Contract", service: str, now: Instant) -> "tuple[str, list[Allowance]]":
    """The calendar of a service's agreed time, and what its target allows."""
    from sla_engine.evaluation.allowance import allowances

    [objective] = [one for one in contract.availability if one.service == service]
    calendar = contract.calendars[objective.during]
    return objective.during, allowances(objective.target, calendar, contract.timezone, now)


def _budget_json(
    status: AgreementStatus, shown: Sequence[ObjectiveStatus], contract: "Contract", policy_hash: str, now: Instant
) -> dict[str, Any]:
    objectives = []
    for objective in shown:
        during, allowed = _allowed(contract, objective.service, now)
        table = [
            {
                "unit": one.unit,
                "name": one.name,
                "by_calendar": seconds(one.by_calendar),
                "by_convention": seconds(one.by_convention),
            }
            for one in allowed
        ]
        objectives.append({**objective_json(objective), "during": during, "allowed": table})
    facts = {"at": format_instant(now), "policy_hash": policy_hash}
    return {**facts, **agreement_json(status), "availability": objectives}


def _budget_text(status: AgreementStatus, shown: Sequence[ObjectiveStatus], contract: "Contract", now: Instant) -> str:
    from sla_engine.reports.verdict_text import moment_text

    zone = status.zone
    holder = f"{status.customer} (on {status.agreement})" if status.customer else status.agreement
    start, end = moment_text(status.period.start, zone), moment_text(status.period.end, zone)
    heading = f"Agreement {holder}\nPeriod    {start} to {end} ({zone})\nAs of     {moment_text(now, zone)} ({zone})"
    blocks = [block for one in shown for block in _objective_blocks(one, contract, zone, now)]
    return "\n\n".join([heading, *blocks])


def _objective_blocks(objective: ObjectiveStatus, contract: "Contract", zone: Zone, now: Instant) -> Iterator[str]:
    from sla_engine.reports.verdict_text import length_text, table

    during, allowed = _allowed(contract, objective.service, now)
    found = objective.burning.outlook
    measured = "nothing is known" if objective.measured is None else f"measured {objective.measured}%"
    yield (
        f"{objective.service}: {objective.target}% of {during}, {measured}, {objective.verdict.replace('_', ' ')}\n"
        f"  budget of the period    {length_text(objective.budget)}\n"
        f"  spent                   {length_text(int(found.spent))}\n"
        f"  left                    {length_text(objective.budget_left)}\n"
        f"  can still come          {length_text(found.affordable)}"
    )
    rows = [("over", "burn rate", "spent", "at the period's end", "breach")]
    rows += [_pace_row(pace, objective.verdict, zone) for pace in (*found.recent, found.so_far)]
    yield table(rows)
    if objective.burning.alerts:
        yield "\n".join(f"  {alert_text(one)}" for one in objective.burning.alerts)
    rows_of_allowed: list[Sequence[str]] = [
        (f"{objective.target}% allows in a", "", "by the calendar", "by a year of 365.25 days")
    ]
    rows_of_allowed += [
        (one.unit, one.name, length_text(one.by_calendar), length_text(one.by_convention)) for one in allowed
    ]
    yield table(rows_of_allowed)


def _pace_row(pace: "Pace", verdict: str, zone: Zone) -> tuple[str, str, str, str, str]:
    from sla_engine.reports.verdict_text import length_text

    forecast = pace.forecast
    return (
        "the period" if pace.window is None else str(pace.window),
        "-" if pace.burn.rate is None else format_ratio(pace.burn.rate),
        length_text(int(pace.burn.spent)),
        "-" if forecast is None else f"{format_percent(forecast.measured)}%",
        breach_text(pace, verdict, zone),
    )


def breach_text(pace: "Pace", verdict: str, zone: Zone) -> str:
    """When a pace leads to a breach, on the clocks of a zone."""
    from sla_engine.reports.verdict_text import moment_text

    if verdict == "breached":
        return "already"
    at = None if pace.forecast is None else pace.forecast.breached_at
    return "-" if at is None else moment_text(at, zone)


def alert_text(one: BudgetAlert) -> str:
    """An alert, with the rates that it compares."""
    alert = one.alert
    factor, long, short = (
        "-" if rate is None else format_ratio(rate)
        for rate in (alert.factor, alert.long.least_rate, alert.short.least_rate)
    )
    state = "FIRES" if alert.fires else "quiet"
    return (
        f"{one.escalation}: {alert.rule.share} in {alert.rule.long} {state}: burn rates {long} over {alert.rule.long} "
        f"and {short} over {alert.rule.short}, factor {factor}"
    )
