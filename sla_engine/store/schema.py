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


def lacks_steps(connection: sa.Connection) -> bool:
    """Whether the database has other tables than this program wants.

    Raises:
        LookupError: they are of a newer version than this program knows; the message names it.
    """
    from alembic.runtime.migration import MigrationContext

    present = MigrationContext.configure(connection).get_current_revision()
    newest = _scripts(_config()).get_current_head()
    if present is not None and present not in known_versions():
        raise LookupError(f"its tables are of version {present}, and this program knows {newest}")
    connection.commit()  # the look began a transaction, and the steps want their own
    return present != newest


def upgrade(connection: sa.Connection) -> None:
    """Apply the steps that the database lacks."""
    from alembic import command

    config = _config()
    config.attributes["connection"] = connection
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
