"""What a nameserver answered."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from attrs import frozen

from sla_engine.plugin import Doubt

if TYPE_CHECKING:
    from dns.rdata import Rdata

_LONGEST_TOLD = 200
_MEANING = {
    "NXDOMAIN": "the name does not exist",
    "SERVFAIL": "the nameserver found out nothing",
    "REFUSED": "the nameserver does not want to tell",
}


class Unanswered(Exception):  # noqa: N818 (it names what happened, as ConnectionRefusedError does)
    """A question has no answer; the message says why.

    Attributes:
        doubt: whether the monitor's own network may be the cause, or None.
        is_certain: whether the records themselves are to blame, as with aliases that lead nowhere.
    """

    def __init__(self, reason: str, *, doubt: Doubt | None = None, is_certain: bool = False) -> None:
        super().__init__(reason)
        self.doubt = doubt
        self.is_certain = is_certain


@frozen
class Answer:
    """An answer, whatever it says.

    Attributes:
        name: that was asked for.
        kind: of the records, such as ``MX``.
        code: such as ``NOERROR``.
        records: of that kind, of the name or of the last one that its aliases lead to.
        ttl: the shortest time in seconds for which any part of it is good; None without records.
        aliases: the names that it is an alias of, one after the other.
        is_authoritative, is_vouched_for: by the flags AA and AD.
        is_signed: whether signatures came along, which only happens where they were asked for.
        size: bytes of the message.
        server: who said so, and over what.
    """

    name: str
    kind: str
    code: str
    records: "tuple[Rdata, ...]" = ()
    ttl: int | None = None
    aliases: tuple[str, ...] = ()
    is_authoritative: bool = False
    is_vouched_for: bool = False
    is_signed: bool = False
    size: int = 0
    server: str = ""

    @property
    def texts(self) -> Sequence[str]:
        """The records as text, in a fixed order."""
        return sorted(record_text(record) for record in self.records)

    @property
    def is_void(self) -> bool:
        """Whether it says that there is no such record (RFC 7208, 4.6.4)."""
        return self.code == "NXDOMAIN" or not self.records

    @property
    def meaning(self) -> str:
        """Its code, for people."""
        return f"{self.code} ({_MEANING[self.code]})" if self.code in _MEANING else self.code


def record_text(record: "Rdata") -> str:
    """A record for people and for comparing: names in lower case, without the dot at their end; a TXT as its text."""
    octets = text_of(record)
    if octets is not None:
        return octets.decode("utf-8", "backslashreplace")
    words = record.to_text().split(" ")
    return " ".join(word.lower().rstrip(".") or "." if '"' not in word else word for word in words)


def text_of(record: "Rdata") -> bytes | None:
    """The bytes of a TXT record, its strings joined without anything between them; None for another."""
    strings: tuple[bytes, ...] | None = getattr(record, "strings", None)
    return None if strings is None else b"".join(strings)


def shortened(text: str, most: int = _LONGEST_TOLD) -> str:
    """A text that is not too long to be told, and stays on one line."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
