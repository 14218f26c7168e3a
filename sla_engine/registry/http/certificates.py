"""The certificates that a server presented, as evidence, kept also when they were refused."""

import hashlib
from binascii import Error as BadBase64
from binascii import a2b_base64
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import pycurl

from sla_engine.model.instant import Instant, to_instant
from sla_engine.plugin.http import Certificate

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NAME_KINDS = ("DNS:", "IP Address:")
_LONGEST_CHAIN = 32
_MOST_NAMES = 1000

_Fields = tuple[tuple[bytes, bytes], ...]


def presented(curl: Any) -> tuple[Certificate, ...]:
    """The chain as it was sent, leaf first; one that cannot be read is left out, and so is what follows the 32nd."""
    chain: Sequence[_Fields] = curl.getinfo_raw(pycurl.INFO_CERTINFO)[:_LONGEST_CHAIN]
    return tuple(found for fields in chain if (found := _read(tuple(fields))) is not None)


@lru_cache(maxsize=1024)
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
            sha256=_fingerprint(named.get("Cert", "")),
        )
    except (KeyError, ValueError):
        return None


def _fingerprint(pem: str) -> str:
    """The SHA-256 of a certificate's DER."""
    content = "".join(line for line in pem.splitlines() if not line.startswith("-----"))
    try:
        return hashlib.sha256(a2b_base64(content)).hexdigest() if content else ""
    except BadBase64:
        return ""


def _names(text: str) -> tuple[str, ...]:
    """The names in ``DNS:example.org, IP Address:192.0.2.1``."""
    parts = (part.strip() for part in text.split(",")[:_MOST_NAMES])
    return tuple(part.removeprefix(kind) for part in parts for kind in _NAME_KINDS if part.startswith(kind))


def _instant(text: str) -> Instant:
    """The instant of ``Jan  1 00:00:00 2026 GMT``; the months are English whatever the locale is."""
    month, day, time, year, _ = text.split()
    hour, minute, second = time.split(":")
    number = _MONTHS.index(month) + 1
    return to_instant(datetime(int(year), number, int(day), int(hour), int(minute), int(second), tzinfo=UTC))
