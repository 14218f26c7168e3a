"""A lane: one recipient, told by one notifier in one language; what goes along it stays in order."""

from typing import Any

import sqlalchemy as sa
from attrs import frozen


@frozen
class Lane:
    """Whom messages go to, and how.

    Attributes:
        notifier: its id.
        recipient: an empty text where it is the notifier's own recipients.
        language: in which they are told.
    """

    notifier: str
    recipient: str
    language: str


def lane_of(row: Any) -> Lane:
    """The lane of a row of notices or messages."""
    return Lane(row.notifier, row.recipient, row.language)


def within(table: sa.Table, lane: Lane) -> sa.ColumnElement[bool]:
    """The condition that a row of notices or messages belongs to a lane."""
    return sa.and_(
        table.c.notifier == lane.notifier, table.c.recipient == lane.recipient, table.c.language == lane.language
    )
