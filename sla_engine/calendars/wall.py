"""Wall time, as clocks on the wall show it, and instants: one rule for the hours that summer time skips or repeats.

A time that the clocks skip moves forward by as much as they skip; a time that they show twice is the first of the two.
A local date runs from its 00:00 to the next date's 00:00 by the same rule, so that dates follow each other without a
gap; a date that a zone skipped altogether (2011-12-30 in Apia) is empty.
"""

from datetime import date, datetime, timedelta, tzinfo

from sla_engine.model.instant import DAY, MINUTE, Instant, to_datetime, to_instant
from sla_engine.model.zone import Zone

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 (wall time has no zone)
_EPOCH_ORDINAL = _EPOCH.toordinal()
_STEP = timedelta(microseconds=1)
_A_DAY = timedelta(days=1)


def wall_to_instant(wall: datetime, zone: Zone) -> Instant:
    """The instant at which clocks in ``zone`` show the naive ``wall``.

    Raises:
        ValueError: ``wall`` has an offset of its own.
    """
    if wall.tzinfo is not None:
        raise ValueError(f"{wall.isoformat()} has an offset, so it is no wall time")
    return (wall - _EPOCH) // _STEP - _offset(wall, zone.tz)


def instant_to_wall(at: Instant, zone: Zone) -> datetime:
    """What clocks in ``zone`` show at an instant, as a naive datetime with fold 0."""
    return to_datetime(at, zone.tz).replace(tzinfo=None, fold=0)


def read_moment(moment: datetime, zone: Zone) -> Instant:
    """The instant of a datetime, which is wall time of ``zone`` where it has no offset."""
    return wall_to_instant(moment, zone) if moment.tzinfo is None else to_instant(moment)


def is_skipped(wall: datetime, zone: Zone) -> bool:
    """Whether clocks in ``zone`` jump over ``wall``."""
    return _offset(wall, zone.tz) < _offset_after(wall, zone.tz)


def end_of_gap(wall: datetime, zone: Zone) -> Instant:
    """The instant at which the clocks jumped over a skipped ``wall``."""
    local = (wall - _EPOCH) // _STEP
    before, after = local - _offset_after(wall, zone.tz), local - _offset(wall, zone.tz)
    offset_before = to_datetime(before, zone.tz).utcoffset()
    while after - before > 1:
        middle = (before + after) // 2
        if to_datetime(middle, zone.tz).utcoffset() == offset_before:
            before = middle
        else:
            after = middle
    return after


def day_start(day: date, zone: Zone) -> Instant:
    """The instant at which a local date begins."""
    return wall_to_instant(datetime(day.year, day.month, day.day), zone)  # noqa: DTZ001


def date_at(at: Instant, zone: Zone) -> date:
    """The local date to which an instant belongs."""
    day = to_datetime(at, zone.tz).date()
    # Where clocks fall back over midnight they show the old date again; the new one has begun all the same.
    return day + _A_DAY if day_start(day + _A_DAY, zone) <= at else day


class WallClock:
    """Wall times of a run of dates as instants, asking the zone once a date instead of once a time."""

    __slots__ = ("_first", "_offsets", "_zone")

    def __init__(self, zone: Zone, first: int, last: int) -> None:
        """Prepare the dates with the ordinals ``first`` to ``last``, both included."""
        self._zone = zone
        self._first = first
        tz = zone.tz
        if zone.is_fixed:
            self._offsets = [_offset(_EPOCH, tz)] * (last - first + 3)
        else:
            self._offsets = [_offset(datetime.fromordinal(day), tz) for day in range(first, last + 3)]

    def instant(self, ordinal: int, minute: int) -> Instant:
        """The instant of a minute of a date; minutes from 1440 up are on the date after."""
        index = ordinal - self._first
        offset = self._offsets[index]
        # No zone ever changed twice within two days, so equal offsets at both ends hold in between.
        if offset == self._offsets[index + 2]:
            return (ordinal - _EPOCH_ORDINAL) * DAY + minute * MINUTE - offset
        return wall_to_instant(datetime.fromordinal(ordinal) + timedelta(minutes=minute), self._zone)

    def skips(self, ordinal: int) -> bool:
        """Whether clocks jump over the whole date, so that nothing opens on it."""
        index = ordinal - self._first
        return self._offsets[index + 1] - self._offsets[index] >= DAY


def _offset(wall: datetime, tz: tzinfo) -> int:
    """Microseconds east of UTC; in a gap the offset before it, in a fold the first."""
    offset = tz.utcoffset(wall.replace(fold=0) if wall.fold else wall)
    assert offset is not None
    return offset // _STEP


def _offset_after(wall: datetime, tz: tzinfo) -> int:
    """Microseconds east of UTC; in a gap the offset after it, in a fold the second."""
    offset = tz.utcoffset(wall.replace(fold=1))
    assert offset is not None
    return offset // _STEP
