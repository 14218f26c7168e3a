"""Instants and lengths as scenarios write them: ``+10d2m``, ``-5m``, ``never``."""

from datetime import datetime

from sla_engine.exchange.scenarios.tables import Moment
from sla_engine.model.duration import Duration, parse_duration
from sla_engine.model.instant import DAY, MILLISECOND, Instant, parse_instant, to_instant

NEVER = "never"
LONGEST = 5 * 366 * DAY
EARLIEST, LATEST = parse_instant("1970-01-01T00:00:00Z"), parse_instant("2180-01-01T00:00:00Z")
"""Calendars are worked out for the years up to 2199; this leaves room for what happens and falls due later."""


def read_moment(value: Moment, start: Instant) -> Instant:
    """The instant that is meant.

    Args:
        start: what ``+`` and ``-`` count from.

    Raises:
        ValueError: the text is no such length of time.
    """
    if isinstance(value, datetime):
        return to_instant(value)
    if value[:1] not in {"+", "-"}:
        raise ValueError(f"{value!r} is no instant: write a length from the start, as in +10d2m, or a date and time")
    return start + read_length(value)


def read_length(text: str) -> int:
    """Microseconds of a length that may have a sign.

    Raises:
        ValueError: the text is no length.
    """
    length = parse_duration(text.removeprefix("-").removeprefix("+")).microseconds
    return -length if text.startswith("-") else length


def check_moment(value: Moment) -> None:
    """See that an instant can be read, whatever it counts from.

    Raises:
        ValueError: it cannot, or is far from everything.
    """
    if isinstance(value, datetime):
        check_instant(read_moment(value, 0))
    elif abs(read_moment(value, 0)) > LONGEST:
        raise ValueError(f"{value!r} is more than five years: write a shorter time")


def check_instant(at: Instant) -> None:
    """See that an instant lies in the years that calendars are worked out for.

    Raises:
        ValueError: it does not.
    """
    if not EARLIEST <= at < LATEST:
        raise ValueError("this is outside the years 1970 to 2179: write a nearer one")


def write_moment(at: Instant | None, start: Instant) -> str:
    """An instant as a length from the start, cut to milliseconds; None is ``never``."""
    if at is None:
        return NEVER
    return f"-{write_length(start - at)}" if at < start else f"+{write_length(at - start)}"


def write_length(length: int) -> str:
    """A length, cut to milliseconds."""
    text = str(Duration(abs(length) // MILLISECOND * MILLISECOND))
    return f"-{text}" if length < 0 and text != "0s" else text
