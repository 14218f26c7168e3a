"""``sla exclude``: time that a person takes out of the agreed time, with a reason that is kept for ever."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sla_engine.cli.acting import moment, present, who_option
from sla_engine.cli.common import (
    Refusal,
    agreement_options,
    existing_store,
    format_option,
    load,
    policies_option,
    print_json,
    which_agreement,
)

if TYPE_CHECKING:
    from sla_engine.engine.exclusions import Entry
    from sla_engine.model.instant import Instant

_Command = TypeVar("_Command", bound=Callable[..., Any])
_Answer = TypeVar("_Answer")


class _AddByDefault(click.Group):
    """A group whose ``add`` need not be said."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        known = args and (args[0] in self.commands or args[0].startswith("-"))
        return super().resolve_command(ctx, args if known else ["add", *args])


@click.group(name="exclude", cls=_AddByDefault, options_metavar="[SERVICE FROM TO --reason TEXT]")
def command() -> None:
    """Take time out of the agreed time of a service, and see or take back what was.

    \b
    As in: sla exclude api 2026-10-03T12:00Z 2026-10-03T14:00Z --reason "flood, clause 7"
           sla exclude list --period 2026-10
           sla exclude revoke X-7 --reason "entered for the wrong day"

    Every entry is kept for ever, with who made it and why; it is taken back only by a further one.
    """


_reason_option = click.option("--reason", required=True, metavar="TEXT", help="Why; it stands in the reports.")
_correction_option = click.option(
    "--correction", is_flag=True, help="Also where the report of a period that it touches is frozen."
)


@command.command()
@policies_option
@click.argument("service")
@click.argument("start", metavar="FROM")
@click.argument("end", metavar="TO")
@_reason_option
@who_option
@_correction_option
def add(policies: Path, service: str, start: str, end: str, reason: str, who: str, correction: bool) -> None:
    """Take the time from FROM to TO out of the agreed time of SERVICE."""
    from sla_engine.engine.exclusions import exclude
    from sla_engine.model.interval import Interval

    policy_set, _ = load(policies)
    window = Interval(moment(start), moment(end))
    with existing_store(policy_set) as store:
        exclusion = _answer(
            lambda: exclude(
                policy_set, store, service, window, reason=reason, who=who, now=present(), is_correction=correction
            )
        )
    click.echo(f"{exclusion.id}: {service} {_span(*window)}, by {exclusion.author}: {exclusion.reason}")


@command.command()
@policies_option
@click.argument("exclusion_id", metavar="ID")
@_reason_option
@who_option
@_correction_option
def revoke(policies: Path, exclusion_id: str, reason: str, who: str, correction: bool) -> None:
    """Take the exclusion ID back; both entries stay."""
    from sla_engine.engine.exclusions import revoke as take_back

    policy_set, _ = load(policies)
    with existing_store(policy_set) as store:
        exclusion = _answer(
            lambda: take_back(store, exclusion_id, reason=reason, who=who, now=present(), is_correction=correction)
        )
    click.echo(f"{exclusion.id} is taken back: {', '.join(exclusion.services)} {_span(*exclusion.window)} counts again")


@command.command(name="list")
@policies_option
@click.option("--period", metavar="NAME", help="Only what touches this period, of --sla or --customer.")
@agreement_options
@format_option("text", "json")
def list_(policies: Path, period: str | None, sla: str | None, customer: str | None, output_format: str) -> None:
    """Every exclusion that was ever entered, those taken back included."""
    from sla_engine.calendars import CalendarError
    from sla_engine.calendars.periods import period_named
    from sla_engine.engine.exclusions import entries

    policy_set, _ = load(policies)
    with existing_store(policy_set) as store:
        found = entries(store)
    if period is not None:
        holder = which_agreement(policy_set, sla, customer)
        contract = policy_set.contract(sla=holder.sla, customer=holder.customer)
        try:
            wanted = period_named(period, contract.period, contract.timezone)
        except CalendarError as error:
            raise Refusal(str(error)) from error
        found = [
            one for one in found
            if one.exclusion.window.start < wanted.end and one.exclusion.window.end > wanted.start
        ]  # fmt: skip
    if output_format == "json":
        print_json({"exclusions": [_json(entry) for entry in found]})
    else:
        click.echo(_text(found))


def _json(entry: "Entry") -> dict[str, Any]:
    from sla_engine.model.instant import format_instant

    exclusion, revoked = entry.exclusion, entry.revoked
    return {
        "id": exclusion.id,
        "services": list(exclusion.services),
        "start": format_instant(exclusion.window.start),
        "end": format_instant(exclusion.window.end),
        "by": exclusion.author,
        "reason": exclusion.reason,
        "entered": format_instant(entry.act.at),
        "revoked": None
        if revoked is None
        else {"by": revoked.who, "reason": revoked.reason, "entered": format_instant(revoked.at)},
    }


def _text(found: "list[Entry]") -> str:
    from sla_engine.model.instant import format_instant
    from sla_engine.reports.verdict_text import table

    if not found:
        return "Nothing was excluded."
    rows = [("id", "services", "from", "to", "entered", "by", "reason", "taken back")]
    for entry in found:
        exclusion, revoked = entry.exclusion, entry.revoked
        start, end = map(format_instant, exclusion.window)
        back = "" if revoked is None else f"{format_instant(revoked.at)} by {revoked.who}: {revoked.reason}"
        entered = format_instant(entry.act.at)
        services = ", ".join(exclusion.services)
        rows.append((exclusion.id, services, start, end, entered, exclusion.author, exclusion.reason, back))
    return table(rows)


def _span(start: "Instant", end: "Instant") -> str:
    from sla_engine.model.instant import format_instant

    return f"from {format_instant(start)} to {format_instant(end)}"


def _answer(ask: Callable[[], _Answer]) -> _Answer:
    """What the engine does; what it refuses is the user's to mend."""
    from sla_engine.engine.exclusions import ExclusionError

    try:
        return ask()
    except ExclusionError as error:
        raise Refusal(str(error)) from error
