"""``sla incident``: what is or was wrong, who looks after it, and what came of it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sla_engine.cli.acting import present, who_option
from sla_engine.cli.common import Refusal, existing_store, format_option, load, policies_option, print_json

if TYPE_CHECKING:
    from sla_engine.model.incident import IncidentEvent, IncidentRecord
    from sla_engine.model.zone import Zone
    from sla_engine.policy import PolicySet
    from sla_engine.store import Store

_Command = TypeVar("_Command", bound=Callable[..., Any])
_END_OF_TIME = 2**62


@click.group(name="incident")
def command() -> None:
    """Incidents: see them, take one in hand, and write down what came of it.

    \b
    As in: sla incident list
           sla incident acknowledge 7
           sla incident cause 7 "the disk of db1 was full"

    Whatever is entered is kept for ever, with who did it. Who acknowledges an incident stops its escalation.
    """


_number = click.argument("number", type=click.IntRange(1, 2**31 - 1))
_text = click.argument("text", required=False, default="")


def _acting(command: _Command) -> _Command:
    """What every act upon an incident takes."""
    return policies_option(who_option(format_option("text", "json")(command)))


@command.command(name="list")
@policies_option
@click.option("--open/--all", "only_open", default=True, help="Those that last, or every one.  [default: --open]")
@click.option("--service", metavar="ID", help="Only those of this service.")
@format_option("text", "json")
def list_(policies: Path, only_open: bool, service: str | None, output_format: str) -> None:
    """The incidents that last, those that maintenance keeps from opening included; or all there ever were."""
    from sla_engine.engine.incidents.showing import incident_json
    from sla_engine.store.incidents import incidents_touching, unclosed_incidents

    policy_set, _ = load(policies)
    with existing_store(policy_set) as store, store.reading() as connection:
        found = unclosed_incidents(connection) if only_open else incidents_touching(connection, 0, _END_OF_TIME)
    found = [record for record in found if service in {None, record.service}]
    if output_format == "json":
        print_json({"incidents": [incident_json(record) for record in found]})
    else:
        click.echo(_list_text(found, policy_set) if found else "There is no incident.")


@command.command()
@policies_option
@_number
@format_option("text", "json")
def show(policies: Path, number: int, output_format: str) -> None:
    """Incident NUMBER: what happened to it, who was told, and how long the service was down."""
    from sla_engine.engine.incidents.acting import incident

    with _desk(policies) as (policy_set, store):
        _print(incident(store, number), policy_set, store, output_format)


@command.command()
@_acting
@_number
@_text
@click.option("--undo", is_flag=True, help="Nobody looks after it after all: its escalation goes on.")
def acknowledge(policies: Path, number: int, text: str, undo: bool, who: str, output_format: str) -> None:
    """Say that you look after incident NUMBER, so that nobody else is called to it; TEXT may say more."""
    from sla_engine.engine.incidents.acting import acknowledge as take_in_hand
    from sla_engine.engine.incidents.acting import take_back

    with _desk(policies) as (policy_set, store):
        act = take_back if undo else take_in_hand
        _print(act(store, number, text, who=who, now=present()), policy_set, store, output_format)


@command.command()
@_acting
@_number
@click.argument("text")
def comment(policies: Path, number: int, text: str, who: str, output_format: str) -> None:
    """Write a comment on incident NUMBER."""
    _write(policies, number, "commented", text, who, output_format)


@command.command()
@_acting
@_number
@click.argument("text")
def cause(policies: Path, number: int, text: str, who: str, output_format: str) -> None:
    """Write what caused incident NUMBER; the newest counts, and the earlier ones stay."""
    _write(policies, number, "cause", text, who, output_format)


@command.command()
@_acting
@_number
@click.option("--file", "file", type=click.File(encoding="utf-8"), required=True, help="The text; - is standard input.")
def postmortem(policies: Path, number: int, file: Any, who: str, output_format: str) -> None:
    """Write the postmortem of incident NUMBER; the newest counts, and the earlier ones stay."""
    try:
        text = file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal(f"{getattr(file, 'name', 'the file')} cannot be read as UTF-8 text: {error}") from error
    _write(policies, number, "postmortem", text, who, output_format)


def _write(policies: Path, number: int, kind: Any, text: str, who: str, output_format: str) -> None:
    from sla_engine.engine.incidents.acting import write

    with _desk(policies) as (policy_set, store):
        _print(write(store, number, kind, text, who=who, now=present()), policy_set, store, output_format)


@contextmanager
def _desk(policies: Path) -> "Iterator[tuple[PolicySet, Store]]":
    """The policies and the store; what the engine refuses is the user's to mend."""
    from sla_engine.engine.incidents.acting import IncidentError

    policy_set, _ = load(policies)
    with existing_store(policy_set) as store:
        try:
            yield policy_set, store
        except IncidentError as error:
            raise Refusal(str(error)) from error


