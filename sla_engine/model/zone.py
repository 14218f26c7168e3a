"""Time zones as contracts name them: an IANA name, or a fixed offset such as ``GMT+1``.

A fixed offset has no summer time and counts east of Greenwich, so ``GMT+1`` is one hour ahead of UTC. The IANA
names ``Etc/GMT+1`` and the like count the other way round (POSIX), and are refused because they are misread.
"""

import re
from datetime import timedelta, timezone, tzinfo
from difflib import get_close_matches
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from attrs import field, frozen

_OFFSET = re.compile(r"(?:GMT|UTC)?([+-])(\d{1,2})(?::?([0-5]\d))?")
_MOST_HOURS = 14
_LONGEST_NAME = 40
_OF_THE_MACHINE = re.compile(r"localtime|posixrules|Factory|(?:posix|right)/.*")
"""What a zone database may hold besides zones: the machine's own, and copies that count leap seconds."""


@frozen
class Zone:
    """A time zone under the name that the contract gives it.

    Attributes:
        name: as written, ``GMT+1`` or ``Europe/Lisbon``.
        tz: the zone to convert with.
    """

    name: str
    tz: tzinfo = field(eq=False, repr=False)

    @property
    def is_fixed(self) -> bool:
        """Whether the zone is one offset all year long."""
        return isinstance(self.tz, timezone)

    def __str__(self) -> str:
        return self.name


@lru_cache(maxsize=1024)
def parse_zone(name: str) -> Zone:
    """Read ``GMT+1``, ``UTC+01:00``, ``+01:00``, ``UTC`` or an IANA name.

    Raises:
        ValueError: there is no such zone, or it is one of ``Etc/GMT±N``.
    """
    if name in {"UTC", "GMT", "Z"}:
        return Zone(name, timezone.utc)  # noqa: UP017 (a fixed offset like the others)
    if found := _OFFSET.fullmatch(name):
        sign, hours, minutes = found[1], int(found[2]), int(found[3] or 0)
        if hours * 60 + minutes > _MOST_HOURS * 60:
            raise ValueError(
                f"{name!r} is more than 14 hours from UTC: write an offset that clocks show, such as GMT+1"
            )
        offset = timedelta(hours=hours, minutes=minutes)
        return Zone(name, timezone(offset if sign == "+" else -offset))
    if found := re.fullmatch(r"Etc/GMT([+-])(\d{1,2})", name):
        turned = "-" if found[1] == "+" else "+"
        raise ValueError(
            f"{name!r} has its sign inverted: it means UTC{turned}{found[2]}: "
            f"write GMT{turned}{found[2]} or GMT{found[1]}{found[2]}, whichever is meant"
        )
    if _OF_THE_MACHINE.fullmatch(name):
        raise ValueError(f"{name!r} is not the same zone everywhere: write an IANA name such as Europe/Lisbon")
    try:
        return Zone(name, ZoneInfo(name))
    except (OSError, ValueError, KeyError):
        raise ValueError(f"there is no time zone {name!r}: write {_instead_of(name)}") from None


def _instead_of(name: str) -> str:
    """The zone whose name is like this one, or what names of zones look like."""
    if _OFFSET.fullmatch(name.strip().upper()):
        return name.strip().upper()
    zones = {zone.casefold(): zone for zone in available_timezones() if "GMT" not in zone}
    close = get_close_matches(name.casefold(), zones, n=1, cutoff=0.8) if len(name) <= _LONGEST_NAME else ()
    return zones[close[0]] if close else "a fixed offset such as GMT+1, or an IANA name such as Europe/Lisbon"
