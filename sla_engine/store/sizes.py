"""How large the database is."""

import sqlalchemy as sa


def whole_bytes(connection: sa.Connection) -> int:
    """What all of it takes, without what was written last and is not in SQLite's file yet."""
    if connection.dialect.name == "sqlite":
        return _pragma(connection, "page_count") * _pragma(connection, "page_size")
    size: int = connection.execute(sa.text("SELECT pg_database_size(current_database())")).scalar_one()
    return size


def free_bytes(connection: sa.Connection) -> int | None:
    """What of a SQLite file holds nothing, and will hold what comes; None where the database sees to that itself."""
    if connection.dialect.name != "sqlite":
        return None
    return _pragma(connection, "freelist_count") * _pragma(connection, "page_size")


def _pragma(connection: sa.Connection, name: str) -> int:
    value: int = connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
    return value
