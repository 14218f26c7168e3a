"""Instants: whole microseconds since 1970-01-01T00:00:00Z.

Inside the engine every instant is such an integer, so that no arithmetic can meet a time zone: Python's own
subtraction of two datetimes of one zone ignores daylight saving time. Datetimes appear at the edges only.
"""

from datetime import UTC, datetime, timedelta, tzinfo
from typing import TypeAlias

Instant: TypeAlias = int
"""Microseconds since the Unix epoch, UTC."""

MICROSECOND = 1
MILLISECOND = 1_000
SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STEP = timedelta(microseconds=1)


def to_instant(moment: datetime) -> Instant:
    """The instant of an aware datetime.

    Raises:
        ValueError: the datetime has no offset, so it names no instant.
    """
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no offset from UTC, so it names no instant")
    return (moment.astimezone(UTC) - _EPOCH) // _STEP


def to_datetime(at: Instant, zone: tzinfo = UTC) -> datetime:
    """The aware datetime of an instant, as read on a clock in ``zone``."""
    return (_EPOCH + at * _STEP).astimezone(zone)


def format_instant(at: Instant) -> str:
    """RFC 3339 in UTC, ``2026-10-31T23:00:00Z``, with a fraction only where there is one."""
    text = to_datetime(at).isoformat()
    return text.removesuffix("+00:00") + "Z"


def parse_instant(text: str) -> Instant:
    """Read an RFC 3339 instant, which must carry ``Z`` or an offset.

    Raises:
        ValueError: the text is no date and time, or has no offset.
    """
    return to_instant(datetime.fromisoformat(text))


def seconds(duration: int) -> int | float:
    """A length in microseconds as the number of seconds that outputs print: whole where it is whole."""
    whole, rest = divmod(duration, SECOND)
    return duration / SECOND if rest else whole
