"""``sla store``: look after the database."""

from pathlib import Path

import click

from sla_engine.cli.common import existing_store, load, policies_option


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
    with existing_store(policy_set) as store:
        store.backup(path)
        click.echo(f"{store.name} was copied to {path}")
