"""Announcements of maintenance: added to, and never changed."""

import sqlalchemy as sa
from alembic import op

from sla_engine.store.migrations.append_only import keep_as_it_stands

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make their table, and have the database keep what stands in it."""
    op.create_table(
        "announcements",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.Text, nullable=False, unique=True),
        sa.Column("maintenance", sa.Text, nullable=False),
        sa.Column("occurrence", sa.BigInteger, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("start", sa.BigInteger, nullable=False),
        sa.Column("end", sa.BigInteger, nullable=False),
        sa.Column("lead", sa.BigInteger),
        sa.Column("content", sa.Text, nullable=False),
    )
    op.create_index("announcements_by_end", "announcements", ["end"])
    op.create_index("announcements_by_occurrence", "announcements", ["maintenance", "occurrence"])
    keep_as_it_stands("announcements", "id = NEW.id OR key = NEW.key")
