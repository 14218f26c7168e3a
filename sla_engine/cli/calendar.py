"""``sla calendar``: business-time arithmetic on the policies' calendars."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sla_engine.cli.common import Refusal, format_option, load, policies_option, print_json

if TYPE_CHECKING:
    from sla_engine.calendars import Calendar


@click.group(name="calendar")
def command() -> None:
    """Business-time arithmetic on the policies' calendars.

    An instant without an offset is wall time of the calendar's zone. Lengths are written as in policies: 4h, 90m, 5bd.
    """


@command.command()
@policies_option
@click.argument("calendar_id", metavar="ID")
@click.option("--from", "start", metavar="INSTANT", required=True, help="Where to begin.")
@click.option("--to", "end", metavar="INSTANT", required=True, help="Where to end.")
@format_option("text", "json")
def show(policies: Path, calendar_id: str, start: str, end: str, output_format: str) -> None:
    """List the open windows between two instants."""
    calendar = _calendar(policies, calendar_id)
    windows = _answer(lambda: calendar.windows(_moment(start), _moment(end)))
    if output_format == "json":
        print_json({"windows": [{"start": _utc(opens), "end": _utc(closes)} for opens, closes in windows]})
        return
    for opens, closes in windows:
        click.echo(f"{opens:%a %Y-%m-%d %H:%M} to {closes:%a %Y-%m-%d %H:%M} {calendar.zone}  {closes - opens}")


@command.command()
@policies_option
@click.argument("calendar_id", metavar="ID")
@click.argument("start")
@click.argument("end")
@format_option("text", "json")
def between(policies: Path, calendar_id: str, start: str, end: str, output_format: str) -> None:
    """How much open time lies between two instants."""
    from sla_engine.model.duration import Duration
    from sla_engine.model.instant import seconds

    calendar = _calendar(policies, calendar_id)
    length = _answer(lambda: calendar.between(_moment(start), _moment(end)))
    micros = round(length.total_seconds() * 1_000_000)
    if output_format == "json":
        print_json({"seconds": seconds(micros)})
    else:
        click.echo(f"{Duration(micros // 1000 * 1000)} open, {seconds(micros)} seconds")


@command.command()
@policies_option
@click.argument("calendar_id", metavar="ID")
@click.argument("start")
@click.argument("length", metavar="DURATION")
@format_option("text", "json")
def add(policies: Path, calendar_id: str, start: str, length: str, output_format: str) -> None:
    """The instant at which that much open time has passed since START."""
    calendar = _calendar(policies, calendar_id)
    _print_moment(calendar, _answer(lambda: calendar.add(_moment(start), length)), output_format)


@command.command()
@policies_option
@click.argument("calendar_id", metavar="ID")
@click.argument("end")
@click.argument("length", metavar="DURATION")
@format_option("text", "json")
def sub(policies: Path, calendar_id: str, end: str, length: str, output_format: str) -> None:
    """The instant since which that much open time has passed at END."""
    calendar = _calendar(policies, calendar_id)
    _print_moment(calendar, _answer(lambda: calendar.sub(_moment(end), length)), output_format)


@command.command(name="next-open")
@policies_option
@click.argument("calendar_id", metavar="ID")
@click.argument("start")
@format_option("text", "json")
def next_open(policies: Path, calendar_id: str, start: str, output_format: str) -> None:
    """The first open instant at or after START."""
    calendar = _calendar(policies, calendar_id)
    _print_moment(calendar, _answer(lambda: calendar.next_open(_moment(start))), output_format)


def _calendar(policies: Path, calendar_id: str) -> "Calendar":
    policy_set, _ = load(policies)
    if calendar_id not in policy_set.calendars:
        known = ", ".join(sorted(policy_set.calendars))
        raise Refusal(f"there is no calendar {calendar_id!r}; there is {known}")
    return policy_set.calendars[calendar_id]


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise Refusal(
            f"{text!r} is no instant: write it like 2026-01-06T15:00:00-06:00, or without an offset"
        ) from error


def _answer(ask: Callable[[], Any]) -> Any:
    """What a calendar answers; what it cannot answer is the user's to mend."""
    try:
        return ask()
    except (ValueError, OverflowError) as error:
        raise Refusal(str(error)) from error


def _print_moment(calendar: "Calendar", moment: datetime, output_format: str) -> None:
    if output_format == "json":
        print_json({"at": _utc(moment)})
    else:
        click.echo(f"{moment:%a %Y-%m-%d %H:%M:%S} {calendar.zone}, {_utc(moment)}")


def _utc(moment: datetime) -> str:
    from sla_engine.model.instant import format_instant, to_instant

    return format_instant(to_instant(moment))
