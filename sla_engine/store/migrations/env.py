"""What Alembic runs: each step in a transaction of its own, on the connection that it is given."""

from alembic import context

from sla_engine.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
