"""``sla store``: look after the database."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sla_engine.cli.common import (
    FINE,
    THE_ANSWER_IS_NO,
    Refusal,
    existing_store,
    format_option,
    load,
    policies_option,
    print_json,
)

if TYPE_CHECKING:
    from sla_engine.policy import PolicySet

_FILE = "sqlite:///"


@click.group(name="store")
def command() -> None:
    """Look after the database."""


@command.command()
@policies_option
def upgrade(policies: Path) -> None:
    """Bring the tables to this program's version."""
    policy_set, _ = load(policies)
    with existing_store(policy_set) as store:
        store.upgrade()
        click.echo(f"{store.name} is up to date")


@command.command()
@policies_option
@click.argument("path", type=click.Path(path_type=Path))
def backup(policies: Path, path: Path) -> None:
    """Copy a SQLite database to PATH as it is now, while the engine runs."""
    policy_set, _ = load(policies)
    _file_of(policy_set, "pg_dump")
    with existing_store(policy_set) as store:
        store.backup(path)
        click.echo(f"{store.name} was copied to {path}")


@command.command()
@policies_option
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--verify", is_flag=True, help="Only see whether PATH could be restored.")
def restore(policies: Path, path: Path, verify: bool) -> int:
    """Put PATH, a backup, in the place of the SQLite database, which is kept beside it; no engine may run.

    PATH is looked through first. What it knows nothing of is then unknown: messages that went out after it was made
    go out again, with the same keys.
    """
    from sla_engine.store.copies import CopyError, look_through
    from sla_engine.store.copies import restore as put_in_place

    policy_set, _ = load(policies)
    database = _file_of(policy_set, "pg_restore")
    try:
        if verify:
            click.echo(f"{path} is whole, and of version {look_through(path)}")
            return FINE
        kept = put_in_place(path, database, f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
    except CopyError as error:
        if not verify:
            raise Refusal(str(error)) from error
        click.echo(error)
        return THE_ANSWER_IS_NO
    click.echo(f"{database} is as in {path}" + ("" if kept is None else f"; what it was is in {kept}"))
    return FINE


def _file_of(policies: "PolicySet", program: str) -> Path:
    url = policies.engine.store
    if not url.startswith(_FILE):
        raise Refusal(f"the store is no SQLite database: use PostgreSQL's own {program}, as docs/store.md says")
    return Path(url.removeprefix(_FILE))


@command.command()
@policies_option
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@format_option("text", "json")
def prune(policies: Path, dry_run: bool, output_format: str) -> None:
    """Drop what engine.keep lets go, as the engine does by itself once an hour; beside an engine too.

    The words of messages that were settled long ago, files if the policies say so, and levels of limits. Everything by
    which anything is judged, decided or told stays for ever.
    """
    from sla_engine.engine.pruning import Pruned, prunable, prune
    from sla_engine.registry.clock import SystemClock
    from sla_engine.store.sizes import free_bytes

    policy_set, _ = load(policies)
    now = SystemClock().now()
    with existing_store(policy_set) as store:
        found = prunable(policy_set, store, now) if dry_run else sum(prune(policy_set, store, now), start=Pruned())
        with store.reading() as connection:
            free = free_bytes(connection)
    if output_format == "json":
        facts = {"messages": found.messages, "files": found.files, "levels": found.levels, "bytes": found.bytes}
        print_json({"dry_run": dry_run, **facts, "free": free})
        return
    verb = "Would go" if dry_run else "Went"
    counts = f"words of messages: {found.messages:,}, files: {found.files:,}, levels of limits: {found.levels:,}"
    click.echo(f"{verb}: {found.bytes / 1e6:,.1f} MB ({counts})")
    if free is not None:
        click.echo(
            f"Of the file {free / 1e6:,.1f} MB hold nothing, and will hold what comes; it does not become smaller"
        )
