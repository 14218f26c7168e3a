"""Levels that survive a restart: how much of a limit was left at an instant, in millionths."""

from collections.abc import Iterator

import sqlalchemy as sa
from attrs import frozen

from sla_engine.model.instant import Instant
from sla_engine.store.tables import buckets


@frozen
class Level:
    """How much was left at an instant, in millionths; less than nothing where more was taken than was there."""

    level: int
    at: Instant


def level_of(connection: sa.Connection, name: str) -> Level | None:
    """The level of that name, or None where nothing was taken yet."""
    row = connection.execute(sa.select(buckets).where(buckets.c.name == name)).first()
    return None if row is None else Level(row.level, row.at)


def levels_like(connection: sa.Connection, beginning: str) -> Iterator[tuple[str, Level]]:
    """The levels whose names begin with a text."""
    rows = connection.execute(sa.select(buckets).where(buckets.c.name.startswith(beginning, autoescape=True)))
    for row in rows.all():
        yield row.name, Level(row.level, row.at)


def set_level(connection: sa.Connection, name: str, level: Level) -> None:
    """Keep a level."""
    drop_level(connection, name)
    connection.execute(buckets.insert().values(name=name, level=level.level, at=level.at))


def drop_level(connection: sa.Connection, name: str) -> None:
    """Forget a level."""
    connection.execute(buckets.delete().where(buckets.c.name == name))
