"""Whether a mail comes from where it says: what our own mail server found, as it writes it down (RFC 8601).

A sender can write such fields too. A server that is trusted takes those out that bear its name (RFC 8601, 5).
"""

import re
from collections.abc import Iterator
from email.message import Message

from sla_engine.engine.mail.headers import fields

_COMMENT = re.compile(r"\([^()]{0,500}\)")
_DMARC = re.compile(r"\s*dmarc\s*(?:/\s*\d+\s*)?=\s*([a-z]+)(.*)", re.IGNORECASE)
_OF = re.compile(r"\bheader\.from\s*=\s*\"?([^\s;\"]+)", re.IGNORECASE)


def dmarc_of(mail: Message, server: str | None, author: str | None) -> str | None:
    """What a server found of the domain that the author says to be of: ``pass``, ``fail`` or another word.

    Args:
        server: the name under which it writes; None where none is trusted.

    Returns:
        None where it found nothing, or about another domain.
    """
    if server is None or author is None:
        return None
    domain = author.rpartition("@")[2].lower()
    for finding in _findings(mail, server):
        if (word := _word(finding, domain)) is not None:
            return word
    return None


def _findings(mail: Message, server: str) -> Iterator[str]:
    """What a server found, the newest first; each of its filters may have written a field of its own."""
    for field in fields(mail, "authentication-results"):
        name, *findings = _COMMENT.sub("", field).split(";")
        if name.lower().split()[:1] == [server.lower()]:
            yield from findings


def _word(finding: str, domain: str) -> str | None:
    found = _DMARC.match(finding)
    if found is None:
        return None
    of = _OF.search(found[2])
    about = domain if of is None else of[1].rpartition("@")[2].lower().rstrip(".")
    return found[1].lower() if about == domain else None