def _print(record: "IncidentRecord", policies: "PolicySet", store: "Store", output_format: str) -> None:
    from sla_engine.engine.incidents.showing import whole_json

    whole = whole_json(record, policies, store, present())
    if output_format == "json":
        print_json(whole)
        return
    click.echo(_show_text(record, whole["downtime"], whole["told"], policies))


def _list_text(found: "Sequence[IncidentRecord]", policies: "PolicySet") -> str:
    from sla_engine.reports.verdict_text import moment_text, table

    zone = _zone(policies)
    rows = [("number", "service", "state", "began", "opened", "closed", "in hand of", "cause")]
    for record in found:
        taken, why = record.acknowledgement, record.last("cause")
        opened = "in maintenance" if record.opened_at is None else moment_text(record.opened_at, zone)
        rows.append(
            (
                str(record.number),
                record.service,
                record.state + (", flapping" if record.is_flapping else ""),
                moment_text(record.began_at, zone),
                opened,
                "-" if record.closed_at is None else moment_text(record.closed_at, zone),
                "" if taken is None else str(taken.who),
                "" if why is None else why.detail["text"],
            )
        )
    return table(rows)


def _show_text(record: "IncidentRecord", seconds: float | None, told: Sequence[Any], policies: "PolicySet") -> str:
    from sla_engine.model.instant import SECOND, parse_instant
    from sla_engine.reports.verdict_text import length_text, moment_text, printable, table

    zone = _zone(policies)
    state = record.state if record.closed_at is None else "over"
    blocks = [f"Incident {record.number}: {record.service} is {state}"]
    lines = [f"began {moment_text(record.began_at, zone)}"]
    if record.ended_at is not None:
        lines.append(f"ended {moment_text(record.ended_at, zone)}")
    if seconds is not None:
        lines.append(f"{record.state} for {length_text(round(seconds * SECOND))}")
    blocks[0] += f"\n{', '.join(lines)} ({zone})"
    happened = [("when", "what", "who", "more")]
    happened += [(moment_text(e.at, zone), e.kind, e.who or "", printable(_more(e))) for e in record.events]
    blocks.append(f"What happened\n{table(happened)}")
    if told:
        rows = [("due", "by", "to", "escalation", "about", "became")]
        for one in told:
            due = moment_text(parse_instant(one["due"]), zone)
            to = one["recipient"] or "-"
            rows.append((due, one["notifier"], to, one["escalation"], one["about"], one["state"]))
        blocks.append(f"Who is told\n{table(rows)}")
    if (text := record.last("postmortem")) is not None:
        blocks.append(f"Postmortem, by {text.who}\n{_shown(text.detail['text'])}")
    return "\n\n".join(blocks)


def _more(event: "IncidentEvent") -> str:
    if event.kind == "postmortem":
        return f"{len(event.detail['text'].splitlines())} lines"
    if "text" in event.detail:
        return str(event.detail["text"])
    if "why" in event.detail:
        return str(event.detail["why"])
    return ": ".join(str(event.detail[key]) for key in ("state", "check", "reason") if event.detail.get(key))


def _shown(text: str) -> str:
    """A text of several lines, without what would not show."""
    from sla_engine.reports.verdict_text import printable

    return "\n".join(printable(line) for line in text.splitlines())


def _zone(policies: "PolicySet") -> "Zone":
    """The zone of the first SLA."""
    from sla_engine.model.zone import parse_zone

    return policies.contract(sla=policies.slas[0]).timezone if policies.slas else parse_zone("UTC")
