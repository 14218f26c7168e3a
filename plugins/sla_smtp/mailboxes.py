"""Mailboxes as policies and headers write them: ``ops@example.com`` or ``SLA Maxony <ops@example.com>``."""

import re

from attrs import frozen

from sla_smtp.headers import one_line, phrase

_NAMED = re.compile(r"\s*(?P<name>[^<>]*?)\s*<(?P<address>[^<>]*)>\s*")
# Dot-atoms of RFC 5321 (4.1.2) with what RFC 6531 (3.3) adds: any printable character beyond ASCII.
_LOCAL_PART = re.compile(r"(?!\.)(?:[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]|[^\x00-\x7f])+(?<!\.)")
_DOMAIN = re.compile(r"(?!-)(?:[A-Za-z0-9-]|[^\x00-\x7f])+(?:\.(?:[A-Za-z0-9-]|[^\x00-\x7f])+)*(?<!-)")
_LONGEST, _LONGEST_LOCAL_PART = 254, 64  # bytes: RFC 5321, 4.5.3.1


@frozen
class Mailbox:
    """Somebody who sends or receives mail.

    Attributes:
        address: as in ``ops@example.com``; beyond ASCII where the server speaks SMTPUTF8 (RFC 6531).
        name: for people, or an empty text.
    """

    address: str
    name: str = ""

    @property
    def domain(self) -> str:
        """The domain in ASCII, for identifiers."""
        domain = self.address.rpartition("@")[2]
        return domain if domain.isascii() else domain.encode("idna").decode("ascii")

    @property
    def in_header(self) -> str:
        """What a header field says of it (RFC 5322, 3.4)."""
        return f"{phrase(self.name)} <{self.address}>" if self.name else self.address


def read_mailbox(text: str) -> Mailbox:
    """The mailbox that a text names; nothing in it can become a line or a field of its own.

    Raises:
        ValueError: it names none.
    """
    named = _NAMED.fullmatch(text)
    address, name = (named["address"], named["name"].strip('"')) if named else (text, "")
    if not _is_address(address) or name != one_line(name):
        raise ValueError(f"{text!r} is not a mailbox: write it as name@example.com, or as Name <name@example.com>")
    return Mailbox(address, name)


def _is_address(text: str) -> bool:
    local_part, at, domain = text.rpartition("@")
    if not at or not text.isprintable() or ".." in text or " " in text:
        return False
    if not _LOCAL_PART.fullmatch(local_part) or not _DOMAIN.fullmatch(domain):
        return False
    try:
        Mailbox(text).domain.encode("ascii")
    except UnicodeError:
        return False
    return len(text.encode()) <= _LONGEST and len(local_part.encode()) <= _LONGEST_LOCAL_PART
