"""``sla status``: services, their states, open incidents and tickets, and the budgets left."""

from fractions import Fraction
from pathlib import Path

import click

from sla_engine.cli.budget import alert_text, breach_text
from sla_engine.cli.common import (
    FINE,
    THE_ANSWER_IS_NO,
    Refusal,
    existing_store,
    format_option,
    load,
    now_option,
    policies_option,
    print_json,
)
from sla_engine.engine.status import AgreementStatus, Status, TicketsStatus, status_json
from sla_engine.model.percent import format_ratio
from sla_engine.model.zone import Zone, parse_zone


@click.command(name="status")
@policies_option
@click.option("--customer", metavar="ID", help="This customer's own services and dedicated agreement too.")
@format_option("text", "json")
@now_option
def command(policies: Path, customer: str | None, output_format: str, now: int) -> int:
    """How things stand by the store: services, their states, open incidents and tickets, and the budgets left.

    Of a budget also the downtime that can still come, its burn rate in the period so far, when that leads to a breach,
    and the burn-rate alerts that fire; `sla budget` has it all.

    Exit status 1 when a service is down.
    """
    from attrs import evolve

    from sla_engine.engine.in_force import with_past
    from sla_engine.engine.standing import standing
    from sla_engine.engine.tickets.figures import left_at

    policy_set, _ = load(policies)
    if customer is not None and customer not in policy_set.customers:
        raise Refusal(f"there is no customer {customer!r}; there is {', '.join(policy_set.customers) or 'none'}")
    with existing_store(policy_set) as store:
        status = standing(policy_set, store, now, customer=customer)
        if policy_set.support:
            status = evolve(status, tickets=left_at(with_past(policy_set, store), store, now, customer))
    if output_format == "json":
        print_json(status_json(status))
    else:
        click.echo(status_text(status))
    return THE_ANSWER_IS_NO if status.overall == "down" else FINE


def status_text(status: Status) -> str:
    """The status for people."""
    from sla_engine.reports.verdict_text import moment_text, table

    zone = status.agreements[0].zone if status.agreements else parse_zone("UTC")
    rows = [("service", "state", "since", "what was seen")]
    rows += [
        (
            service.id,
            service.state,
            "-" if service.since is None else moment_text(service.since, zone),
            service.reason or "",
        )
        for service in status.services
    ]
    blocks = [f"As of {moment_text(status.at, zone)} ({zone}), policies {status.policy_hash[:12]}", table(rows)]
    if status.incidents:
        blocks.append(_incidents_text(status, zone))
    if status.tickets is not None:
        blocks.append(_tickets_text(status.tickets))
    return "\n\n".join([*blocks, *(_agreement_text(agreement) for agreement in status.agreements)])


def _incidents_text(status: Status, zone: Zone) -> str:
    from sla_engine.reports.verdict_text import moment_text, table

    rows = [("number", "service", "state", "since", "in hand of")]
    rows += [
        (
            str(incident.number),
            incident.service,
            incident.state,
            moment_text(incident.since, zone),
            incident.acknowledged_by or "nobody",
        )
        for incident in status.incidents
    ]
    return f"Open incidents\n{table(rows)}"


def _tickets_text(tickets: TicketsStatus) -> str:
    late = f", {tickets.late} late" if tickets.late else ""
    open_ = tickets.owed + tickets.waiting + tickets.answered
    return (
        f"Tickets   {open_} open{late}: {tickets.owed} to be answered, {tickets.waiting} waiting for the customer, "
        f"{tickets.answered} answered"
    )


def _agreement_text(agreement: AgreementStatus) -> str:
    from sla_engine.reports.verdict_text import length_text, table

    zone = agreement.zone
    rows = [("service", "target", "measured", "verdict", "budget left", "can come", "burn rate", "breach", "observed")]
    rows += [
        (
            objective.service,
            f"{objective.target}%",
            _share(objective.measured),
            objective.verdict.replace("_", " "),
            length_text(objective.budget_left),
            length_text(objective.burning.outlook.affordable),
            _rate(objective.burning.outlook.so_far.burn.rate),
            breach_text(objective.burning.outlook.so_far, objective.verdict, zone),
            _share(objective.coverage),
        )
        for objective in agreement.objectives
    ]
    holder = f"{agreement.customer} (on {agreement.agreement})" if agreement.customer else agreement.agreement
    firing = [
        f"  {objective.service}, {alert_text(one)}"
        for objective in agreement.objectives
        for one in objective.burning.alerts
        if one.alert.fires
    ]
    return "\n".join([f"Agreement {holder}, {agreement.period.label}", table(rows), *firing])


def _rate(rate: Fraction | None) -> str:
    return "-" if rate is None else format_ratio(rate)


def _share(percent: str | None) -> str:
    return "-" if percent is None else f"{percent}%"
