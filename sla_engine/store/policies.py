"""The policy sets that were in force: kept when an engine loads one, asked for when an ended period is judged."""

import sqlalchemy as sa
from attrs import field, frozen

from sla_engine.model.instant import Instant
from sla_engine.store.tables import policy_loads, policy_texts


@frozen
class LoadedPolicies:
    """A policy set that an engine took up.

    Attributes:
        at: from when on it was in force.
        hash: of what it says.
        content: the set as it was written, as `sla_engine.policy.take_snapshot` packs it.
    """

    at: Instant
    hash: str
    content: bytes = field(repr=False)


def keep_policies(connection: sa.Connection, loaded: LoadedPolicies) -> None:
    """Keep a set and its load; of one that is in force already nothing is added."""
    newest = sa.select(policy_loads.c.hash).order_by(policy_loads.c.at.desc(), policy_loads.c.id.desc()).limit(1)
    if connection.execute(newest).scalar() == loaded.hash:
        return
    known = sa.select(policy_texts.c.hash).where(policy_texts.c.hash == loaded.hash)
    if connection.execute(known).scalar() is None:
        connection.execute(policy_texts.insert().values(hash=loaded.hash, content=loaded.content))
    connection.execute(policy_loads.insert().values(at=loaded.at, hash=loaded.hash))


def policies_in_force(connection: sa.Connection, at: Instant) -> LoadedPolicies | None:
    """The set that was in force just before an instant; where none was yet, the first that came after."""
    loads = sa.select(policy_loads.c.at, policy_loads.c.hash, policy_texts.c.content).join(policy_texts)
    before = loads.where(policy_loads.c.at < at).order_by(policy_loads.c.at.desc(), policy_loads.c.id.desc())
    after = loads.order_by(policy_loads.c.at, policy_loads.c.id)
    row = connection.execute(before.limit(1)).first() or connection.execute(after.limit(1)).first()
    return None if row is None else LoadedPolicies(row.at, row.hash, row.content)


def loads_of_policies(connection: sa.Connection) -> list[tuple[Instant, str]]:
    """Every load, with the hash of what was loaded, the oldest first."""
    every = sa.select(policy_loads.c.at, policy_loads.c.hash).order_by(policy_loads.c.at, policy_loads.c.id)
    return [(row.at, row.hash) for row in connection.execute(every)]


def text_of_policies(connection: sa.Connection, policy_hash: str) -> bytes | None:
    """A set as it was written, or None where it was never taken up."""
    statement = sa.select(policy_texts.c.content).where(policy_texts.c.hash == policy_hash)
    content: bytes | None = connection.execute(statement).scalar()
    return content
