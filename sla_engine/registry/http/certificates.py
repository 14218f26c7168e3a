"""The certificates that a server presented, as evidence, kept also when they were refused."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import pycurl

from sla_engine.model.instant import Instant, to_instant
from sla_engine.plugin.http import Certificate

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NAME_KINDS = ("DNS:", "IP Address:")

_Fields = tuple[tuple[bytes, bytes], ...]


def presented(curl: Any) -> tuple[Certificate, ...]:
    """The chain as it was sent, leaf first; one that cannot be read is left out."""
    chain: Sequence[_Fields] = curl.getinfo_raw(pycurl.INFO_CERTINFO)
    return tuple(found for fields in chain if (found := _read(tuple(fields))) is not None)


@lru_cache(maxsize=4096)
def _read(fields: _Fields) -> Certificate | None:
    """Read libcurl's description of one certificate; servers present the same one at every probe, so it is kept."""
    named = {name.decode("ascii", "replace"): value.decode("utf-8", "replace") for name, value in fields}
    try:
        return Certificate(
            subject=named.get("Subject", ""),
            issuer=named.get("Issuer", ""),
            names=_names(named.get("X509v3 Subject Alternative Name", "")),
            not_before=_instant(named["Start date"]),
            not_after=_instant(named["Expire date"]),
        )
    except (KeyError, ValueError):
        return None


def _names(text: str) -> tuple[str, ...]:
    """The names in ``DNS:example.org, IP Address:192.0.2.1``."""
    parts = (part.strip() for part in text.split(","))
    return tuple(part.removeprefix(kind) for part in parts for kind in _NAME_KINDS if part.startswith(kind))


def _instant(text: str) -> Instant:
    """The instant of ``Jan  1 00:00:00 2026 GMT``; the months are English whatever the locale is."""
    month, day, time, year, _ = text.split()
    hour, minute, second = time.split(":")
    number = _MONTHS.index(month) + 1
    return to_instant(datetime(int(year), number, int(day), int(hour), int(minute), int(second), tzinfo=UTC))
