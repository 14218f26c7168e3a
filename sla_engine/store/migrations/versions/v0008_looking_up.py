"""Indexes by which incidents and notices are looked up, however many there have been."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make them; the one on threads takes the place of a narrower one."""
    op.drop_index("ix_notices_thread", "notices")
    op.create_index("notices_by_thread", "notices", ["thread", "notifier", "recipient"])
    op.create_index("notices_by_lane", "notices", ["notifier", "recipient", "language", "state", "due_at"])
    op.create_index("incidents_by_service", "incidents", ["service", "began_at"])
