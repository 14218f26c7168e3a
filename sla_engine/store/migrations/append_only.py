"""Having the database itself keep what stands in a table: rows are added, and never changed or taken away."""

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


def keep_as_it_stands(table: str, key: str) -> None:
    """Refuse every change of a table's rows from now on.

    Args:
        key: the condition by which a row is the same as ``NEW``.
    """
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    refuse = f"SELECT RAISE(ABORT, 'what stands in {table} is never changed');"
    for statement in _POSTGRESQL if is_postgresql else _SQLITE:
        op.execute(statement.format(table=table, key=key, refuse=refuse))
