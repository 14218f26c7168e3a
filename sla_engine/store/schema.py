"""Bringing a database to the present version of the tables, and refusing one that is newer."""

from collections.abc import Set
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

_SCRIPTS = Path(__file__).parent / "migrations"


def known_versions() -> Set[str]:
    """The versions of the tables that this program knows."""
    return {script.revision for script in _scripts(_config()).walk_revisions()}


def upgrade(connection: sa.Connection) -> None:
    """Apply the steps that the database lacks.

    Raises:
        LookupError: its tables are of a newer version than this program knows; the message names it.
    """
    from alembic import command
    from alembic.runtime.migration import MigrationContext

    config = _config()
    config.attributes["connection"] = connection
    present = MigrationContext.configure(connection).get_current_revision()
    if present is not None and present not in known_versions():
        newest = _scripts(config).get_current_head()
        raise LookupError(f"its tables are of version {present}, and this program knows {newest}")
    connection.commit()  # the look above began a transaction, and the steps want their own
    command.upgrade(config, "head")
    connection.commit()


def _config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    return config


def _scripts(config: "Config") -> "ScriptDirectory":
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(config)
