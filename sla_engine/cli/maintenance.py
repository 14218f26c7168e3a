"""``sla maintenance``: what is planned, what customers were told of it, and what they were told otherwise."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sla_engine.cli.acting import moment, only_who_option
from sla_engine.cli.common import Refusal, existing_store, format_option, load, now_option, policies_option, print_json

if TYPE_CHECKING:
    from sla_engine.engine.maintenance.listing import Listed
    from sla_engine.engine.maintenance.occurrences import Occurrence
    from sla_engine.model.interval import Interval
    from sla_engine.policy import PolicySet

_AHEAD = 90 * 86_400_000_000
_AROUND = 400 * 86_400_000_000


@click.group(name="maintenance")
def command() -> None:
    """Maintenance: what is planned, who was told of it and when, and the calendar that customers subscribe to.

    \b
    As in: sla maintenance list
           sla maintenance show database-upgrade
           sla maintenance announce database-upgrade --by post --at 2026-11-20T09:00Z
           sla maintenance ics --lang pt > maintenance.ics

    Maintenance itself is written in the policies; the engine announces it as soon as it has taken them up.
    """


@command.command(name="list")
@policies_option
@click.option("--from", "start", metavar="INSTANT", help="What is not over then.  [default: now]")
@click.option("--to", "end", metavar="INSTANT", help="What begins before.  [default: 90 days later]")
@now_option
@format_option("text", "json")
def list_(policies: Path, start: str | None, end: str | None, now: int, output_format: str) -> None:
    """Everything that is planned, announced or not, and what became of it."""
    from sla_engine.engine.maintenance.listing import listed
    from sla_engine.reports.maintenance_json import listed_json
    from sla_engine.reports.maintenance_text import listed_text

    policy_set, _ = load(policies)
    since = now if start is None else moment(start)
    until = since + _AHEAD if end is None else moment(end)
    found = listed(policy_set, _on_record(policy_set, since), since, until, now)
    if output_format == "json":
        print_json({"maintenance": [listed_json(one) for one in found]})
    else:
        click.echo(listed_text(found))


@command.command()
@policies_option
@click.argument("maintenance_id", metavar="ID")
@now_option
@format_option("text", "json")
def show(policies: Path, maintenance_id: str, now: int, output_format: str) -> None:
    """Everything on record of ID: each announcement, who was told and when, and what was announced otherwise."""
    from sla_engine.engine.maintenance.outside import claims_on_record
    from sla_engine.reports.maintenance_json import claim_json, listed_json, record_json
    from sla_engine.reports.maintenance_text import shown_text

    policy_set, _ = load(policies)
    found = [one for one in _around(policy_set, now) if one.maintenance == maintenance_id]
    if not found and maintenance_id not in policy_set.maintenance:
        known = ", ".join(policy_set.maintenance) or "none"
        raise Refusal(f"there is no maintenance {maintenance_id!r}; there is {known}")
    claims = []
    if _has_store(policy_set):
        with existing_store(policy_set) as store:
            claims = [claim for claim in claims_on_record(store) if claim.maintenance == maintenance_id]
    if output_format == "json":
        print_json(
            {
                "maintenance": maintenance_id,
                "occurrences": [{**listed_json(one), **record_json(one.occurrence)} for one in found],
                "outside": [claim_json(claim) for claim in claims],
            }
        )
    else:
        click.echo(shown_text(maintenance_id, found, claims))


@command.command()
@policies_option
@click.argument("maintenance_id", metavar="ID")
@click.option("--by", "channel", required=True, metavar="CHANNEL", help="How it was announced, such as post or phone.")
@click.option("--at", metavar="INSTANT", help="When it was announced.  [default: now]")
@click.option("--starts", metavar="INSTANT", help="Which of its windows, by its start, where there are several.")
@only_who_option
@click.option("--reason", default="", metavar="TEXT", help="What proves it, such as the number of a letter.")
@click.option("--correction", is_flag=True, help="Also where the report of a period that it touches is frozen.")
@now_option
def announce(
    policies: Path,
    maintenance_id: str,
    channel: str,
    at: str | None,
    starts: str | None,
    who: str,
    reason: str,
    correction: bool,
    now: int,
) -> None:
    """Enter that ID was announced outside the engine; it is kept for ever, with who says so."""
    from sla_engine.engine.exclusions import ExclusionError
    from sla_engine.engine.maintenance.outside import AnnouncementError, announce_outside
    from sla_engine.reports.maintenance_text import claim_text, span_text

    policy_set, _ = load(policies)
    window = _window(policy_set, maintenance_id, starts, now)
    told_at = now if at is None else moment(at)
    with existing_store(policy_set) as store:
        try:
            claim = announce_outside(
                policy_set, store, maintenance_id, window, at=told_at, channel=channel, who=who, reason=reason, now=now,
                is_correction=correction,
            )  # fmt: skip
        except (AnnouncementError, ExclusionError) as error:
            raise Refusal(str(error)) from error
    click.echo(f"{maintenance_id} {span_text(window)}: {claim_text(claim)}, says {who.strip()}")


@command.command()
@policies_option
@click.option("--lang", "code", default="en", show_default=True, metavar="CODE", help="In which language.")
@click.option("--services", default="", metavar="IDS", help="Only what touches one of these, separated by commas.")
@now_option
def ics(policies: Path, code: str, services: str, now: int) -> None:
    """The calendar that /maintenance.ics serves, as it is now."""
    from sla_engine.engine.maintenance.board import board
    from sla_engine.exchange.announcements.as_ics import calendar_feed
    from sla_engine.languages import language
    from sla_engine.model.text import LANGUAGES

    if code not in LANGUAGES:
        raise Refusal(f"there is no language {code!r}; there is {', '.join(LANGUAGES)}")
    policy_set, _ = load(policies)
    with existing_store(policy_set) as store:
        shown = board(policy_set, store, now)
    wanted = frozenset(name for part in services.split(",") if (name := part.strip()))
    click.echo(calendar_feed(shown.about(wanted), language(code), policy_set.public_zone), nl=False)


def _has_store(policy_set: "PolicySet") -> bool:
    try:
        with existing_store(policy_set):
            return True
    except Refusal:
        return False


def _on_record(policy_set: "PolicySet", since: int) -> "list[Occurrence]":
    """What the store knows; where no engine has run yet, that is nothing."""
    from sla_engine.engine.maintenance.occurrences import known_occurrences

    if not _has_store(policy_set):
        return []
    with existing_store(policy_set) as store:
        return known_occurrences(store, since)


def _around(policy_set: "PolicySet", now: int) -> "list[Listed]":
    from sla_engine.engine.maintenance.listing import listed

    since = now - _AROUND
    return listed(policy_set, _on_record(policy_set, since), since, now + _AROUND, now)


def _window(policy_set: "PolicySet", maintenance_id: str, starts: str | None, now: int) -> "Interval":
    """The window that is meant."""
    from sla_engine.model.instant import format_instant

    own = [one for one in _around(policy_set, now) if one.maintenance == maintenance_id]
    windows = [one.window for one in own if one.standing not in {"draft", "cancelled"}]
    if not windows:
        raise Refusal(f"no window of maintenance {maintenance_id!r} takes place: is it there, and no draft?")
    meant = windows if starts is None else [window for window in windows if window.start == moment(starts)]
    if len(meant) != 1:
        nearest = sorted(window.start for window in sorted(windows, key=lambda one: abs(one.start - now))[:5])
        known = ", ".join(format_instant(start) for start in nearest)
        raise Refusal(f"say which window with --starts, such as {known}")
    return meant[0]
