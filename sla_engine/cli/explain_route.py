"""``sla explain route``: who would be told of an outage, when, and by what."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from sla_engine.cli.common import THE_ANSWER_IS_NO, Refusal, format_option, load, policies_option, print_json

if TYPE_CHECKING:
    from sla_engine.model.service import Service
    from sla_engine.model.zone import Zone
    from sla_engine.policy import PolicySet


@click.command(name="route")
@policies_option
@click.argument("service", metavar="SERVICE")
@click.option("--at", metavar="INSTANT", help="When the incident opens, as in 2026-10-03T12:00Z.  [default: the clock]")
@click.option(
    "--state", type=click.Choice(["down", "degraded"]), default="down", show_default=True, help="What the service is."
)
@click.option("--lasts", metavar="DURATION", help="How long, as in 2h.  [default: shown for a day]")
@click.option("--customer", metavar="ID", help="Leave out escalations about other customers.")
@format_option("text", "json")
def route(
    policies: Path,
    service: str,
    at: str | None,
    state: Literal["down", "degraded"],
    lasts: str | None,
    customer: str | None,
    output_format: str,
) -> None:
    """Say who would be told of an outage: when, by which escalation and step, whom exactly, and why somebody would not.

    INSTANT without an offset is wall time of the first SLA's zone. Exit status 1 where nobody is told.
    As in: sla explain route api --at 2026-10-03T03:00 --lasts 2h
    """
    from sla_engine.engine.escalation.explaining import Question, explain_route

    policy_set, _ = load(policies)
    zone = _zone(policy_set, customer)
    opened_at = _instant(at, zone)
    closed_at = None if lasts is None else opened_at + _length(lasts)
    question = Question(_service(service, customer, policy_set), opened_at, closed_at, state, customer)
    answer = explain_route(question, policy_set)
    if output_format == "json":
        from sla_engine.reports.route_json import route_json

        print_json(route_json(answer))
    else:
        from sla_engine.reports.route_text import route_text

        click.echo(route_text(answer, zone))
    if not any(one.words for one in answer.escalations):
        raise click.exceptions.Exit(THE_ANSWER_IS_NO)


def _zone(policies: "PolicySet", customer: str | None) -> "Zone":
    from sla_engine.model.zone import parse_zone
    from sla_engine.policy import UnknownAgreementError

    try:
        if customer is not None:
            return policies.contract(customer=customer).timezone
    except UnknownAgreementError as error:
        raise Refusal(str(error)) from error
    return policies.contract(sla=policies.slas[0]).timezone if policies.slas else parse_zone("UTC")


def _service(name: str, customer: str | None, policies: "PolicySet") -> "Service":
    from sla_engine.policy.contracts import service_id

    found = policies.services.get(service_id(name, customer, policies.services))
    if found is None:
        raise Refusal(f"there is no service {name!r}; there is {', '.join(policies.services) or 'none'}")
    return found


def _instant(text: str | None, zone: "Zone") -> int:
    from datetime import UTC

    from sla_engine.calendars.wall import read_moment
    from sla_engine.model.instant import SECOND, to_instant

    if text is None:
        return to_instant(datetime.now(UTC)) // SECOND * SECOND
    try:
        return read_moment(datetime.fromisoformat(text), zone)
    except ValueError as error:
        raise Refusal(f"{error}: write it like 2026-10-03T12:00 or 2026-10-03T12:00Z") from error


def _length(text: str) -> int:
    from sla_engine.model.duration import parse_duration

    try:
        length = parse_duration(text).microseconds
    except ValueError as error:
        raise Refusal(str(error)) from error
    if not length:
        raise Refusal("what lasts no time at all is told to nobody: write how long, as in 2h")
    return length
