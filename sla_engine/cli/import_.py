"""``sla import``: what other programs keep."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sla_engine.cli.common import Refusal, format_option, load, policies_option, print_json

if TYPE_CHECKING:
    from sla_engine.engine.sources.importing import Imported
    from sla_engine.model.zone import Zone


@click.group(name="import")
def command() -> None:
    """Take up what other programs keep."""


@command.command()
@policies_option
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "--source", default="import", show_default=True, metavar="NAME",
    help="Where they live: a ticket source of the policies, whose names for levels and customers hold, or a word.",
)  # fmt: skip
@click.option("--timezone", metavar="ZONE", help="Of times that are written without an offset, such as Europe/Lisbon.")
@click.option("--dry-run", is_flag=True, help="Only tell what would be entered.")
@format_option("text", "json")
def tickets(policies: Path, file: Path, source: str, timezone: str | None, dry_run: bool, output_format: str) -> None:
    """Keep the clocks of the tickets in FILE, CSV or JSON, or - for the standard input.

    A line is an event (ticket, event, at, level, customer, subject, sender, key) or a ticket (ticket, opened, answered,
    resolved, level, customer, subject, sender). Nothing is entered where anything is wrong, and what is known changes
    nothing.
    """
    from sla_engine.engine.sources.importing import check_source, faults_of, import_events
    from sla_engine.engine.tickets.levels import TicketError
    from sla_engine.exchange.tickets import TicketFileError, read_tickets
    from sla_engine.model.instant import to_instant
    from sla_engine.store import open_store

    policy_set, _ = load(policies)
    now = to_instant(datetime.now(UTC))
    try:
        check_source(source)
        found = read_tickets(str(file), _content(file), zone=_zone(timezone), now=now)
        with open_store(policy_set.engine.store) as store:
            store.upgrade()
            if faults := faults_of(policy_set, store, source, found.events):
                raise TicketFileError([f"{file}:{found.lines[ticket]}: {fault}" for ticket, fault in faults])
            imported = import_events(policy_set, store, source, found.events, now, is_dry=dry_run)
    except TicketFileError as error:
        raise Refusal(f"{error}\nnothing is entered") from error
    except TicketError as error:
        raise Refusal(str(error)) from error
    if output_format == "json":
        print_json(_json(imported, dry_run))
    else:
        click.echo(_text(imported, dry_run))


def _content(file: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise Refusal(f"{file} cannot be read: {error.strerror}") from error


def _zone(name: str | None) -> "Zone | None":
    from sla_engine.model.zone import parse_zone

    if name is None:
        return None
    try:
        return parse_zone(name)
    except ValueError as error:
        raise Refusal(f"--timezone: {error}") from error


def _json(imported: "Imported", is_dry: bool) -> dict[str, object]:
    entered = imported.entered
    return {
        "tickets": entered.tickets,
        "events": entered.events,
        "known": entered.known,
        "unknown_customers": list(imported.unknown_customers),
        "dry_run": is_dry,
    }


def _text(imported: "Imported", is_dry: bool) -> str:
    entered = imported.entered
    verb = "would be new" if is_dry else "are new"
    lines = [f"{entered.events:,} events and {entered.tickets:,} tickets {verb}; {entered.known:,} events were known"]
    if imported.unknown_customers:
        names = ", ".join(imported.unknown_customers)
        lines.append(f"no customer of the policies, so that the general terms hold: {names}")
    return "\n".join(lines)
