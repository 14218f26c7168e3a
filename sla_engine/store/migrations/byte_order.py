"""Having PostgreSQL compare texts by their bytes, as SQLite does and Python nearly does."""

import sqlalchemy as sa
from alembic import op

_OTHERWISE = sa.text(
    "SELECT table_name, column_name FROM information_schema.columns "
    "WHERE table_schema = current_schema() AND table_name <> 'alembic_version' AND data_type = 'text' "
    "AND collation_name IS DISTINCT FROM 'C' ORDER BY table_name, ordinal_position"
)


def order_by_bytes() -> None:
    """Set the order of every column of text that has another; a step that adds such columns calls it last."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, column in op.get_bind().execute(_OTHERWISE).all():
        op.alter_column(table, column, type_=sa.Text(collation="C"))
