"""Bringing a database to the present version of the tables, and refusing one that is newer."""

from pathlib import Path

import sqlalchemy as sa

_SCRIPTS = Path(__file__).parent / "migrations"


def upgrade(connection: sa.Connection) -> None:
    """Apply the steps that the database lacks.

    Raises:
        LookupError: its tables are of a newer version than this program knows; the message names it.
    """
    from alembic import command
    from alembic.config import Config
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    present = MigrationContext.configure(connection).get_current_revision()
    scripts = ScriptDirectory.from_config(config)
    if present is not None and present not in {script.revision for script in scripts.walk_revisions()}:
        raise LookupError(f"its tables are of version {present}, and this program knows {scripts.get_current_head()}")
    connection.commit()  # the look above began a transaction, and the steps want their own
    command.upgrade(config, "head")
    connection.commit()
