"""From rotation tables to who is on call at an instant."""

from datetime import datetime

from attrs import frozen

from sla_engine.calendars.turns import Turns
from sla_engine.calendars.wall import instant_to_wall, read_moment
from sla_engine.model.instant import Instant
from sla_engine.model.interval import Interval
from sla_engine.model.zone import Zone, parse_zone
from sla_engine.policy.documents import RotationTable

_UTC = parse_zone("UTC")


@frozen
class Shift:
    """Who is on call, and until when at least.

    Attributes:
        notifier: its id.
        stands_in: whether an override has it so.
    """

    notifier: str
    until: Instant
    stands_in: bool = False


@frozen
class Rotation:
    """Who is on call, in turns.

    Attributes:
        members: notifiers, in the order of their turns.
        during: the id of a calendar outside of which messages wait, or None.
        overrides: who stands in when; where two say something, the later holds.
    """

    id: str
    members: tuple[str, ...]
    turns: Turns
    during: str | None
    overrides: tuple[tuple[Interval, str], ...]

    def shift(self, at: Instant) -> Shift:
        """Who is on call at an instant."""
        number = self.turns.number(at)
        changes = [edge for window, _ in self.overrides for edge in window if edge > at]
        until = min([self.turns.start(number + 1), *changes])
        for window, notifier in reversed(self.overrides):
            if window.start <= at < window.end:
                return Shift(notifier, until, stands_in=True)
        return Shift(self.members[number % len(self.members)], until)


def build_rotation(name: str, table: RotationTable) -> Rotation:
    """The rotation that a table describes; it must name somebody, and turns of at least an hour."""
    zone = table.timezone or _UTC
    return Rotation(
        id=name,
        members=table.of,
        turns=Turns(_wall(table.from_, zone), table.every.microseconds, zone),
        during=table.during,
        overrides=tuple(
            (Interval(read_moment(one.from_, zone), read_moment(one.until, zone)), one.notify) for one in table.override
        ),
    )


def _wall(moment: datetime, zone: Zone) -> datetime:
    return moment if moment.tzinfo is None else instant_to_wall(read_moment(moment, zone), zone)
