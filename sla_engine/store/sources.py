"""How far each ticket source has been read, in its plugin's own words."""

import sqlalchemy as sa

from sla_engine.model.instant import Instant
from sla_engine.store.tables import source_positions


def position_of(connection: sa.Connection, source: str) -> str | None:
    """How far a ticket source has been read, or None where it never was."""
    own = source_positions.c.source == source
    position: str | None = connection.execute(sa.select(source_positions.c.position).where(own)).scalar()
    return position


def keep_position(connection: sa.Connection, source: str, position: str, at: Instant) -> None:
    """Keep how far a ticket source has been read, in place of what was kept."""
    connection.execute(source_positions.delete().where(source_positions.c.source == source))
    connection.execute(source_positions.insert().values(source=source, position=position, at=at))
