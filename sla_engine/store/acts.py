"""Acts of people, as they were entered: added to and never changed, which the database itself keeps."""

import json
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

import sqlalchemy as sa
from attrs import evolve, frozen

from sla_engine.model.instant import Instant
from sla_engine.store.tables import acts

ActKind: TypeAlias = Literal["exclude", "revoke", "announce", "resend", "discard"]


@frozen
class Act:
    """Something that a person entered.

    Attributes:
        at: when it was entered.
        who: entered it.
        kind: what kind of act it is.
        what: the act itself, as JSON has it.
        reason: why.
        id: its number; 0 until it stands in the database.
    """

    at: Instant
    who: str
    kind: ActKind
    what: Mapping[str, Any]
    reason: str
    id: int = 0


def add_act(connection: sa.Connection, act: Act) -> Act:
    """Enter an act; gives it with its number."""
    row = {
        "at": act.at,
        "who": act.who,
        "kind": act.kind,
        "what": json.dumps(act.what, sort_keys=True),
        "reason": act.reason,
    }
    number: int = connection.execute(acts.insert().values(**row).returning(acts.c.id)).scalar_one()
    return evolve(act, id=number)


def read_acts(connection: sa.Connection) -> list[Act]:
    """Every act, the oldest first."""
    rows = connection.execute(sa.select(acts).order_by(acts.c.id))
    return [Act(row.at, row.who, row.kind, json.loads(row.what), row.reason, row.id) for row in rows]
