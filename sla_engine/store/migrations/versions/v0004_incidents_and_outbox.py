"""Incidents with their events, and the outbox: notices, the messages that tell of them, and what limits these."""

import sqlalchemy as sa
from alembic import op

from sla_engine.store.migrations.append_only import keep_as_it_stands

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make their tables; what happened to an incident is never changed."""
    _incidents()
    _messages()
    _notices()
    op.create_table(
        "buckets",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("level", sa.BigInteger, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )


def _incidents() -> None:
    op.create_table(
        "incidents",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("service", sa.Text, nullable=False),
        sa.Column("began_at", sa.BigInteger, nullable=False),
        sa.Column("opened_at", sa.BigInteger),
        sa.Column("ended_at", sa.BigInteger),
        sa.Column("closed_at", sa.BigInteger),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("in_maintenance", sa.Boolean, nullable=False),
    )
    still_open = sa.text("closed_at IS NULL")
    op.create_index(
        "one_incident_at_a_time",
        "incidents",
        ["service"],
        unique=True,
        sqlite_where=still_open,
        postgresql_where=still_open,
    )
    op.create_index("incidents_by_time", "incidents", ["began_at"])
    op.create_table(
        "incident_events",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("incident", sa.Integer, sa.ForeignKey("incidents.id"), nullable=False, index=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("who", sa.Text),
        sa.Column("detail", sa.Text, nullable=False),
    )
    keep_as_it_stands("incident_events", "id = NEW.id")


def _messages() -> None:
    op.create_table(
        "messages",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.Text, nullable=False, unique=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("notifier", sa.Text, nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("severity", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("cost", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("may_be_out", sa.Boolean, nullable=False),
        sa.Column("next_at", sa.BigInteger),
        sa.Column("give_up_at", sa.BigInteger, nullable=False),
        sa.Column("started_at", sa.BigInteger),
        sa.Column("ended_at", sa.BigInteger),
        sa.Column("detail", sa.Text),
        sa.Column("reference", sa.Text),
    )
    op.create_index("messages_by_state", "messages", ["state", "next_at"])
    op.create_index("messages_by_lane", "messages", ["notifier", "recipient", "language", "at"])


def _notices() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.Text, nullable=False, unique=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("notifier", sa.Text, nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("thread", sa.Text, nullable=False, index=True),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("severity", sa.Text, nullable=False),
        sa.Column("customer", sa.Text),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("next_notifiers", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("message", sa.Integer, sa.ForeignKey("messages.id"), index=True),
    )
    op.create_index("notices_by_state", "notices", ["state", "due_at"])
