"""Wall times without a zone, as GLPI keeps them. A time that clocks show twice is the first of the two, and one that
they skip moves forward by as much as they skip.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sla_desks.asking import UnreadableError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)


def zone_named(name: str) -> ZoneInfo:
    """A time zone by its IANA name.

    Raises:
        ValueError: there is none.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"timezone {name!r} is no time zone: write its IANA name, such as Europe/Lisbon") from None


def instant_of(text: str, zone: ZoneInfo) -> int:
    """The instant, in microseconds, at which clocks in a zone show ``2026-10-03 12:00:00``.

    Raises:
        UnreadableError: it is no such time.
    """
    try:
        wall = datetime.fromisoformat(text)
    except ValueError:
        raise UnreadableError(f"a time was expected, and not {text!r:.100}") from None
    aware = wall if wall.tzinfo is not None else wall.replace(tzinfo=zone)
    return (aware - _EPOCH) // _MICRO


def wall_of(at: int, zone: ZoneInfo) -> str:
    """What clocks in a zone show at an instant."""
    return f"{(_EPOCH + at * _MICRO).astimezone(zone):%Y-%m-%d %H:%M:%S}"
