"""Tickets, what happened to them, and the files that came with it."""

import sqlalchemy as sa
from alembic import op

from sla_engine.store.migrations.append_only import keep_as_it_stands

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make their tables; what happened to a ticket is never changed."""
    op.create_table(
        "tickets",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("opened_at", sa.BigInteger, nullable=False),
        sa.Column("customer", sa.Text, index=True),
        sa.Column("sender", sa.Text),
        sa.Column("name", sa.Text),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("topic", sa.Text),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("team", sa.Text),
        sa.Column("state", sa.Text, nullable=False, index=True),
        sa.Column("last_at", sa.BigInteger, nullable=False, index=True),
        sa.Column("is_settled", sa.Boolean, nullable=False, index=True),
        sa.Column("token", sa.Text, nullable=False, unique=True),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("foreign_id", sa.Text),
        sa.UniqueConstraint("source", "foreign_id"),
    )
    op.create_table(
        "ticket_entries",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("ticket", sa.Integer, sa.ForeignKey("tickets.id"), nullable=False, index=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("act", sa.Text, nullable=False),
        sa.Column("level", sa.Text),
        sa.Column("who", sa.Text),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("is_public", sa.Boolean, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("key", sa.Text, unique=True),
    )
    keep_as_it_stands("ticket_entries", "id = NEW.id")
    op.create_table(
        "attachments",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("ticket", sa.Integer, sa.ForeignKey("tickets.id"), nullable=False, index=True),
        sa.Column("entry", sa.Integer, sa.ForeignKey("ticket_entries.id"), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    keep_as_it_stands("attachments", "id = NEW.id")
