"""Texts in the order of their bytes on PostgreSQL too, whatever language its machine speaks.

By the order of a language a slash may count for nothing, so that threads are not found which begin with
``incident/7/``, and what reports list comes in an order that depends on where they are made.
"""

from sla_engine.store.migrations.byte_order import order_by_bytes

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Set the order of every column of text; its indexes are made anew."""
    order_by_bytes()
