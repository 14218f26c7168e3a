"""Acts of people, and the frozen reports of periods that have ended: added to, and never changed."""

import sqlalchemy as sa
from alembic import op

from sla_engine.store.migrations.append_only import keep_as_it_stands

revision = "0003"
down_revision = "0002"

_POSTGRESQL_FUNCTION = """
CREATE FUNCTION sla_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'what stands in % is never changed', TG_TABLE_NAME; END $$
"""


def upgrade() -> None:
    """Make their tables, and have the database keep what stands in them."""
    op.create_table(
        "acts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_table(
        "frozen_reports",
        sa.Column("holder", sa.Text, primary_key=True),
        sa.Column("label", sa.Text, primary_key=True),
        sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("start", sa.BigInteger, nullable=False),
        sa.Column("end", sa.BigInteger, nullable=False),
        sa.Column("known_until", sa.BigInteger, nullable=False),
        sa.Column("policy_hash", sa.Text, sa.ForeignKey("policy_texts.hash"), nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("inputs", sa.LargeBinary, nullable=False),
        sa.Column("verdict", sa.LargeBinary, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("frozen_at", sa.BigInteger, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_POSTGRESQL_FUNCTION)
    keep_as_it_stands("acts", "id = NEW.id")
    keep_as_it_stands("frozen_reports", "holder = NEW.holder AND label = NEW.label AND revision = NEW.revision")
