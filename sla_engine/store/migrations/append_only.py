"""Having the database itself keep what stands in a table: rows are added, and never changed or taken away."""

from collections.abc import Sequence

from alembic import op

_POSTGRESQL = (
    "CREATE TRIGGER {table}_stay BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION sla_append_only()",
    "CREATE TRIGGER {table}_whole BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION sla_append_only()",
)
_SQLITE = (
    "CREATE TRIGGER {table}_unchanged BEFORE UPDATE ON {table} BEGIN {refuse} END",
    "CREATE TRIGGER {table}_undeleted BEFORE DELETE ON {table} BEGIN {refuse} END",
    # REPLACE deletes without asking the trigger above.
    "CREATE TRIGGER {table}_unreplaced BEFORE INSERT ON {table} "
    "WHEN EXISTS (SELECT 1 FROM {table} WHERE {key}) BEGIN {refuse} END",
)
_POSTGRESQL_DROPPING = (
    "CREATE FUNCTION {table}_dropping() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "IF {only} THEN RETURN NEW; END IF; RAISE EXCEPTION 'what stands in {table} is never changed'; END $$",
    "DROP TRIGGER {table}_stay ON {table}",
    "CREATE TRIGGER {table}_stay BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_dropping()",
    "CREATE TRIGGER {table}_there BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION sla_append_only()",
)
_SQLITE_DROPPING = (
    "DROP TRIGGER {table}_unchanged",
    "CREATE TRIGGER {table}_unchanged BEFORE UPDATE ON {table} WHEN NOT ({only}) BEGIN {refuse} END",
)


def keep_as_it_stands(table: str, key: str) -> None:
    """Refuse every change of a table's rows from now on.

    Args:
        key: the condition by which a row is the same as ``NEW``.
    """
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    refuse = f"SELECT RAISE(ABORT, 'what stands in {table} is never changed');"
    for statement in _POSTGRESQL if is_postgresql else _SQLITE:
        op.execute(statement.format(table=table, key=key, refuse=refuse))


def let_drop(table: str, column: str, others: Sequence[str]) -> None:
    """Let the content of a column be dropped that a table keeps as it stands; every other change stays refused.

    Args:
        others: all other columns.
    """
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    same = " AND ".join(f"NEW.{name} = OLD.{name}" for name in others)
    only = f"length(NEW.{column}) = 0 AND {same}"
    refuse = f"SELECT RAISE(ABORT, 'what stands in {table} is never changed');"
    for statement in _POSTGRESQL_DROPPING if is_postgresql else _SQLITE_DROPPING:
        op.execute(statement.format(table=table, only=only, refuse=refuse))
